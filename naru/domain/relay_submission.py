"""What goes to HIRA's relay of a referral or return (의뢰·회송 중계시스템)."""

from dataclasses import dataclass
from datetime import datetime

from naru.domain.referrals import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is handed over of a referral: numbers, institutions, whose it is, and its paper's hash.

    `number` is the referral's own, by which both systems know it; `sender` and `receiver` are
    institution codes, or OIDs where an institution has none; `receiver` is empty outside the
    exchange. `asked_by` and `insurance` are what billing asks for.
    """

    number: str
    kind: Kind
    sender: str
    receiver: str
    department: str
    sent: datetime
    patient_name: str
    patient_birth: str
    document: str
    asked_by: str
    insurance: str
