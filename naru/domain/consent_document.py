"""A consent or a withdrawal as a whole document: who says it, what it says, and how it was said."""

from dataclasses import dataclass
from datetime import date

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.consent_paper import Box, Identified, Part, Representative, Wording
from naru.domain.consent_text import ConsentText
from naru.domain.privacy_policies import Policy


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned paper; `media_type` is PDF or plain text."""

    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDocument:
    """What the patient consents to, from which day on; `author` is the clerk or doctor, if known.

    Of a withdrawal `from_date` is the day on which it was said. `until` is the last day, None for
    one without end. `boxes` are those that were ticked, None where the paper has none. `signature`
    is the picture of it as a PNG. With a `scan` the paper itself is the document's body. `wording`
    names the words that were read, and `text` are those words themselves, where they are at hand.
    """

    header: DocumentHeader
    patient: Patient
    policy: Policy
    from_date: date
    until: date | None = None
    boxes: frozenset[Box] | None = None
    parts: tuple[Part, ...] = ()
    representative: Representative | None = None
    author: Practitioner | None = None
    signature: bytes = b""
    scan: Scan | None = None
    wording: Wording | None = None
    identified: Identified | None = None
    text: ConsentText | None = None


def kind_of(policy: Policy) -> str:
    """The form of a paper that acknowledges the policy."""
    return "withdrawal" if policy.withdraws else "consent"
