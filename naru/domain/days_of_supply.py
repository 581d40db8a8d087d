"""For how many days a drug was prescribed, by the words of whoever prescribed it."""

import re
import unicodedata
from typing import Final

_UNITS: Final = {
    **dict.fromkeys(("", "일", "일분", "일간", "일치", "d", "day", "days"), 1),
    **dict.fromkeys(("주", "주일", "주간", "주분", "주치", "w", "wk", "week", "weeks"), 7),
    **dict.fromkeys(
        ("개월", "개월분", "개월간", "개월치", "달", "달분", "달치", "month", "months"), 30
    ),
    **dict.fromkeys(("년", "년간", "년분", "year", "years"), 365),
}
"""Days of each unit; a month and a year are taken as their usual number."""

_LONGEST: Final = 40
_MOST: Final = 9_999
"""More than 27 years of a drug is no number of days."""

_NUMBER: Final = r"(\d{1,4})"
_UNIT: Final = r"\s*([a-z가-힣]*)\.?\s*"
_SAID: Final = re.compile(
    rf"(?:총|약)?\s*{_NUMBER}{_UNIT}"
    rf"(?:[-~∼–—]\s*{_NUMBER}{_UNIT})?"
    rf"(?:[x×*]\s*(\d{{1,3}})\s*(?:회|번)?\s*)?"
)


def days_of_supply(words: str) -> int | None:
    """The days that the words tell: `7`, `7일`, `2주`, `3개월`, `10-14일`, `7일 x 3`.

    Of a range the longer is taken. None where the words are others, say none, or say nothing.
    """
    if len(words) > _LONGEST:
        return None
    found = _SAID.fullmatch(unicodedata.normalize("NFKC", words).casefold().strip())
    if found is None:
        return None
    first, unit, last, last_unit, times = found.groups()
    if last:
        unit = unit or last_unit
    days = [_in_days(first, unit), _in_days(last, last_unit) if last else 0]
    if None in days:
        return None
    told = max(one for one in days if one is not None) * int(times or 1)
    return told if 0 < told <= _MOST else None


def _in_days(number: str, unit: str) -> int | None:
    known = _UNITS.get(unit)
    return None if known is None else int(number) * known
