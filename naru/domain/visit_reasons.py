"""Why a clinician looks at a patient's record, asked once for each visit.

All are treatment (TREAT): a record that is closed is opened on a page of its own.
"""

from enum import StrEnum


class VisitReason(StrEnum):
    """As the session of a page keeps it, and as an EMR says it that opens the page."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    PREPARATION = "preparation"
