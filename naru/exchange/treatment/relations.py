"""Treatment relations (rule 10): that an institution received, admitted, booked or took over.

Said by a reception at the desk, or by an `Encounter` or `Appointment` that the institution itself
writes, whether or not that record may be kept (docs/adr/0027). Each is recorded, and the patient is
told of the first access that follows. A referral begins one where it was accepted: nobody can say
so by their own word, the room of referrals notes it (`taken_on`).
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.audit.records import AuditedObject
from naru.consent import services
from naru.domain import roles
from naru.domain.arrangements import Relation, RelationKind, Visit
from naru.domain.caller import Role
from naru.exchange.access import Access, changing
from naru.exchange.arranging import law, require
from naru.patients import queries as patients
from naru.security import keys

RELATION = "treatment relation"
"""The kind of an audited object that is a treatment relation, by its kind."""

LONGEST: Final = timedelta(days=366)
"""How far from now a visit counts: nobody treats a patient once and for all."""

_BY_WORD: Final = frozenset({RelationKind.RECEPTION, RelationKind.ADMISSION, RelationKind.BOOKING})
"""What an institution may say of itself; a referral is what another asked and it accepted."""


def begin(
    access: Access,
    patient: UUID,
    kind: RelationKind,
    reference: str = "",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Relation:
    """Note on somebody's word that their institution treats the patient, from the next request on.

    `until` is when the visit ends, as far as it is known; policy adds the days in which what
    follows it is still done. Raises NotPermitted, also for a system, which has nothing to say but
    its visits (`note_visit`).
    """
    with changing(access):
        own = access.caller.institution
        require(_may_say(access) and own is not None and kind in _BY_WORD)
        assert own is not None
        return _begin(access, patient, own, kind, reference, since, until)


def end(access: Access, patient: UUID, kind: RelationKind, reference: str = "") -> None:
    """End it at once. Raises NotPermitted where the caller's institution has none such."""
    with changing(access):
        own = access.caller.institution
        require(own is not None and _may_say(access))
        assert own is not None
        access.concerns(patient)
        access.objects.append(AuditedObject(RELATION, kind, None, patient))
        require(_end(access, patient, own, kind, reference))


def note_visit(
    access: Access, patient: UUID, visit: Visit, record: str | None = None
) -> Relation | None:
    """What the institution's own statement of a visit says of treatment, in its transaction.

    `record` names it where it is kept; where not, the institution's own name of the visit does, so
    that what it says next of the same is of the same. A visit that does not count any more ends
    what it began. None where nothing stands then: also for who may not begin treatment, and a
    sandbox's nameless sender, who change nothing by it.
    """
    if not may_note(access):
        return None
    institution = access.caller.institution
    assert institution is not None
    own = _own_name(access, visit)
    reference = record or own or f"visit {uuid4()}"
    # By whichever name it was known before: its record may be kept only now.
    for known in {reference, own} - {""}:
        for kind in RelationKind:
            if (kind, known) != (visit.kind, reference):
                _end(access, patient, institution, kind, known)
    if visit.kind is None:
        return None
    require(visit.kind in _BY_WORD)
    return _begin(access, patient, institution, visit.kind, reference, visit.since, visit.until)


def note_appointment(
    access: Access, patient: UUID, institution: UUID, visit: Visit, record: str
) -> Relation | None:
    """What an appointment at an institution's own schedule says of treatment there.

    Whoever booked it: the institution offered the time. In the caller's transaction; `record` is
    the appointment's own name, the same at the pages and at `/fhir`.
    """
    for kind in _BY_WORD - {visit.kind}:
        _end(access, patient, institution, kind, record)
    if visit.kind is None:
        return None
    return _begin(access, patient, institution, visit.kind, record, visit.since, visit.until)


def taken_on(access: Access, patient: UUID, referral: UUID) -> None:
    """Note that the caller's institution accepted a referral, in its transaction."""
    own = access.caller.institution
    require(own is not None)
    assert own is not None
    kind = RelationKind.REFERRAL
    relation = Relation(
        institution=own,
        kind=kind,
        since=access.time,
        until=access.time + timedelta(days=law(access).settings.relation_days[kind]),
        reference=f"referral {referral}",
    )
    services.begin_relation(patient, relation, access.time)
    access.objects.append(AuditedObject(RELATION, kind, None, patient))


def given_up(access: Access, patient: UUID, institution: UUID, referral: UUID) -> None:
    """End at once what an acceptance began, in the caller's transaction: nobody came of it."""
    for member in patients.identity_set(patient):
        reference = f"referral {referral}"
        services.end_relation(member, institution, RelationKind.REFERRAL, reference, access.time)


def may_note(access: Access) -> bool:
    """Whether what the caller writes of a visit says anything of treatment."""
    may = access.caller.role is Role.SYSTEM or _may_say(access)
    return access.caller.institution is not None and may


def _begin(
    access: Access,
    patient: UUID,
    institution: UUID,
    kind: RelationKind,
    reference: str,
    since: datetime | None,
    until: datetime | None,
) -> Relation:
    require(patients.exists(patient))
    settings = law(access).settings
    begun = _near(since or access.time, access.time)
    if kind is RelationKind.BOOKING:
        begun -= timedelta(days=settings.booking_days)
    # One without an end is said again while it lasts.
    ended = max(_near(until or access.time, access.time), begun)
    relation = Relation(
        institution=institution,
        kind=kind,
        since=begun,
        until=ended + timedelta(days=settings.relation_days[kind]),
        reference=reference,
    )
    access.concerns(patient)
    services.begin_relation(patient, relation, access.time)
    access.objects.append(AuditedObject(RELATION, kind, None, patient))
    return relation


def _end(
    access: Access, patient: UUID, institution: UUID, kind: RelationKind, reference: str
) -> bool:
    ended = [
        services.end_relation(member, institution, kind, reference, access.time)
        for member in patients.identity_set(patient)
    ]
    return any(ended)


def _own_name(access: Access, visit: Visit) -> str:
    """The institution's own name of a visit as it is kept here; it may hold a patient's number."""
    if not visit.name:
        return ""
    named = f"{access.caller.institution}\n{visit.name}"
    return f"visit {keys.ring().token('treatment/visit', named)[:16].hex()}"


def _near(moment: datetime, now: datetime) -> datetime:
    """The moment, or the bound that is nearest to it."""
    return min(max(moment, now - LONGEST), now + LONGEST)


def _may_say(access: Access) -> bool:
    return roles.may(access.caller.role, "begin-treatment")
