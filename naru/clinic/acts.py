"""What a clinician does on a page; the demo's own page does the same by the same functions."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentRequest
from naru.exchange.access import Access
from naru.exchange.documents import stored_query
from naru.exchange.treatment import reception
from naru.exchange.treatment.reception import Known
from naru.exchange.without_consent import emergency
from naru.patients import queries as patients
from naru.viewer import opening
from naru.viewer.opening import Opened

LOOK: Final = "clinic patient"
FIND: Final = "ITI-18"
OPEN: Final = "ITI-43"
"""The transactions of a clinic's pages, as the audit names them."""


def by_name(access: Access, name: str, born: date) -> tuple[Known, ...]:
    """Everybody of that name and birth at the institution; `()` where the caller is of none."""
    return reception.by_name(access, name, born)


def opened_today(access: Access, patients_: Iterable[UUID]) -> tuple[Known, ...]:
    """Those of them who are registered at the institution, in their order."""
    found = (reception.known(access, one) for one in patients_)
    return tuple(one for one in found if one is not None)


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


def open_document(access: Access, asked: DocumentRequest) -> Opened | None:
    """Open one document (ITI-43); None where it may not be read or is not there."""
    return opening.open_document(access, asked)


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
