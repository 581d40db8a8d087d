"""What is known of patients. The rest of the program names a person by `Resolved.patient`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord
from naru.patients import cases, domains, linking, looking, sealed
from naru.patients.errors import UnknownDomain, UnknownIdentifier
from naru.patients.finding import find, identifiers
from naru.patients.joining import Deed
from naru.patients.likeness import match
from naru.patients.models import Joining, Patient, PatientIdentifier, ResidentNumber, SourceRecord
from naru.patients.proposing import Viewer
from naru.patients.reviewing import (
    CaseLine,
    CaseView,
    Decided,
    Side,
    case,
    case_line,
    count_waiting,
    decisions,
    duplicates,
    joins,
    recognised,
    waiting_cases,
)
from naru.security.keys import looked_up
from naru.storage.columns import places, uuid_of

__all__ = [
    "CaseLine",
    "CaseView",
    "Decided",
    "Resolved",
    "Side",
    "Viewer",
    "affinity_id",
    "affinity_ids",
    "case",
    "case_line",
    "count_waiting",
    "cross_references",
    "decisions",
    "demographics",
    "duplicates",
    "exists",
    "find",
    "flagged",
    "identifiers",
    "identity_set",
    "identity_sets",
    "is_affinity_domain",
    "joined",
    "joins",
    "known_by",
    "match",
    "named",
    "recognised",
    "resident_number",
    "resolve",
    "sources",
    "survivor",
    "waiting_cases",
]

# One look-up by the token and one by the root; every row is one member of the person.
_RESOLVE = """
SELECT member.key, member.root, identifier.subsumed_by_id
FROM patients_identifier identifier
JOIN patients_patient patient ON patient.id = identifier.patient_id
JOIN patients_patient member ON member.root = patient.root
WHERE identifier.token IN {forms}
ORDER BY member.id
"""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whom an identifier means.

    `patient` is the survivor of all merges and `patients` everyone merged into them, the survivor
    first: what was stored under any of these keys is this person's. `surviving` is the identifier
    itself, or the one that took its place if it was `subsumed`.
    """

    patient: UUID
    surviving: Identifier
    subsumed: bool
    patients: tuple[UUID, ...]


def resolve(identifier: Identifier) -> Resolved | None:
    """Whom the identifier means; `None` if it is not known.

    A registry refuses a document for a `subsumed` identifier and finds nothing under it.
    """
    # ITI TF-2 3.8.4.2.4: XDSUnknownPatientId, and no content to a stored query.
    with connection.cursor() as cursor:
        forms = looked_up([sealed.identifier_token(identifier)])
        cursor.execute(_RESOLVE.format(forms=places(forms)), forms)
        rows = cursor.fetchall()
    if not rows:
        return None
    root = uuid_of(rows[0][1])
    others = (member for key, _, _ in rows if (member := uuid_of(key)) != root)
    successor = rows[0][2]
    return Resolved(
        patient=root,
        surviving=identifier if successor is None else _last_in_chain(successor),
        subsumed=successor is not None,
        patients=(root, *others) if len(rows) > 1 else (root,),
    )


def opened_for(patient: UUID, at: datetime) -> tuple[UUID, ...]:
    """The cases that a record of this patient opened at that moment and that await a steward."""
    return tuple(cases.waiting().filter(one=patient, opened=at).values_list("key", flat=True))


def identity_set(patient: UUID) -> tuple[UUID, ...]:
    """The keys of everyone who is this person, the survivor first; asked by any of them."""
    return identity_sets([patient])[patient]


def identity_sets(patients: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The identity set of each, by the key that it was asked by."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    for asked, member, root in looking.members(patients):
        known = found.setdefault(asked, (root,))
        if member != root:
            found[asked] = (*known, member)
    return found


def named(patient: UUID) -> UUID | None:
    """The person whom FHIR names by this key; `None` if nobody, or one who was merged away."""
    found = Patient.objects.filter(key=patient, merged_into=None).values_list("root", flat=True)
    return found.first()


def survivor(patient: UUID) -> UUID | None:
    """The survivor of all merges of a person, who is asked for by any key; `None` if unknown."""
    return looking.survivor(patient)


def joined(members: Collection[UUID]) -> datetime | None:
    """When an act last made one person of some of them; `None` if none ever did.

    A record that was recognised as it arrived does not count: nothing stood under its person yet.
    """
    joins = Joining.objects.filter(
        patient__in=list(members), act__in=(Deed.LINKED, Deed.MERGED), undone_by=None
    )
    last: datetime | None = joins.aggregate(last=Max("at"))["last"]
    return last


def cross_references(
    identifier: Identifier, asked_domains: tuple[str, ...] = ()
) -> tuple[Identifier, ...]:
    """The person's other active identifiers in the asked domains, or in all; `()` if none.

    Raises `UnknownDomain` for the identifier's own, `UnknownIdentifier` also for a subsumed one,
    and `UnknownAskedDomains` with the repetitions.
    """
    # ITI TF-2 3.45.4.2.3, 3.9.4.2.3: cases 1, 2 and 6 found, 3 none, 4 and 5 refused.
    if not domains.known([identifier.authority]):
        raise UnknownDomain("The identifier is of no domain known here.")
    found = resolve(identifier)
    if found is None or found.subsumed:
        raise UnknownIdentifier("The identifier is not known.")
    # The identifier asked for is never returned.
    return tuple(one for one in known_by(found.patient, asked_domains) if one != identifier)


def known_by(patient: UUID, asked_domains: tuple[str, ...] = ()) -> tuple[Identifier, ...]:
    """A surviving person's active identifiers in the asked domains, or in all.

    Raises `UnknownAskedDomains` with the repetitions.
    """
    domains.require_asked(asked_domains)
    return identifiers([patient], asked_domains)[patient]


def exists(patient: UUID) -> bool:
    """Whether a person is, or was before a merge, known by that key."""
    return Patient.objects.filter(key=patient).exists()


def affinity_id(patient: UUID) -> Identifier | None:
    """The identifier under which the person's documents are registered.

    `None` only for a person who was added before an affinity domain was set.
    """
    return affinity_ids([patient]).get(patient)


def affinity_ids(patients: Collection[UUID]) -> dict[UUID, Identifier]:
    """The `affinity_id` of each who has one, in two statements."""
    roots = {asked: root for asked, _, root in looking.members(patients)}
    order = domains.affinity()
    active = identifiers(set(roots.values()), order) if roots else {}
    return {
        key: min(active[root], key=lambda one: order.index(one.authority))
        for key, root in roots.items()
        if active[root]
    }


def demographics(patient: UUID) -> Demographics:
    """The newest that a source told of the survivor, else of one merged into them."""
    told = looking.records_with(patient)
    if not told:
        raise Patient.DoesNotExist
    return max(told, key=lambda one: (one.patient == one.person, one.updated)).open()


def sources(patient: UUID) -> tuple[PatientRecord, ...]:
    """What each feed told of the person, with its own identifiers; the survivor's newest first."""
    root = _root(patient)
    records = SourceRecord.objects.filter(patient__root=root).select_related("patient")
    in_order = sorted(records, key=lambda row: (row.patient.key == root, row.updated), reverse=True)
    return tuple(
        PatientRecord(
            identifiers=_of_record(row),
            demographics=sealed.open_demographics(row.sealed, row.key),
            updated=row.updated,
        )
        for row in in_order
    )


def resident_number(patient: UUID) -> str | None:
    """The number that a source told last. For what the law asks it for, never for a display."""
    current = ResidentNumber.objects.filter(record__patient__root=_root(patient), until=None)
    row = current.select_related("record").order_by("-since", "-id").first()
    return sealed.open_resident_number(row.sealed, row.record.key) if row else None


def flagged() -> tuple[UUID, ...]:
    """Persons whom somebody should look at.

    Sex and number disagree, another has the number, or sources tell different numbers.
    """
    rows = SourceRecord.objects.filter(sex_disagrees=True) | SourceRecord.objects.filter(
        resident_number_elsewhere=True
    )
    current = ResidentNumber.objects.filter(until=None).values("record__patient__root")
    differing = current.annotate(told=Count("token", distinct=True)).filter(told__gt=1)
    # While keys are rotated, one number may stand under two tokens: `numbers` tells them apart.
    maybe = differing.values_list("record__patient__root", flat=True)
    roots = {*rows.values_list("patient__root", flat=True)}
    return tuple(sorted(roots.union(root for root in maybe if len(linking.numbers(root)) > 1)))


def is_affinity_domain(oid: str) -> bool:
    """Whether documents are registered under identifiers of this domain."""
    return oid in domains.affinity()


def _of_record(row: SourceRecord) -> tuple[Identifier, ...]:
    active = row.patientidentifier_set.filter(subsumed_by=None).select_related("domain")
    return tuple(
        sealed.open_identifier(one.domain.oid, one.sealed, one.token)
        for one in active.order_by("id")
    )


def _last_in_chain(successor: int) -> Identifier:
    rows = PatientIdentifier.objects.select_related("domain")
    row = rows.get(pk=successor)
    while row.subsumed_by_id:
        row = rows.get(pk=row.subsumed_by_id)
    return sealed.open_identifier(row.domain.oid, row.sealed, row.token)


def _root(patient: UUID) -> UUID:
    return Patient.objects.values_list("root", flat=True).get(key=patient)
