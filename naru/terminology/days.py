"""Validity in columns: both days are always there, so that one comparison tells."""

from datetime import date
from typing import Final

from naru.domain.terminology import Validity
from naru.storage.columns import day_of

EARLIEST: Final = date.min
OPEN: Final = date.max
"""No end; of a beginning, that its release is still being loaded."""


def validity(since: date | str, until: date | str) -> Validity:
    """The value of two columns."""
    first, last = day_of(since), day_of(until)
    return Validity(None if first == EARLIEST else first, None if last == OPEN else last)
