"""What of one patient the caller may see: documents and single records, found and decided on once.

Whoever tells of a patient as a whole gathers here (a page of the past, `$everything`), so that all
of them decide alike and note the same in the one access record of the request.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from naru.domain.decision import Act, Reason
from naru.domain.identifiers import Identifier
from naru.domain.person import NOBODY
from naru.domain.privacy_policies import privacy_policies
from naru.domain.records import Criteria, Find, Page, Sorting
from naru.domain.registry_errors import ErrorCode
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentEntryType, DocumentRequest
from naru.exchange.access import Access, busy, reading
from naru.exchange.decide import Deciding
from naru.exchange.documents import stored_query
from naru.exchange.documents.reading import readers
from naru.exchange.records import single as records
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry.values import Indexed

_OF_NOBODY: Final = Identifier("NOBODY", "2.999")
"""No feed told of it: what is asked of an unknown person takes the same steps."""

_NEWEST_FIRST: Final = (Sorting("_lastUpdated", descending=True),)


class Gathering:
    """One patient's documents and records while they are gathered, inside `access.together`.

    `patient` is None for somebody whom nobody knows: there is nothing, and it takes no less to find
    that out.
    """

    def __init__(self, access: Access, patient: UUID | None) -> None:
        self._access = access
        self._patient = patient or NOBODY
        self._indexed: dict[str, Indexed] = {}
        self.deciding = Deciding(access, Act.READ)

    def documents(self) -> list[DocumentEntry]:
        """The approved documents that the caller may read, newest first; each is noted.

        Raises RegistryFailure with XDSRegistryBusy.
        """
        identifier = patients.affinity_id(self._patient) or _OF_NOBODY
        with busy(ErrorCode.XDSRegistryBusy), reading(self._access):
            self._access.patient_id = "" if identifier is _OF_NOBODY else str(identifier)
            people = self.deciding.people
            query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
            found = registry.run(query, patients=people, permit=self._permit, leaf=True)
            stored_query.note(self._access, query, found, self.deciding, people)
            return list(reversed(found.entries))

    def newest(self, most: int) -> list[DocumentEntry]:
        """So many of the newest documents that tell of care, newest first.

        Raises RegistryFailure with XDSRegistryBusy.
        """
        identifier = patients.affinity_id(self._patient)
        if identifier is None:
            return []
        with busy(ErrorCode.XDSRegistryBusy), reading(self._access):
            people = self.deciding.people
            return [*registry.newest(identifier, most, patients=people, permit=self._permit_told)]

    def records(self, types: Iterable[str], most: int) -> tuple[Page, ...]:
        """The newest single records of each of these types. Raises TooMany, RegistryFailure."""
        asked = [
            Find(
                criteria=Criteria(type=type_, patients=(self._patient,)),
                count=most,
                sorting=_NEWEST_FIRST,
            )
            for type_ in types
        ]
        return records.look_each(self._access, asked, self.deciding)

    def row(self, entry: DocumentEntry) -> Indexed:
        """What the registry knows of a document that was found."""
        return self._indexed[entry.entry_uuid]

    def with_content(self, entries: Iterable[DocumentEntry]) -> list[DocumentEntry]:
        """Those that may tell of care, and whose opening is no act of its own.

        What a patient had delivered is opened once, by whoever retrieves it.
        """
        return [
            one
            for one in entries
            if _has_content(one, self.row(one))
            and self.deciding.reason_of(one.entry_uuid) is not Reason.PATIENT_DIRECTED
        ]

    def consents(self, entries: Iterable[DocumentEntry]) -> list[DocumentEntry]:
        """Those that are consents and withdrawals, which tell of an act rather than of care.

        Rule 12 shows them to nobody but the patient and the institution to which they were said.
        """
        policies = privacy_policies()
        return [one for one in entries if policies.is_consent_document(one)]

    def _permit(self, asked: Sequence[Indexed]) -> list[bool]:
        self._indexed.update((one.entry_uuid, one) for one in asked)
        return self.deciding.permit(asked)

    def _permit_told(self, asked: Sequence[Indexed]) -> list[bool]:
        told = [one for one in asked if _tells(one)]
        may = iter(self._permit(told))
        return [_tells(one) and next(may) for one in asked]


def request(entry: DocumentEntry) -> DocumentRequest:
    """What asks for a document that was found."""
    return DocumentRequest(
        repository_unique_id=entry.repository_unique_id or "", document_unique_id=entry.unique_id
    )


def _has_content(entry: DocumentEntry, item: Indexed) -> bool:
    """Whether a document may tell of care: not a consent, and not what is assembled of others."""
    return item.object_type is DocumentEntryType.STABLE and _tells(item, entry.mime_type)


def _tells(item: Indexed, mime_type: str = "") -> bool:
    return (
        not privacy_policies().is_consent_format(item.format, item.kind)
        and readers().of(mime_type or item.mime_type) is not None
    )
