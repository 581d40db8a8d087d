"""Who looks whose accesses through: an institution's officer, the operating body's, the state.

개인정보의 안전성 확보조치 기준 제8조. The operating body is no institution that could be left out:
its privacy officer reviews its own people, and those whom it appointed to an agency for the state.
Of what its officers do themselves, the state's auditor is a reader beside a second officer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from naru.audit.records import OPERATING_BODY
from naru.directory import queries as directory
from naru.domain.caller import Caller, Role
from naru.domain.institution import InstitutionKind
from naru.domain.korea import korean_day
from naru.exchange.access import Access
from naru.exchange.operating import inboxes
from naru.notifications.recipients import Recipient

FOR_THE_STATE: Final = frozenset({Role.HIRA_DESK, Role.AUDITOR})
"""Whom the operating body alone appoints, although they sit at an agency."""

OFFICERS: Final = frozenset({Role.PRIVACY_OFFICER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Accesses that are found under one id; of these roles, or of everybody with None."""

    under: UUID
    roles: frozenset[Role] | None = None

    def has(self, role: Role) -> bool:
        """Whether what somebody in this role did is among them."""
        return self.roles is None or role in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a reviewer looks through; `under` is where their reviews and watches stand."""

    under: UUID
    parts: tuple[Part, ...]
    officers_only: bool = False

    @property
    def operating(self) -> bool:
        """Whether it is the operating body's."""
        return self.under == OPERATING_BODY


def office(access: Access) -> Office | None:
    """Whose accesses the caller reviews; None for whoever reviews nobody's."""
    caller, day = access.caller, korean_day(access.time)
    if caller.role is Role.AUDITOR:
        return Office(under=OPERATING_BODY, parts=tuple(_officers(day)), officers_only=True)
    if _is_of_the_operating_body(caller, day):
        return Office(under=OPERATING_BODY, parts=tuple(_operating(day)))
    if caller.institution is None:
        return None
    return Office(under=caller.institution, parts=(Part(under=caller.institution),))


def reminded(day: date) -> Iterator[Recipient]:
    """Everybody who is to review, an inbox each."""
    for institution in directory.all_institutions(on=day):
        yield Recipient.at_institution(institution.id, Role.PRIVACY_OFFICER)
    yield from inboxes(Role.PRIVACY_OFFICER, day)
    yield from inboxes(Role.AUDITOR, day)


def _is_of_the_operating_body(caller: Caller, day: date) -> bool:
    if caller.institution is None:
        return caller.role is Role.PRIVACY_OFFICER
    return caller.institution in _of_kind(InstitutionKind.OPERATOR, day)


def _operating(day: date) -> Iterator[Part]:
    yield Part(under=OPERATING_BODY)
    yield from (Part(under=one) for one in _of_kind(InstitutionKind.OPERATOR, day))
    agencies = _of_kind(InstitutionKind.AGENCY, day)
    yield from (Part(under=one, roles=FOR_THE_STATE) for one in agencies)


def _officers(day: date) -> Iterator[Part]:
    yield Part(under=OPERATING_BODY, roles=OFFICERS)
    operating = _of_kind(InstitutionKind.OPERATOR, day)
    yield from (Part(under=one, roles=OFFICERS) for one in operating)


def _of_kind(kind: InstitutionKind, day: date) -> tuple[UUID, ...]:
    return tuple(one.id for one in directory.all_institutions(on=day) if one.kind is kind)
