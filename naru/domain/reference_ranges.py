"""참고치: the range that a report states beside a test's result, as far as its words say one."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LONGEST: Final = 60
"""Characters of a stated range that is read; a longer one is a text and no range."""

_NUMBER: Final = r"(-?\d{1,9}(?:\.\d{1,6})?)"
_BETWEEN: Final = re.compile(rf"{_NUMBER}\s*(?:-|~|–|〜|∼|to)\s*{_NUMBER}")  # As reports write it.
_BELOW: Final = re.compile(rf"(?:<|≤|<=)\s*{_NUMBER}|{_NUMBER}[^\d]{{0,20}}(?:미만|이하)")
_ABOVE: Final = re.compile(rf"(?:>|≥|>=)\s*{_NUMBER}|{_NUMBER}[^\d]{{0,20}}(?:초과|이상)")


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """Between which results are usual; None where it is open to that side."""

    low: Decimal | None
    high: Decimal | None


def reference_range(words: str) -> ReferenceRange | None:
    """The range of a report's words; None where they state none that can be drawn."""
    if not words or len(words) > LONGEST:
        return None
    if between := _BETWEEN.search(words):
        low, high = map(Decimal, between.groups())
        return ReferenceRange(low, high) if low < high else None
    below, above = _first(_BELOW, words), _first(_ABOVE, words)
    if below is None and above is None:
        return None
    if below is not None and above is not None and above >= below:
        return None
    return ReferenceRange(above, below)


def _first(pattern: re.Pattern[str], words: str) -> Decimal | None:
    found = pattern.search(words)
    return None if found is None else Decimal(next(one for one in found.groups() if one))
