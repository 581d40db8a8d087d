"""Particles that follow a name's last sound."""

from typing import Final

from django.utils.translation import get_language

_FIRST_SYLLABLE: Final = ord("가")
_LAST_SYLLABLE: Final = ord("힣")
_FINALS: Final = 28
"""How many endings a syllable can have; the first is none."""


def as_subject(name: str) -> str:
    """The name as a sentence's subject: with 이 or 가 in Korean, as it is elsewhere."""
    if get_language() != "ko" or not name:
        return name
    return name + ("이" if _ends_closed(name) else "가")


def _ends_closed(name: str) -> bool:
    last = ord(name[-1])
    if not _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE:
        return False
    return (last - _FIRST_SYLLABLE) % _FINALS != 0
