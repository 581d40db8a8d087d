"""All documents of a person, and of each whether another institution would be shown it, or why not.

Answered by the decision itself, asked as some treating institution would ask: so that what a
citizen is told of their switches is what the switches do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.consent.policy import policy
from naru.consent.snapshots import Standing
from naru.directory import queries as directory
from naru.domain.arrangements import Delivery, Relation, RelationKind
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.decision import Act, Decision, Path, Question, Reason, Requester
from naru.domain.institution import GIVEN_TO, InstitutionKind
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import privacy_policies
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentEntryType
from naru.exchange.access import Access, reading
from naru.exchange.callers.vouched import KIND_ROLES
from naru.exchange.decide import Deciding, item_of
from naru.exchange.documents import stored_query
from naru.exchange.patients import whole_person
from naru.exchange.people import People
from naru.exchange.treatment import reception
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry.values import Indexed


class Seen(StrEnum):
    """Whether others see a document, or why they do not."""

    EXCHANGED = auto()
    NOT_CONSENTED = auto()
    BEFORE_CONSENT = auto()
    EXCLUDED = auto()
    NOT_JOINED = auto()
    OWN_ONLY = auto()
    WITHHELD = auto()


_WHY: Final = {
    Reason.NO_CONSENT: Seen.NOT_CONSENTED,
    Reason.BEFORE_CONSENT: Seen.BEFORE_CONSENT,
    Reason.EXCLUDED: Seen.EXCLUDED,
}


_Said = tuple[Standing, ...]
"""What each entry of the person says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDocument:
    """A document, where it was written, and what others see of it; `hidden` by itself.

    `recipients` were sent it by name, and may still open it (rule 8). `sendable` to
    institutions of these kinds: they could open it if the patient chose it for them (rule 6).
    """

    entry: DocumentEntry
    institution: UUID | None
    seen: Seen
    hidden: bool
    recipients: tuple[UUID, ...]
    sendable: frozenset[InstitutionKind]


def of_patient(access: Access, patient: UUID) -> tuple[OwnDocument, ...]:
    """Everything of the person, newest registration first; the look is recorded."""
    with reading(access):
        access.concerns(patient)
        return _all_of(access, patient)


def sendable(access: Access, patient: UUID, kind: InstitutionKind) -> frozenset[str]:
    """The uniqueIds of what an institution of that kind could open, within the caller's step."""
    found = _all_of(access, patient)
    return frozenset(one.entry.unique_id for one in found if kind in one.sendable)


def _all_of(access: Access, patient: UUID) -> tuple[OwnDocument, ...]:
    identifier = patients.affinity_id(patient)
    if identifier is None:
        return ()
    people = People()
    deciding = Deciding(access, Act.READ, people=people)
    items: dict[str, Indexed] = {}

    def permit(asked: Sequence[Indexed]) -> Sequence[bool]:
        items.update((one.entry_uuid, one) for one in asked)
        return deciding.permit(asked)

    query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
    found = registry.run(query, patients=people, permit=permit, leaf=True)
    stored_query.note(access, query, found, deciding, people)
    said = whole_person.standings(patient)
    return tuple(
        _own(access, entry, items[entry.entry_uuid], said) for entry in reversed(found.entries)
    )


def shown(access: Access, patient: UUID) -> frozenset[str]:
    """The uniqueIds of all that the caller may see of the person, superseded or not."""
    identifier = patients.affinity_id(patient)
    if identifier is None:
        return frozenset()
    people = People()
    deciding = Deciding(access, Act.READ, people=people)
    query = FindDocuments(patient_id=identifier, status=tuple(AvailabilityStatus))
    found = registry.run(query, patients=people, permit=deciding.permit, leaf=True)
    return frozenset(one.unique_id for one in found.entries)


def written_here(access: Access, patient: UUID) -> tuple[DocumentEntry, ...]:
    """What the caller's institution itself wrote of its patient, for its desk; newest first.

    Nothing that others wrote, nor a consent's paper, which lists what is kept out. Raises
    NotRegisteredHere.
    """
    identifier, own = patients.affinity_id(patient), access.caller.institution
    with reading(access):
        reception.require_known(access, patient)
        access.concerns(patient)
        if identifier is None or own is None:
            return ()
        policies = privacy_policies()

        def permit(asked: Sequence[Indexed]) -> Sequence[bool]:
            return [
                one.institution == own and not policies.is_consent_format(one.format, one.kind)
                for one in asked
            ]

        query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
        found = registry.run(query, patients=People(), permit=permit, leaf=True)
        access.objects += [
            AuditedObject(DOCUMENT, one.unique_id, one.repository_unique_id)
            for one in found.entries
        ]
        return tuple(reversed(found.entries))


def reaches(access: Access, item: Indexed, recipient: UUID) -> bool:
    """Whether what is being sent to somebody by name may be opened there (rule 8)."""
    sent = replace(item, registered=access.time)
    return _opens(access, sent, recipient, whole_person.standings(item.patient))


def _own(access: Access, entry: DocumentEntry, item: Indexed, said: _Said) -> OwnDocument:
    hidden = any(
        one.snapshot is not None and item.unique_id in one.snapshot.exclusions.documents
        for one in said
    )
    return OwnDocument(
        entry=entry,
        institution=item.institution,
        seen=_seen(access, item, said),
        hidden=hidden,
        recipients=tuple(one for one in item.recipients if _opens(access, item, one, said)),
        sendable=_sendable(access, item, said),
    )


def _seen(access: Access, item: Indexed, said: _Said) -> Seen:
    if privacy_policies().is_consent_format(item.format, item.kind):
        return Seen.OWN_ONLY  # It lists what is kept out, so nobody else is ever shown it.
    on = korean_day(access.time)
    source = None if item.institution is None else directory.by_id(item.institution, on=on)
    if source is None or not source.approved:
        return Seen.NOT_JOINED
    # Some other institution that treats the person: nobody's viewer is excluded by this.
    decision = _decided(access, item, uuid4(), Path.QUERY, said)
    return Seen.EXCHANGED if decision.permitted else _WHY.get(decision.reason, Seen.WITHHELD)


def _opens(access: Access, item: Indexed, recipient: UUID, said: _Said) -> bool:
    """Whether a recipient may still open what was sent to it."""
    return _decided(access, item, recipient, Path.ADDRESSED_SENDING, said).permitted


def _sendable(access: Access, item: Indexed, said: _Said) -> frozenset[InstitutionKind]:
    """What could open it, were it chosen for one; what is made on demand is no paper.

    Judged as if it were delivered now, since only the decision knows what goes nowhere (rule 4),
    and what an insurer may have (rule 6).
    """
    if item.object_type is not DocumentEntryType.STABLE:
        return frozenset()
    chosen = Delivery(
        id=uuid4(),
        since=access.time,
        until=access.time + timedelta(seconds=1),
        recipient=uuid4(),
        documents=frozenset({item.unique_id}),
    )
    directed = tuple(replace(one, deliveries=(chosen,)) for one in said)
    other, way = chosen.recipient, Path.PATIENT_DIRECTED
    return frozenset(
        kind
        for kind in GIVEN_TO
        if _decided(access, item, other, way, directed, role=KIND_ROLES[kind]).permitted
    )


def _decided(
    access: Access,
    item: Indexed,
    other: UUID,
    path: Path,
    said: _Said,
    *,
    role: Role = Role.CLINICIAN,
) -> Decision:
    now = access.time
    treated = Relation(institution=other, kind=RelationKind.RECEPTION, since=now, until=now)
    question = Question(
        requester=Requester(role=role, institution=other),
        patient=item.patient,
        item=item_of(item),
        act=Act.READ,
        path=path,
        purpose=PurposeOfUse.TREATMENT,
        time=now,
    )
    rules = policy(open_sandbox=settings.NARU.sandbox, on=korean_day(now))
    # By the whole person, as a door decides: after a merge everybody's word counts.
    standings = [replace(one, relations=(treated,)) for one in said]
    return whole_person.decided(question, standings, rules)
