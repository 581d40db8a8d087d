"""What became of cards (CDS Hooks 2.0, Feedback): it is read and counted, and no text is kept."""

from typing import Final
from uuid import UUID

from naru.formats.cds.request import LIMITS
from naru.formats.fhir.json import read
from naru.formats.fhir.outcome import IssueType, refused

MOST: Final = 100
"""Cards of one feedback."""

OUTCOMES: Final = frozenset({"accepted", "overridden"})


def read_feedback(octets: bytes) -> tuple[tuple[UUID, str], ...]:
    """Each card with what became of it. Raises Refused with the place that is wrong."""
    told = read(octets, limits=LIMITS)
    given = told.get("feedback") if isinstance(told, dict) else None
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise refused(IssueType.REQUIRED, f"One to {MOST} cards stand in a feedback.", "feedback")
    return tuple(_one(place, one) for place, one in enumerate(given))


def _one(place: int, told: object) -> tuple[UUID, str]:
    at = f"feedback[{place}]"
    if not isinstance(told, dict):
        raise refused(IssueType.STRUCTURE, "A feedback is an object.", at)
    outcome = told.get("outcome")
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        raise refused(IssueType.VALUE, "An outcome is accepted or overridden.", f"{at}.outcome")
    try:
        return UUID(str(told.get("card"))), outcome
    except ValueError:
        raise refused(IssueType.VALUE, "A card is named by its uuid.", f"{at}.card") from None
