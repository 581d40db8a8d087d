"""A ticket as it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.domain.caller import Role

LONGEST_WORDS: Final = 1_000


class Kind(StrEnum):
    """What a ticket is about."""

    RECORD = "record"  # Something in a record is wrong.
    ACCESS = "access"  # An access that the patient does not know of.
    CALL = "call"  # Somebody called.


class State(StrEnum):
    """How it stands."""

    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What it is about: a document by title and uniqueId, or an access by its record."""

    title: str = ""
    document: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Who said what. `told`: the patient reads it; else it stays with those who answer."""

    who: Role
    words: str
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket; its lines with their times, oldest first."""

    id: UUID
    number: str
    kind: Kind
    patient: UUID | None
    institution: UUID | None
    role: Role
    opened: datetime
    closed: datetime | None
    about: About
    lines: tuple[tuple[datetime, Line], ...]

    @property
    def state(self) -> State:
        """How it stands."""
        if self.closed is not None:
            return State.CLOSED
        others = any(line.who is self.role and line.told for _, line in self.lines[1:])
        return State.ANSWERED if others else State.RECEIVED
