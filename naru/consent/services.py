"""Acts of consent. Each holds from the next request: it is durable when its function returns.

Called inside a transaction of the caller, an act holds from that transaction's commit.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.consent import codec, models
from naru.consent.acts import ONESELF, Act, ActKind, Said, apply, within
from naru.consent.policy import policy
from naru.consent.snapshots import ActId, Exclusion, Snapshot
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.caller import Caller
from naru.domain.korea import korean_day
from naru.ledger.services import ConsentAct, commit_consent

FORGOTTEN_AFTER: Final = timedelta(days=30)
"""How long a treatment relation that has ended is kept, so that a page can show it."""

_WIDENING: Final = frozenset(
    {
        ActKind.INCLUDE,
        ActKind.MANDATE,
        ActKind.ABUSE_FLAG_END,
        ActKind.DEATH_END,
        ActKind.EMERGENCY,
        ActKind.NEVER_IN_EMERGENCY_END,
        ActKind.SHOW_SENSITIVE,
        ActKind.RELEASE,
        ActKind.DELIVERY,
        ActKind.SENDING,
        ActKind.SAME_DISEASE,
        ActKind.PROGRAMME,
    }
)
"""What lets more be seen; every other act but a consent and a withdrawal lets less."""


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
    stands, the earlier of both days holds, and of its end and boxes the last word. Exclusions
    stay until they are lifted.
    """
    return perform(
        ActKind.GRANT,
        patient,
        actor,
        text_version,
        now,
        from_date=from_date,
        until=until,
        said=said,
    )


def withdraw(
    patient: UUID, actor: Caller, text_version: str, now: datetime, *, said: Said = ONESELF
) -> ActId:
    """End the consent. Also kept where none stood: the patient said no, sandbox or not."""
    return perform(ActKind.WITHDRAW, patient, actor, text_version, now, said=said)


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
    return perform(
        ActKind.EXCLUDE, patient, actor, text_version, now, exclusion=exclusion, said=said
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
    return perform(
        ActKind.INCLUDE, patient, actor, text_version, now, exclusion=exclusion, said=said
    )


def perform(
    kind: ActKind,
    patient: UUID,
    actor: Caller,
    text_version: str,
    now: datetime,
    **about: Any,
) -> ActId:
    """Say an act of any kind; `about` are the fields of `Act` that its kind has.

    Raises ValueError where it lacks what it is about.
    """
    act = Act(
        id=ActId(uuid4()),
        kind=kind,
        patient=patient,
        actor=actor,
        text_version=text_version,
        time=now,
        **about,
    )
    with transaction.atomic():
        row = _hold(patient)
        before = _value(row, act)
        act = within(act, before, policy(on=korean_day(now)).earliest_from_date)
        content = codec.encode_act(act)
        after = apply(act, before)
        models.Act.objects.create(
            act=act.id, patient=patient, content=codec.seal_act(act.id, content)
        )
        row.act, row.consented, row.from_date = after.act, after.consented, after.from_date
        row.withdrawn, row.until = after.withdrawn, after.until
        row.exclusions = codec.seal_exclusions(patient, after.exclusions)
        row.arrangements = codec.seal_arrangements(patient, after.arrangements)
        row.save()
        commit_consent(act.id, content, _on_ledger(kind))
    return act.id


def begin_relation(patient: UUID, relation: Relation, now: datetime) -> None:
    """Note that an institution treats the patient; the same reference again changes its times.

    What ended long ago of the two is forgotten; the access records keep who began it.
    """
    theirs = models.Relation.objects.filter(patient=patient, institution=relation.institution)
    theirs.filter(until__lt=now - FORGOTTEN_AFTER).delete()
    models.Relation.objects.update_or_create(
        patient=patient,
        institution=relation.institution,
        kind=relation.kind,
        reference=relation.reference,
        defaults={"since": relation.since, "until": relation.until},
    )


def end_relation(
    patient: UUID, institution: UUID, kind: RelationKind, reference: str, now: datetime
) -> bool:
    """End it at once; False where none stood."""
    theirs = models.Relation.objects.filter(
        patient=patient, institution=institution, kind=kind, reference=reference, until__gt=now
    )
    return bool(theirs.update(until=now))


def receive(patient: UUID, document: str, institution: UUID, now: datetime) -> None:
    """Note that the institution opened the document while it might; the first time is kept."""
    models.Receipt.objects.bulk_create(
        [models.Receipt(patient=patient, document=document, institution=institution, time=now)],
        ignore_conflicts=True,
    )


def represents(representative: UUID, patient: UUID, mandate: UUID) -> None:
    """Note for whom somebody was named, so that they find the patient."""
    models.Representing.objects.create(
        representative=representative, patient=patient, mandate=mandate
    )


def represents_no_more(mandate: UUID) -> None:
    """Forget it; the acts tell that it was."""
    models.Representing.objects.filter(mandate=mandate).delete()


def held(patient: UUID) -> Snapshot | None:
    """What stands for the patient, held against other acts until the caller's transaction ends.

    None if they never said anything.
    """
    row = models.Snapshot.objects.select_for_update().filter(patient=patient).first()
    return None if row is None or row.act is None else _stored(row, ActId(row.act))


def _on_ledger(kind: ActKind) -> ConsentAct:
    match kind:
        case ActKind.GRANT:
            return "grant"
        case ActKind.WITHDRAW:
            return "withdraw"
    return "widen" if kind in _WIDENING else "narrow"


def _hold(patient: UUID) -> models.Snapshot:
    """The patient's row, made where there was none and held until the commit."""
    models.Snapshot.objects.bulk_create([models.Snapshot(patient=patient)], ignore_conflicts=True)
    return models.Snapshot.objects.select_for_update().get(patient=patient)


def _value(row: models.Snapshot, act: Act) -> Snapshot:
    return _stored(row, ActId(row.act or act.id))


def _stored(row: models.Snapshot, act: ActId) -> Snapshot:
    return Snapshot(
        consented=row.consented,
        from_date=row.from_date,
        withdrawn=row.withdrawn,
        until=row.until,
        act=act,
        exclusions=codec.open_exclusions(row.patient, row.exclusions),
        arrangements=codec.open_arrangements(row.patient, row.arrangements),
    )
