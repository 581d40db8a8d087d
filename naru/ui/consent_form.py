"""What a form of consent shows and brings back: the words that were read, and the boxes."""

from datetime import date

from django.http import HttpRequest

from naru.domain.consent_paper import Box, Wording
from naru.domain.consent_text import ConsentText

LONGEST = 100


def wording(request: HttpRequest) -> Wording:
    """Which words the form says that it showed."""
    given = (request.POST.get(name, "")[:LONGEST] for name in ("version", "language", "sha256"))
    version, language, sha256 = given
    return Wording(version=version, language=language, sha256=sha256)


def ticked(request: HttpRequest) -> frozenset[Box]:
    """The boxes that were ticked."""
    return frozenset(Box(one) for one in request.POST.getlist("box") if one in set(Box))


def boxes(request: HttpRequest, text: ConsentText) -> list[dict[str, object]]:
    """Each box with its words; none is ticked beforehand (개인정보 보호법 제22조)."""
    chosen = ticked(request)
    return [
        {"code": box.value, "words": text.words.boxes[box], "ticked": box in chosen} for box in Box
    ]


def day(text: str) -> date | None:
    """The day of a date field, None where it is empty; raises ValueError."""
    return date.fromisoformat(text) if text else None
