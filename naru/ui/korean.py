"""Particles that follow a name's last sound."""

from typing import Final

from django.utils.translation import get_language

_FIRST_SYLLABLE: Final = ord("가")
_LAST_SYLLABLE: Final = ord("힣")
_FINALS: Final = 28
"""How many endings a syllable can have; the first is none."""
_BEFORE_RO: Final = (0, 8)
"""The endings after which it is 로: none, and ㄹ."""


def as_subject(name: str) -> str:
    """The name as a sentence's subject: with 이 or 가 in Korean, as it is elsewhere."""
    if get_language() != "ko" or not name:
        return name
    return name + ("이" if _ends_closed(name) else "가")


def as_means(name: str) -> str:
    """The name as that by or to which something is: with 으로 or 로 in Korean, else as it is."""
    if get_language() != "ko" or not name:
        return name
    return name + ("로" if _final(name) in _BEFORE_RO else "으로")


def _ends_closed(name: str) -> bool:
    return _final(name) != 0


def _final(name: str) -> int:
    """Which consonant the name ends with; none where it is no syllable."""
    last = ord(name[-1])
    if not _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE:
        return 0
    return (last - _FIRST_SYLLABLE) % _FINALS
