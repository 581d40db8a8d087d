"""The relay as this room knows it: a port that the node gives a driver, or none."""

from typing import Protocol

from naru.domain.relay_submission import Submission


class RelayUnreachable(Exception):
    """Nothing answered, or not in time: it is tried again."""


class RelayRefused(Exception):
    """The relay does not take it; trying again as it is would not help. `reason` is its word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:64]


class Relay(Protocol):
    """심평원 의뢰·회송 중계시스템: takes a submission once under its number."""

    def hand_over(self, submission: Submission) -> str:
        """The relay's own number of it; again under one number the same. Must not block long.

        Raises RelayUnreachable, RelayRefused.
        """
