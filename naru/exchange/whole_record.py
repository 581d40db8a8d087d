"""All of a patient at once: their single records and what their documents say (`$everything`).

Every record and every document is decided on by itself and noted in the one access record, as if
each had been asked for alone; what is withheld is as if it were not there.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.consent import services as consent
from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.clinical import Content
from naru.domain.decision import Act, Reason
from naru.domain.korea import korean_day
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import Is
from naru.domain.person import NOBODY, PatientRecord
from naru.domain.records import Criteria, Held, NotHeld, TooMany
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.stored_query import FindDocuments
from naru.domain.whole_record import Origin, Sourced, WholeRecord
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.exchange import about
from naru.exchange.access import Access, attempting, busy, changing, reading
from naru.exchange.decide import Deciding
from naru.exchange.people import People
from naru.exchange.record_visibility import Visible
from naru.exchange.viewing import Viewing
from naru.patients import queries as patients
from naru.records import queries as records
from naru.registry import queries as registry
from naru.registry.values import Indexed
from naru.repository import errors as repository_errors
from naru.repository import queries as repository

RECORDS: Final = 10_000
DOCUMENTS: Final = 1_000
"""Of one patient for one answer; whoever has more is asked for by type and date."""

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a document that is read for its content; a larger one is scans and pictures."""

_CITIZENS: Final = frozenset({Role.PATIENT, Role.REPRESENTATIVE})


def whole_record(access: Access, patient: UUID, types: Iterable[str]) -> WholeRecord:
    """What the caller may see of a patient now; the access is durable on return.

    `types` are those of the single records. Raises NotHeld where the caller may not know of the
    patient, TooMany, AuditUnavailable, RegistryFailure with XDSRegistryBusy.
    """
    gathering = _Gathering(access, patient)
    with busy(ErrorCode.XDSRegistryBusy), attempting(access):
        held = gathering.records(types)
        entries = gathering.entries()
        person = gathering.person()
        with changing(access) if gathering.received else reading(access):
            gathering.note_received()
            if person is None:
                raise NotHeld("There is no such record.")
            return gathering.whole(person, held, entries)


class _Gathering:
    """One patient's whole record while it is gathered."""

    def __init__(self, access: Access, patient: UUID) -> None:
        self._access = access
        self._asked = patient
        self._patient = patients.named(patient) or NOBODY
        self._people = People()
        self._visible = Visible(access)
        self._deciding = Deciding(access, Act.READ, people=self._people)
        self._indexed: dict[str, Indexed] = {}
        self._names: dict[UUID, str] = {}
        self.received: list[str] = []

    def person(self) -> PatientRecord | None:
        """Who the patient is, as far as the caller may learn it: what ITI-78 tells."""
        caller = self._access.caller
        if self._patient == NOBODY or not about.admits(caller, self._patient):
            return None
        if caller.role in _CITIZENS and self._patient != caller.patient:
            return None
        self._access.concerns(self._patient)
        asked = PatientQuery(clauses=((Is(self._asked),),))
        found = patients.find(asked, Viewing(self._access))
        return found[0].record if found else None

    def records(self, types: Iterable[str]) -> list[Held]:
        """The single records of these types that the caller may see."""
        whose = self._people.identity_set(self._patient)
        at = records.newest()
        found = [
            one for kind in types for one in records.matching(Criteria(type=kind), whose, at=at)
        ]
        seen = self._visible.keep(found)
        if len(seen) > RECORDS:
            raise TooMany("More records stand than are told at once: ask by type.")
        self._visible.note(seen)
        return seen

    def entries(self) -> tuple[DocumentEntry, ...]:
        """The approved documents that the caller may read."""
        known_as = self._people.affinity_id(self._patient)
        if known_as is None:
            self._permit([])
            return ()
        query = FindDocuments(patient_id=known_as, status=(AvailabilityStatus.APPROVED,))
        found = registry.run(query, patients=self._people, permit=self._permit, leaf=True).entries
        if len(found) > DOCUMENTS:
            raise TooMany("More documents stand than are told at once.")
        for entry in found:
            if self._deciding.reason_of(entry.entry_uuid) is Reason.ADDRESSED_TO_REQUESTER:
                self.received.append(entry.unique_id)
        return found

    def _permit(self, items: Sequence[Indexed]) -> list[bool]:
        self._indexed |= {one.entry_uuid: one for one in items}
        return self._deciding.permit(items)

    def note_received(self) -> None:
        """What was sent to the caller is not unopened any more."""
        own = self._access.caller.institution
        for document in self.received:
            assert own is not None
            consent.receive(self._patient, document, own, self._access.time)

    def whole(
        self, person: PatientRecord, held: Sequence[Held], entries: Sequence[DocumentEntry]
    ) -> WholeRecord:
        """Everything opened."""
        return WholeRecord(
            patient=self._patient,
            person=person,
            records=records.opened(held),
            documents=tuple(self._sourced(one) for one in entries),
            institutions={
                one: self._name(one) for one in {each.institution for each in held} if one
            },
        )

    def _sourced(self, entry: DocumentEntry) -> Sourced:
        indexed = self._indexed[entry.entry_uuid]
        repository_id = entry.repository_unique_id
        self._access.objects.append(
            AuditedObject(DOCUMENT, entry.unique_id, repository_id, self._patient)
        )
        title = entry.title[0].value if entry.title else ""
        origin = Origin(
            institution=indexed.institution,
            institution_name=self._name(indexed.institution) if indexed.institution else "",
            entry_uuid=entry.entry_uuid,
            unique_id=entry.unique_id,
            title=title,
            event_date=indexed.event_date,
            registered=indexed.registered,
        )
        return Sourced(origin=origin, content=self._content(entry))

    def _content(self, entry: DocumentEntry) -> Content | None:
        # What a patient had delivered is opened once, by whoever retrieves it.
        delivered = self._deciding.reason_of(entry.entry_uuid) is Reason.PATIENT_DIRECTED
        read = settings.READERS.of(entry.mime_type)
        small = entry.size is not None and entry.size <= LARGEST
        if delivered or read is None or not small or entry.repository_unique_id is None:
            return None
        try:
            held = repository.held(entry.repository_unique_id, entry.unique_id)
            octets = b"".join(repository.chunks(held))
        except (RegistryFailure, repository_errors.DocumentDamaged):
            return None  # Told as unread; whoever retrieves it alone learns why.
        found: Content | None = read(octets)
        return found

    def _name(self, institution: UUID) -> str:
        if institution not in self._names:
            known = directory.by_id(institution, on=korean_day(self._access.time))
            self._names[institution] = known.name if known else ""
        return self._names[institution]
