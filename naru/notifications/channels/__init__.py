"""The ways out: each takes a message once for each key, and says what became of it where it can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from naru.notifications.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message. A channel that is handed the same `key` again sends nothing twice.

    `short` is the words of the template `template` with its `variables` filled in.
    """

    key: str
    to: str
    title: str
    text: str
    short: str
    template: str
    variables: Mapping[str, str]
    language: str


class Channel(Protocol):
    """A way by which messages leave."""

    @property
    def reports(self) -> bool:
        """Whether it is known later what became of a message."""

    def send(self, message: Outgoing) -> str:
        """Hand it over; the channel's own reference. Raises `Refused`, `Unreachable`."""

    def report(self, reference: str) -> tuple[State, str] | None:
        """What became of it, and why; None while that is not known. Raises `Unreachable`."""

    def reach(self) -> None:
        """Look whether the other side answers, sending nothing; raises `Unreachable`, `Refused`."""


Channels = Mapping[str, Channel]
"""Those that the operator has configured, by name: `chat`, `sms`, `email`."""
