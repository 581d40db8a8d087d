"""What a signed consent or withdrawal says itself, whatever its metadata say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from naru.domain.identifiers import Identifier
from naru.domain.privacy_policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPaper:
    """A paper read from its own bytes: `document` is its id, `patient` as its institution says."""

    document: str
    patient: Identifier
    policy: Policy
    signed: datetime
    from_date: date


class PaperUnreadable(ValueError):
    """The bytes are no consent or withdrawal of this affinity domain; the message says nothing."""


ReadPaper = Callable[[bytes], ConsentPaper]
"""Reads a paper, or raises PaperUnreadable; handed down by the door, which knows the wire."""


def no_paper(_content: bytes, /) -> ConsentPaper:
    """How a door reads papers that takes none."""
    raise PaperUnreadable
