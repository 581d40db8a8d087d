"""What the node tried and could not do: done again, or never, by a person who says why.

Nothing of persons is shown: work is named by its kind and number, errors by their kind.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings

from naru.accounts.errors import Refused
from naru.audit import forwarding
from naru.audit.records import AuditedObject
from naru.domain import roles
from naru.exchange.access import Access, changing, reading
from naru.notifications import queries as notices
from naru.notifications.queries import Delivered
from naru.notifications.states import State
from naru.outbox import queries, services
from naru.outbox.queries import DeadLetter, Queue

DEAD: Final = "dead letters"
"""The transaction, as the audit names it."""

WORK: Final = "outbox work"
"""The kind of an audited object that is a piece of work, by its number."""

MOST: Final = 100
"""Dead letters on one page, and taken at once."""


class GivenUp(StrEnum):
    """Why work is never to be done; a word and no sentence, so that it names nobody."""

    OBSOLETE = "obsolete"  # What it was for has passed.
    BY_HAND = "by-hand"  # It was done in another way.
    TWICE = "twice"  # Other work does the same.
    NOBODY = "nobody"  # Whom it was for is not there any more.


class MayNotRun(Refused):
    """The node is not the caller's to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """An audit record repository: what waits for it, how often the oldest was tried, and when next.

    Nothing of this ever becomes a dead letter: audit is sent in order, however long it takes.
    """

    address: str
    waiting: int
    attempts: int
    next: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """All that waits for a person, and what waits for nothing but its turn."""

    letters: tuple[DeadLetter, ...]
    queues: tuple[Queue, ...]
    notices: tuple[Delivered, ...]
    destinations: tuple[Destination, ...]


def not_done(access: Access) -> NotDone:
    """What could not be done. Raises MayNotRun for all but the operator."""
    with reading(access):
        _require(access)
        return NotDone(
            letters=queries.dead(MOST),
            queues=queries.queues(),
            notices=notices.deliveries(state=State.FAILED.value),
            destinations=tuple(map(_destination, settings.NARU.audit_to)),
        )


def replay(access: Access, works: Collection[int]) -> int:
    """Do it again, as if it were new; say how many there were. Raises MayNotRun."""
    with changing(access):
        _require(access)
        _note(access, works)
        return services.replay(works)


def give_up(access: Access, works: Collection[int], reason: GivenUp) -> int:
    """Never do it; say how many there were. The work keeps the reason. Raises MayNotRun."""
    with changing(access):
        _require(access)
        _note(access, works)
        return services.drop(works, f"given up: {reason.value}")


def _destination(address: str) -> Destination:
    kind = forwarding.kind_of(address)
    found = queries.first(kind)
    return Destination(
        address=address,
        waiting=queries.waiting([kind]),
        attempts=found[0] if found else 0,
        next=found[1] if found else None,
    )


def _note(access: Access, works: Collection[int]) -> None:
    access.objects += [AuditedObject(WORK, str(one)) for one in works]


def _require(access: Access) -> None:
    if not roles.may(access.caller.role, "run-node"):
        raise MayNotRun
