"""Treatment relations (rule 10): that an institution received, admitted, booked or took over.

Said by a reception, by an `Encounter` or `Appointment` that the institution itself writes, or by
accepting a referral. Each is recorded, and the patient is told of the first access that follows.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.consent import services
from naru.domain import roles
from naru.domain.arrangements import Relation, RelationKind, Visit
from naru.domain.caller import Role
from naru.exchange.access import Access, changing
from naru.exchange.arranging import law, require
from naru.patients import queries as patients

RELATION = "treatment relation"
"""The kind of an audited object that is a treatment relation, by its kind."""

LONGEST: Final = timedelta(days=366)
"""How far from now a visit counts: nobody treats a patient once and for all."""


def begin(
    access: Access,
    patient: UUID,
    kind: RelationKind,
    reference: str = "",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Relation:
    """Note that the caller's institution treats the patient; holds from the next request.

    `until` is when the visit ends, as far as it is known; policy adds the days in which what
    follows it is still done. Raises NotPermitted.
    """
    with changing(access):
        return begin_within(access, patient, kind, reference, since=since, until=until)


def begin_within(
    access: Access,
    patient: UUID,
    kind: RelationKind,
    reference: str = "",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Relation:
    """The same inside the caller's transaction."""
    own = access.caller.institution
    require(own is not None and _may(access) and patients.exists(patient))
    assert own is not None
    settings = law(access).settings
    begun = _near(since or access.time, access.time)
    if kind is RelationKind.BOOKING:
        begun -= timedelta(days=settings.booking_days)
    # One without an end is said again while it lasts.
    ended = max(_near(until or access.time, access.time), begun)
    relation = Relation(
        institution=own,
        kind=kind,
        since=begun,
        until=ended + timedelta(days=settings.relation_days[kind]),
        reference=reference,
    )
    access.concerns(patient)
    services.begin_relation(patient, relation, access.time)
    access.objects.append(AuditedObject(RELATION, kind, None, patient))
    return relation


def end(access: Access, patient: UUID, kind: RelationKind, reference: str = "") -> None:
    """End it at once. Raises NotPermitted where the caller's institution has none such."""
    with changing(access):
        require(end_within(access, patient, kind, reference))


def end_within(access: Access, patient: UUID, kind: RelationKind, reference: str = "") -> bool:
    """The same inside the caller's transaction; False where there was none."""
    own = access.caller.institution
    require(own is not None and _may(access))
    access.concerns(patient)
    access.objects.append(AuditedObject(RELATION, kind, None, patient))
    return _end(access, patient, kind, reference)


def _end(access: Access, patient: UUID, kind: RelationKind, reference: str) -> bool:
    own = access.caller.institution
    assert own is not None
    ended = [
        services.end_relation(member, own, kind, reference, access.time)
        for member in patients.identity_set(patient)
    ]
    return any(ended)


def note_visit(access: Access, patient: UUID, reference: str, visit: Visit) -> None:
    """What the institution's own record of a visit says of treatment, in its transaction.

    A visit that does not count any more ends what it began. Who may not begin treatment, and a
    sandbox's nameless sender, changes nothing by it.
    """
    if access.caller.institution is None or not _may(access):
        return
    for kind in RelationKind:
        if kind is not visit.kind:
            _end(access, patient, kind, reference)
    if visit.kind is not None:
        begin_within(access, patient, visit.kind, reference, since=visit.since, until=visit.until)


def _near(moment: datetime, now: datetime) -> datetime:
    """The moment, or the bound that is nearest to it."""
    return min(max(moment, now - LONGEST), now + LONGEST)


def _may(access: Access) -> bool:
    role = access.caller.role
    return role is Role.SYSTEM or roles.may(role, "begin-treatment")
