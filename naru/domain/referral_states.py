"""Where a referral stands.

The states are those of FHIR's Task (`Task.status`), with a few of our own where it has one word for
two things (`Task.businessStatus`).
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where it stands: a `Task.status`, or one of our own business states."""

    REQUESTED = "requested"
    HELD = "held"  # A letter that does not open, since the patient's consent ended.
    RECEIVED = "received"
    ASKED = "asked"  # The receiver asked, and waits for the sender.
    FORWARDED = "forwarded"  # Another institution has it now and has not opened it.
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"  # The patient came.
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no-show"

    @property
    def task(self) -> str:
        """The `Task.status` of FHIR (R4 value set task-status)."""
        return _TASK.get(self, self.value)


_TASK: Final = {
    State.HELD: "on-hold",
    State.ASKED: "received",
    State.FORWARDED: "requested",
    State.EXPIRED: "cancelled",
    State.NO_SHOW: "failed",
}

CLOSED: Final = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
"""Whoever had it has nothing more to do with it."""

UNANSWERED: Final = frozenset(
    {State.REQUESTED, State.HELD, State.RECEIVED, State.ASKED, State.FORWARDED}
)
"""Nobody took it on yet: it expires."""

TAKEN_ON: Final = frozenset({State.ACCEPTED, State.IN_PROGRESS})

OPEN: Final = UNANSWERED | TAKEN_ON
"""Somebody still has to do something."""
