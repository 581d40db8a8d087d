"""What a signed consent or withdrawal says itself, whatever its metadata say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from naru.domain.identifiers import Identifier
from naru.domain.privacy_policies import Policy


class Box(StrEnum):
    """A consent with a box of its own on the paper, since the law asks for each apart.

    개인정보 보호법 제22조 (each matter apart), 제23조 (민감정보), 제24조 (고유식별정보).
    """

    PERSONAL = "personal"
    IDENTIFYING = "identifying"
    SENSITIVE = "sensitive"
    EVALUATION = "evaluation"


NEEDED: Final = frozenset({Box.PERSONAL, Box.SENSITIVE})
"""Without these nothing can be exchanged; the others may be refused without any disadvantage."""


class Side(StrEnum):
    """As what an institution is kept out: of what it wrote, of looking, or of both."""

    BOTH = "excluded"
    SOURCE = "excluded-source"
    VIEWER = "excluded-viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a paper keeps out: an institution, a department, one of an institution, or a document.

    `institution` is its OID, `department` its code, `document` the uniqueId; the names are those on
    the paper. A department is always kept out as a source.
    """

    institution: str = ""
    institution_name: str = ""
    department: str = ""
    department_name: str = ""
    document: str = ""
    reason: str = ""
    side: Side = Side.BOTH


class Authority(StrEnum):
    """By what paper somebody speaks for a patient who is old enough to speak."""

    POWER_OF_ATTORNEY = "power-of-attorney"  # 위임장.
    GUARDIANSHIP_REGISTER = "guardianship-register"  # 후견등기사항증명서.


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who signed for the patient (법정대리인), and what they are to them in the paper's words.

    `authority` is the paper by which they may and that the desk saw, `authority_number` its number.
    """

    name: str
    relationship: str = ""
    telephone: str = ""
    authority: Authority | None = None
    authority_number: str = ""


class Identification(StrEnum):
    """How it was seen who says an act of consent."""

    SESSION = "session"
    PASSKEY = "passkey"
    VERIFIED = "identity-verification"  # 본인확인기관.
    RESIDENT_CARD = "resident-card"  # 주민등록증.
    DRIVING_LICENCE = "driving-licence"
    PASSPORT = "passport"
    FOREIGNER_CARD = "foreigner-card"  # 외국인등록증.
    MOBILE_CARD = "mobile-card"  # 모바일 신분증.
    FAMILY_RECORD = (
        "family-record"  # 가족관계증명서, for an infant beside the representative's card.
    )


SEEN_AT_A_DESK: Final = (
    Identification.RESIDENT_CARD,
    Identification.DRIVING_LICENCE,
    Identification.PASSPORT,
    Identification.FOREIGNER_CARD,
    Identification.MOBILE_CARD,
    Identification.FAMILY_RECORD,
)


class Signed(StrEnum):
    """By what somebody signed."""

    SCREEN = "screen"  # Who was signed in pressed the button.
    PAD = "pad"  # A picture drawn on the signature pad.
    SCAN = "scan"  # A paper, signed by hand and scanned.
    WITNESS = "witness"  # The name, written before a witness.


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """How it was seen who says it, by whom, and how they signed.

    `seen_by` names the member of staff who saw the card, `witness` who else was there, and
    `scan_sha256` the scanned paper that was signed by hand. No number of a card is anywhere.
    """

    by: Identification
    signed: Signed = Signed.SCREEN
    seen_by: str = ""
    witness: str = ""
    scan_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Which words were read: their version, language and SHA-256 in lower-case hex."""

    version: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPaper:
    """What one paper says: `document` is its id, `patient` as its institution says.

    `until` is the last day on which it holds, None for one without end. `boxes` are those ticked,
    None where the paper has none that a program could read; `scanned` where its body is the paper
    that was signed by hand. `wording` and `identified` are None where the paper does not say them.
    `signature` is its picture, a PNG.
    """

    document: str
    patient: Identifier
    policy: Policy
    signed: datetime
    from_date: date
    until: date | None = None
    boxes: frozenset[Box] | None = None
    scanned: bool = False
    parts: tuple[Part, ...] = ()
    representative: Representative | None = None
    wording: Wording | None = None
    identified: Identified | None = None
    signature: bytes = field(default=b"", repr=False)


class PaperUnreadable(ValueError):
    """The bytes are no consent or withdrawal of this affinity domain; the message says nothing."""


ReadPaper = Callable[[bytes], ConsentPaper]
"""Reads a paper, or raises PaperUnreadable; handed down by the door, which knows the wire."""


def no_paper(_content: bytes, /) -> ConsentPaper:
    """How a door reads papers that takes none."""
    raise PaperUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPaper:
    """A paper as the node made it, and the document of its signature (ITI TF-3 5.5.3).

    `scan` is the PDF that was signed by hand, whose hash stands in the paper, and `picture` the
    PNG of the signature that stands in it; b"" where none was.
    """

    content: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    scan: bytes = field(default=b"", repr=False)
    picture: bytes = field(default=b"", repr=False)
