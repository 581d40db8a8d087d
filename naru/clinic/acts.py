"""What a clinician does on a page; the demo's own page does the same by the same functions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.caller import Caller
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentRequest
from naru.exchange import emergency, reception, stored_query
from naru.exchange.access import Access
from naru.exchange.reception import Known
from naru.exchange.retrieve import retrieve
from naru.patients import queries as patients

LOOK: Final = "clinic patient"
"""The transaction of choosing a patient, as the audit names it."""

SHOWN_ON_A_PAGE: Final = 2 * 1024 * 1024
"""A page shows documents of text; what is larger is for an EMR to fetch (ITI-43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document that was given, with as many of its bytes as a page shows."""

    unique_id: str
    mime_type: str
    size: int
    content: bytes


def by_number(caller: Caller, number: str, time: datetime) -> tuple[Known, ...]:
    """Whom the institution's own number names; `()` where nobody, or the caller is of none."""
    access = Access(transaction=LOOK, caller=caller, time=time)
    return reception.by_number(access, number)


def find(caller: Caller, patient: UUID, time: datetime) -> tuple[DocumentEntry, ...]:
    """What the institution may see of the patient at this moment (ITI-18, FindDocuments)."""
    identifier = patients.affinity_id(patient)
    if identifier is None:
        return ()
    query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
    access = Access(transaction="ITI-18", caller=caller, time=time)
    return stored_query.stored_query(access, query, leaf=True).entries


def open_document(caller: Caller, request: DocumentRequest, time: datetime) -> Opened | None:
    """Open one document (ITI-43); None where it may not be read or is not there."""
    access = Access(transaction="ITI-43", caller=caller, time=time)
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


def asking(caller: Caller, patient: UUID, time: datetime) -> tuple[Caller, Emergency | None]:
    """How the caller asks of the patient: in the emergency that they opened, while it stands."""
    stands = emergency.opened_by(caller, patient, time)
    return (emergency.in_emergency(caller) if stands else caller), stands


def open_in_emergency(
    caller: Caller, patient: UUID, time: datetime, case: EmergencyCase, reason: str, hours: int
) -> Emergency:
    """Open the record of who cannot be asked. Raises NotPermitted."""
    access = Access(transaction=emergency.BEGIN, caller=emergency.in_emergency(caller), time=time)
    return emergency.open_record(access, patient, case, reason, hours=hours)


def end_emergency(caller: Caller, patient: UUID, opened: UUID, time: datetime) -> None:
    """End it before its time. Raises NotPermitted."""
    access = Access(transaction=emergency.END, caller=emergency.in_emergency(caller), time=time)
    emergency.close_record(access, patient, opened)
