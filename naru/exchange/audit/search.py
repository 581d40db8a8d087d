"""Search among the audit messages that others sent: by time, source, event and outcome.

Nothing of persons is shown. Whoever looks sees what is theirs to see: the operator and the state's
auditor every message, a privacy officer those that came by their own institution's certificates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.accounts.errors import Refused
from naru.audit import received_rows
from naru.audit.received import Kind, ReceivedMessage
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.korea import korean_day
from naru.exchange.access import Access, reading

RECEIVED: Final = "received audit"
"""The transaction, as the audit names it."""

SHOWN: Final = 50
"""Messages on one page."""

MOST_OPENED: Final = 2_000
"""Messages that one look opens: what they say of source and outcome is sealed."""

_STEP: Final = 200


class MayNotSearch(Refused):
    """The caller sees none of these messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for; what is empty is not asked. `until` is not in it."""

    since: datetime | None = None
    until: datetime | None = None
    event: str = ""
    outcome: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message without its persons. `institution` is whose certificate it came by, if any's."""

    number: int
    time: datetime
    transport: str
    kind: Kind
    event: str
    type: str
    outcome: int | None
    source: str
    institution: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The newest that fit; `before` is where a further look begins, None where all was seen."""

    lines: tuple[Line, ...]
    before: int | None


def search(access: Access, sought: Sought, before: int | None = None) -> Found:
    """The newest messages that fit, of those that the caller may see. Raises MayNotSearch."""
    with reading(access):
        _require_reader(access)
        owners = _Owners(access)
        lines: list[Line] = []
        last: int | None = None
        for opened, (number, message) in enumerate(_opened(sought, before), 1):
            line = _line(number, message, owners)
            if _fits(line, sought) and owners.sees(line):
                lines.append(line)
            last = number
            if len(lines) == SHOWN or opened == MOST_OPENED:
                return Found(lines=tuple(lines), before=last)
        return Found(lines=tuple(lines), before=None)


class _Owners:
    """Whose certificates messages came by, each asked once."""

    def __init__(self, access: Access) -> None:
        caller = access.caller
        self._own = None if _sees_all(access) else caller.institution
        self._all = _sees_all(access)
        self._known: dict[tuple[str, object], UUID | None] = {}

    def of(self, message: ReceivedMessage) -> UUID | None:
        """The institution whose certificate the sender showed then."""
        if not message.peer:
            return None
        key = (message.peer, korean_day(message.time))
        if key not in self._known:
            found = directory.by_fingerprint(message.peer, on=korean_day(message.time))
            self._known[key] = found.id if found else None
        return self._known[key]

    def sees(self, line: Line) -> bool:
        """Whether the message is the caller's to see."""
        return self._all or (self._own is not None and line.institution == self._own)


def _require_reader(access: Access) -> None:
    if not roles.may(access.caller.role, "read-received-audit"):
        raise MayNotSearch


def _sees_all(access: Access) -> bool:
    role = access.caller.role
    return roles.may(role, "run-node") or roles.may(role, "read-audit")


def _opened(sought: Sought, before: int | None) -> Iterator[tuple[int, ReceivedMessage]]:
    while page := received_rows.received(
        limit=_STEP,
        before=before,
        event=sought.event,
        since=sought.since,
        until=sought.until,
    ):
        yield from page
        before = page[-1][0]


def _line(number: int, message: ReceivedMessage, owners: _Owners) -> Line:
    told = message.message
    types = told.event.types if told else ()
    return Line(
        number=number,
        time=message.time,
        transport=message.transport,
        kind=message.kind,
        event=told.event.id.code if told else "",
        type=types[0].code if types else "",
        outcome=told.event.outcome if told else None,
        source=told.source.id if told else message.address,
        institution=owners.of(message),
    )


def _fits(line: Line, sought: Sought) -> bool:
    outcome = sought.outcome is None or line.outcome == sought.outcome
    return outcome and sought.source.casefold() in line.source.casefold()
