"""How much one stored query may find."""

from collections.abc import Sized
from typing import Final

from naru.domain.registry_errors import ErrorCode, failure

OBJECTS: Final = 10_000
"""Whole objects in one answer: a life's documents many times over, and some 100 MB of XML."""

REFERENCES: Final = 50_000
"""Ids in one answer, for who wants to fetch the objects in turn."""


def require_few(*found: Sized, leaf: bool) -> None:
    """Raise XDSTooManyResults (ITI TF-3 Table 4.2.4.1-2), before anything is opened."""
    if sum(map(len, found)) > (OBJECTS if leaf else REFERENCES):
        raise failure(
            ErrorCode.XDSTooManyResults, "more is found than one answer holds; ask for less"
        )
