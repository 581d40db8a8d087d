"""What a hospital says of its referral for HIRA: consents, the hand-over, the proof of a claim.

The institution that sent it speaks; what is entered once goes to both systems.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from naru.audit.records import AuditedObject
from naru.directory import queries as directory
from naru.domain import billing, roles
from naru.domain.billing import Facts, Judgement
from naru.domain.caller import Role
from naru.domain.korea import korean_day, midnight
from naru.domain.referrals import Kind, Referral
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import require
from naru.hira import models, proof, queries
from naru.hira.errors import HiraRefused, NotBillable, NotConsented, NotNow
from naru.hira.queries import CLINICIAN_CONSENT, INSURANCE, PATIENT_CONSENT, HandoverState
from naru.outbox import services as outbox
from naru.patients import queries as patients
from naru.referrals import looking
from naru.referrals import queries as referrals

HAND_OVER: Final = "hira.hand-over"
"""The kind of outbox work that hands a referral to the relay."""

STATEMENT: Final = "hira statement"
HANDOVER: Final = "hira hand-over"
CLAIM: Final = "claim proof"
MEMBERSHIP: Final = "hira pilot"
"""Kinds of audited objects."""

SPEAKS_FOR_CLINICIANS: Final = frozenset(
    {Role.CLINICIAN, Role.DOCTOR, Role.DENTIST, Role.KOREAN_MEDICINE_DOCTOR}
)
"""Roles whose own consent counts as the clinician's."""

_CONSENTS: Final = (PATIENT_CONSENT, CLINICIAN_CONSENT)
_PAPERS: Final = frozenset({Kind.REFERRAL, Kind.RETURN})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """All that stands of a referral for HIRA."""

    referral: Referral
    said: dict[str, queries.Said]
    judgement: Judgement
    handover: queries.Handover | None
    claim: queries.Claim | None
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """One referral of a month: its number and what came of it; nobody is named."""

    referral: UUID
    number: str
    handover: queries.Handover | None
    claim: queries.Claim | None


def connected() -> bool:
    """Whether this node has a relay at all."""
    return settings.RELAY is not None


def file(access: Access, referral: UUID) -> File:
    """What stands, for the institution that sent it. Raises NotPermitted, NoSuchReferral."""
    with reading(access):
        return _file(access, _own(access, referral))


def state(access: Access, referral: UUID, kind: str, value: str) -> None:
    """Say a consent or the kind of insurance; the last that is said of a kind stands.

    A clinician consents themself, nobody for them. Raises HiraRefused, NotPermitted.
    """
    with changing(access):
        found = _own(access, referral)
        known = {PATIENT_CONSENT, CLINICIAN_CONSENT, INSURANCE}
        allowed = billing.rules().insurances if kind == INSURANCE else {"yes": "", "no": ""}
        if kind not in known or value not in allowed:
            raise HiraRefused("nothing like that can be said")
        if kind == CLINICIAN_CONSENT:
            require(access.caller.role in SPEAKS_FOR_CLINICIANS)
        here = access.caller.institution
        assert here is not None
        made = models.Statement.objects.create(
            statement=uuid4(),
            referral=found.id,
            kind=kind,
            value=value,
            time=access.time,
            institution=here,
            person=access.caller.person,
            role=access.caller.role,
        )
        access.objects.append(AuditedObject(STATEMENT, str(made.statement), None, found.patient))


def hand_over(access: Access, referral: UUID) -> None:
    """Ask that it goes to the relay; where it failed, that it is tried again.

    Nothing goes before both consent to it. Raises NotConsented, NotNow, NotPermitted.
    """
    with changing(access):
        found = _own(access, referral)
        if found.kind not in _PAPERS:
            raise HiraRefused("only a referral or a return goes to the relay")
        if not consented(found.id):
            raise NotConsented("patient and clinician have to consent first")
        here = access.caller.institution
        assert here is not None
        begin = {
            "number": found.number,
            "institution": here,
            "state": HandoverState.WAITING,
            "changed": access.time,
        }
        row, new = models.Handover.objects.select_for_update().get_or_create(
            referral=found.id, defaults=begin
        )
        if not new:
            if row.state != HandoverState.FAILED:
                raise NotNow("it was handed over before")
            row.state, row.reason, row.changed = HandoverState.WAITING, "", access.time
            row.round += 1
            row.save()
        key = f"{found.id}/{row.round}"
        outbox.put(HAND_OVER, found.id.bytes, key=key)
        access.objects.append(AuditedObject(HANDOVER, str(found.id), None, found.patient))


def confirm(access: Access, referral: UUID) -> None:
    """The hospital looked: the relay has it under that number. Raises NotNow, NotPermitted."""
    with changing(access):
        found = _own(access, referral)
        row = models.Handover.objects.select_for_update().filter(referral=found.id).first()
        if row is None or row.state != HandoverState.HANDED_OVER:
            raise NotNow("it is not with the relay, or was confirmed before")
        row.state, row.changed = HandoverState.CONFIRMED, access.time
        row.save()
        access.objects.append(AuditedObject(HANDOVER, str(found.id), None, found.patient))


def prove(access: Access, referral: UUID) -> queries.Claim:
    """Give the proof that it may be billed; again the same. Raises NotBillable, NotPermitted."""
    with changing(access):
        found = _own(access, referral)
        given = queries.claim(found.id) or _proved_once(access, found)
        access.objects.append(AuditedObject(CLAIM, str(given.id), None, found.patient))
        return given


def month(access: Access, first: date, before: date) -> tuple[MonthLine, ...]:
    """What the institution handed over or proved in a month. Raises NotPermitted."""
    with reading(access):
        here = _institution(access)
        handed = {
            one.referral: one for one in queries.handovers(here, midnight(first), midnight(before))
        }
        proved = {one.referral: one for one in queries.claims(here, first, before)}
        return tuple(
            MonthLine(
                referral=each,
                number=_number(each),
                handover=handed.get(each) or queries.handover(each),
                claim=proved.get(each) or queries.claim(each),
            )
            for each in dict.fromkeys((*handed, *proved))
        )


def take_part(access: Access, institution: UUID, first: date, last: date | None) -> None:
    """Keep from when until when an institution takes part in the pilot. Raises NotPermitted."""
    with changing(access):
        require(access.caller.role is Role.OPERATOR)
        if last is not None and last < first:
            raise HiraRefused("it would end before it begins")
        models.Membership.objects.create(institution=institution, first=first, last=last)
        access.objects.append(AuditedObject(MEMBERSHIP, str(institution)))


def _proved_once(access: Access, found: Referral) -> queries.Claim:
    """The proof; that of whoever was first, where two ask at once."""
    try:
        with transaction.atomic():
            return _prove(access, found)
    except IntegrityError:
        given = queries.claim(found.id)
        if given is not None:
            return given
        if _has_fee(found):  # Of two papers of one day the other was first.
            raise NotBillable("another paper of the day has the fee") from None
        raise


def _prove(access: Access, found: Referral) -> queries.Claim:
    judgement = judge(found, queries.said(found.id), korean_day(access.time))
    if not judgement.billable:
        raise NotBillable("a condition is missing")
    sender = directory.by_id(found.sender, on=judgement.day)
    said = proof.Statement(
        proof=uuid4(),
        referral=found.number,
        kind=found.kind,
        sender=(sender.oid or "") if sender else "",
        document=found.sent.document,
        day=judgement.day,
        conditions=judgement.version,
        holds=tuple(one.code for one in judgement.asked),
        asked_by=found.asked_by,
    )
    row = models.Claim.objects.create(
        proof=said.proof,
        referral=found.id,
        institution=found.sender,
        patient=patients.survivor(found.patient) or found.patient,
        sent_on=korean_day(found.time),
        day=judgement.day,
        signed=proof.write(said),
    )
    return queries.Claim(id=row.proof, referral=row.referral, day=row.day, signed=bytes(row.signed))


def judge(found: Referral, said: dict[str, queries.Said], day: date) -> Judgement:
    """Whether it may be billed on the day, by what was said."""

    def consents(kind: str) -> bool:
        return kind in said and said[kind].value == "yes"

    facts = Facts(
        kind=found.kind,
        insurance=said[INSURANCE].value if INSURANCE in said else "",
        pilot=queries.takes_part(found.sender, korean_day(found.time)),
        patient_consents=consents(PATIENT_CONSENT),
        clinician_consents=consents(CLINICIAN_CONSENT),
        asked_by=found.asked_by,
        first_of_day=not _has_fee(found),
    )
    return billing.judge(facts, day)


def _has_fee(found: Referral) -> bool:
    """Whether another paper of the same patient, day and sender has its fee."""
    members = patients.identity_set(found.patient)
    return queries.has_fee(found.sender, members, korean_day(found.time), beside=found.id)


def _file(access: Access, found: Referral) -> File:
    said = queries.said(found.id)
    return File(
        referral=found,
        said=said,
        judgement=judge(found, said, korean_day(access.time)),
        handover=queries.handover(found.id),
        claim=queries.claim(found.id),
        connected=connected(),
    )


def _own(access: Access, referral: UUID) -> Referral:
    """The referral, which the caller's institution sent. Raises NotPermitted, NoSuchReferral."""
    here = _institution(access)
    found = looking.require_party(access, referrals.one(referral))
    require(found.sender == here)
    return found


def _institution(access: Access) -> UUID:
    here = access.caller.institution
    require(here is not None and roles.may(access.caller.role, "send-referral"))
    assert here is not None
    return here


def _number(referral: UUID) -> str:
    found = referrals.one(referral)
    return found.number if found else ""


def consented(referral: UUID) -> bool:
    """Whether patient and clinician consent to the submission, by what they said last."""
    said = queries.said(referral)
    return all(one in said and said[one].value == "yes" for one in _CONSENTS)


def changed(referral: UUID, to: HandoverState, now: datetime, **more: str) -> None:
    """Keep what became of a hand-over, in the caller's transaction."""
    models.Handover.objects.filter(referral=referral).update(state=to, changed=now, **more)
