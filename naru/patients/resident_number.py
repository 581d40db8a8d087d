"""주민등록번호 and 외국인등록번호: read for matching, never checked for existence.

Numbers given since October 2020 have random last digits, so that a checksum refuses nothing.
"""

import re
from typing import Final

from naru.domain.person import Gender

_DIGITS: Final = re.compile(r"[0-9]{13}")
_SEX_DIGIT: Final = 6
_MALE: Final = frozenset("13579")


def normal(value: str) -> str | None:
    """The thirteen digits; `None` for a masked or cut number, which identifies nobody."""
    digits = value.replace("-", "").replace(" ", "").strip()
    return digits if _DIGITS.fullmatch(digits) else None


def links(digits: str) -> bool:
    """Whether the number is one person's own.

    Hospitals write zeros after the sex digit where a newborn, a foreigner or an unknown person has
    no number yet: twins then share one.
    """
    return digits[_SEX_DIGIT + 1 :].strip("0") != ""


def sex_disagrees(digits: str, gender: Gender | None) -> bool:
    """Whether the seventh digit says another sex than the sender; both may be right."""
    if gender not in {Gender.MALE, Gender.FEMALE}:
        return False
    return (digits[_SEX_DIGIT] in _MALE) != (gender is Gender.MALE)
