"""Sizes as people read them."""

from typing import Final

_STEP: Final = 1000


def in_words(size: int) -> str:
    """`48.2 KB`, by thousands."""
    if size < _STEP:
        return f"{size} B"
    if size < _STEP**2:
        return f"{size / _STEP:.1f} KB"
    return f"{size / _STEP**2:.1f} MB"
