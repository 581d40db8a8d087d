"""Acts of consent. Each holds from the next request: it is durable when its function returns.

Called inside a transaction of the caller, an act holds from that transaction's commit.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.consent import codec, models
from naru.consent.acts import ONESELF, Act, ActKind, Said, apply, within
from naru.consent.policy import policy
from naru.consent.snapshots import ActId, Exclusion, Snapshot
from naru.domain.caller import Caller
from naru.ledger.services import ConsentAct, commit_consent

_ON_LEDGER: Final[dict[ActKind, ConsentAct]] = {
    ActKind.GRANT: "grant",
    ActKind.WITHDRAW: "withdraw",
    ActKind.EXCLUDE: "narrow",
    ActKind.INCLUDE: "widen",
}


def grant(
    patient: UUID,
    from_date: date,
    actor: Caller,
    text_version: str,
    now: datetime,
    *,
    until: date | None = None,
    said: Said = ONESELF,
) -> ActId:
    """Consent to the exchange of what dates from `from_date`, a day in Korea, or later.

    It reaches no further back than the policy lets it: to the day of signing, unless that says
    otherwise, and to no day after `until`. After a withdrawal or its end it begins anew; while one
    stands, the earlier of both days holds, and of its end the last word. Exclusions stay until they
    are lifted.
    """
    return _perform(
        Act(
            id=ActId(uuid4()),
            kind=ActKind.GRANT,
            patient=patient,
            actor=actor,
            text_version=text_version,
            time=now,
            from_date=from_date,
            until=until,
            said=said,
        )
    )


def withdraw(
    patient: UUID, actor: Caller, text_version: str, now: datetime, *, said: Said = ONESELF
) -> ActId:
    """End the consent. Also kept where none stood: the patient said no, sandbox or not."""
    return _perform(
        Act(
            id=ActId(uuid4()),
            kind=ActKind.WITHDRAW,
            patient=patient,
            actor=actor,
            text_version=text_version,
            time=now,
            said=said,
        )
    )


def exclude(
    patient: UUID,
    exclusion: Exclusion,
    actor: Caller,
    text_version: str,
    now: datetime,
    *,
    said: Said = ONESELF,
) -> ActId:
    """Keep something out of the exchange: a partial withdrawal (일부철회)."""
    return _change_exclusion(
        ActKind.EXCLUDE, patient, exclusion, actor, text_version, now, said=said
    )


def include(
    patient: UUID,
    exclusion: Exclusion,
    actor: Caller,
    text_version: str,
    now: datetime,
    *,
    said: Said = ONESELF,
) -> ActId:
    """Lift an exclusion."""
    return _change_exclusion(
        ActKind.INCLUDE, patient, exclusion, actor, text_version, now, said=said
    )


def _change_exclusion(
    kind: ActKind,
    patient: UUID,
    exclusion: Exclusion,
    actor: Caller,
    text_version: str,
    now: datetime,
    *,
    said: Said,
) -> ActId:
    return _perform(
        Act(
            id=ActId(uuid4()),
            kind=kind,
            patient=patient,
            actor=actor,
            text_version=text_version,
            time=now,
            exclusion=exclusion,
            said=said,
        )
    )


def _perform(act: Act) -> ActId:
    with transaction.atomic():
        row = _hold(act.patient)
        before = _value(row, act)
        act = within(act, before, policy().earliest_from_date)
        content = codec.encode_act(act)
        after = apply(act, before)
        models.Act.objects.create(
            act=act.id, patient=act.patient, content=codec.seal_act(act.id, content)
        )
        row.act, row.consented, row.from_date = after.act, after.consented, after.from_date
        row.withdrawn, row.until = after.withdrawn, after.until
        row.exclusions = codec.seal_exclusions(act.patient, after.exclusions)
        row.save()
        commit_consent(act.id, content, _ON_LEDGER[act.kind])
    return act.id


def _hold(patient: UUID) -> models.Snapshot:
    """The patient's row, made where there was none and held until the commit."""
    models.Snapshot.objects.bulk_create([models.Snapshot(patient=patient)], ignore_conflicts=True)
    return models.Snapshot.objects.select_for_update().get(patient=patient)


def _value(row: models.Snapshot, act: Act) -> Snapshot:
    return Snapshot(
        consented=row.consented,
        from_date=row.from_date,
        withdrawn=row.withdrawn,
        until=row.until,
        act=ActId(row.act or act.id),
        exclusions=codec.open_exclusions(act.patient, row.exclusions),
    )
