"""What the room hands out: a submission or a share as it stands, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

MOST_DOCUMENTS: Final = 20
"""Documents of one submission or link: as many as a person looks through before they go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A document that was chosen, as its entry was then; `hash` is the registered SHA-1."""

    repository: str
    document: str
    title: str
    source: str
    made: str
    mime_type: str
    hash: str
    size: int

    @property
    def key(self) -> tuple[str, str]:
        """By what it is asked for."""
        return self.repository, self.document


class State(StrEnum):
    """How a submission stands."""

    WAITING = "waiting"
    OPENED = "opened"
    PARTLY = "partly"
    RECALLED = "recalled"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission; `opened` says when the agency opened each document, by uniqueId."""

    id: UUID
    number: str
    patient: UUID
    institution: UUID
    agency: str
    purpose: str
    at: datetime
    until: datetime
    recalled: datetime | None
    documents: tuple[Chosen, ...]
    opened: dict[str, datetime]

    def state(self, now: datetime) -> State:
        """How it stands at that moment."""
        if len(self.opened) == len(self.documents):
            return State.OPENED
        if self.recalled is not None:
            return State.RECALLED
        if self.until <= now:
            return State.OVER
        return State.PARTLY if self.opened else State.WAITING

    def recallable(self, now: datetime) -> bool:
        """Whether anything of it can be taken back."""
        return self.state(now) in {State.WAITING, State.PARTLY}

    def told(self, now: datetime) -> tuple[Chosen, ...]:
        """Of which documents its agency still learns anything.

        What was recalled, or is over, before it was opened is none of theirs, nor is its title.
        """
        waits = self.recallable(now)
        return tuple(one for one in self.documents if waits or one.document in self.opened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """That somebody opened a link; `recipient` is who they said they are."""

    at: datetime
    recipient: str
    by_app: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link. What opens it (`address`, `key`, `code`, `passcode`) its patient alone is shown."""

    id: UUID
    patient: UUID
    at: datetime
    until: datetime
    most: int
    wrong: int
    revoked: datetime | None
    address: str
    key: str
    code: str
    passcode: str
    documents: tuple[Chosen, ...]
    openings: tuple[Opened, ...]

    def stands(self, now: datetime) -> bool:
        """Whether it opens anything still."""
        return (
            self.revoked is None
            and now < self.until
            and len(self.openings) < self.most
            and self.wrong < MOST_WRONG
        )


MOST_WRONG: Final = 5
"""Wrong passcodes, ever, after which a link opens no more: six digits leave one in 200,000."""
