"""Who asked for a patient's records: the audit trail, shown to the patient."""

from uuid import UUID

from naru.audit import queries as audit
from naru.audit.queries import Crossing
from naru.audit.records import RecordId
from naru.exchange.access import Access, reading


def of_patient(
    access: Access, patient: UUID, limit: int = audit.LIMIT, before: RecordId | None = None
) -> tuple[Crossing, ...]:
    """The newest accesses, newest first, without this look itself; which leaves its record too.

    With `before`, those older than that record.
    """
    with reading(access):
        access.concerns(patient)
        return audit.of_patient(patient, limit, before)
