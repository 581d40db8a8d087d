"""What a clinician does on a page; the demo's own page does the same by the same functions."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentRequest
from naru.exchange import emergency, reception, stored_query
from naru.exchange.access import Access
from naru.exchange.reception import Known
from naru.exchange.retrieve import retrieve
from naru.patients import queries as patients

LOOK: Final = "clinic patient"
FIND: Final = "ITI-18"
OPEN: Final = "ITI-43"
"""The transactions of a clinic's pages, as the audit names them."""

SHOWN_ON_A_PAGE: Final = 2 * 1024 * 1024
"""A page shows documents of text; what is larger is for an EMR to fetch (ITI-43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document that was given, with as many of its bytes as a page shows."""

    unique_id: str
    mime_type: str
    size: int
    content: bytes


def by_number(access: Access, number: str) -> tuple[Known, ...]:
    """Whom the institution's own number names; `()` where nobody, or the caller is of none."""
    return reception.by_number(access, number)


def find(access: Access, patient: UUID) -> tuple[DocumentEntry, ...]:
    """What the institution may see of the patient at this moment (ITI-18, FindDocuments)."""
    identifier = patients.affinity_id(patient)
    if identifier is None:
        return ()
    query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
    return stored_query.stored_query(access, query, leaf=True).entries


def open_document(access: Access, request: DocumentRequest) -> Opened | None:
    """Open one document (ITI-43); None where it may not be read or is not there."""
    for found in retrieve(access, [request]).documents:
        content = b""
        for chunk in found.chunks:
            content += chunk[: SHOWN_ON_A_PAGE - len(content)]
        return Opened(
            unique_id=request.document_unique_id,
            mime_type=found.mime_type,
            size=found.size,
            content=content,
        )
    return None


def asking(access: Access, patient: UUID) -> Emergency | None:
    """Ask of the patient in the emergency that the caller opened, while it stands; which it is."""
    stands = emergency.opened_by(access.caller, patient, access.time)
    if stands is not None:
        access.caller = emergency.in_emergency(access.caller)
    return stands


def open_in_emergency(
    access: Access, patient: UUID, case: EmergencyCase, reason: str, hours: int
) -> Emergency:
    """Open the record of who cannot be asked. Raises NotPermitted."""
    access.caller = emergency.in_emergency(access.caller)
    return emergency.open_record(access, patient, case, reason, hours=hours)


def end_emergency(access: Access, patient: UUID, opened: UUID) -> None:
    """End it before its time. Raises NotPermitted."""
    access.caller = emergency.in_emergency(access.caller)
    emergency.close_record(access, patient, opened)
