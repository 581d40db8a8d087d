"""Accounts blocked and opened again, and the state of a request: told by number, without a name.

Whoever answers the telephone learns how something stands and may block; what is in a record, and
whose it is, opens to nobody here. Each look, block and opening stands among the person's accesses.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.accounts import blocks, people
from naru.accounts.errors import NotFound, NotRecognised, Refused
from naru.accounts.values import AccountState, Block, BlockCause, VerifiedPerson
from naru.audit.records import AuditedObject
from naru.consent import cases
from naru.consent.cases import Case, CaseKind
from naru.domain import roles
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.consent.cases import CONSENT_CASE
from naru.notifications.services import Recipient, notify

STATE: Final = "account state"
BLOCK: Final = "block account"
OPEN: Final = "open account"
"""The transactions, as the audit names them."""

ACCOUNT: Final = "account"
"""The kind of an audited object that is an account, with its id."""

LONGEST_REASON: Final = 500

_TOLD: Final = frozenset({CaseKind.WITHDRAWAL, CaseKind.OBJECTION})
"""The requests of whose state their person was given a number."""


class MayNotBlock(Refused):
    """The caller may not block, or not this account."""


class NotOpened(Refused):
    """The account is not opened: nothing blocks it, or not so, or no reason is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """How a person's request stands: nothing of what it is about, or who asked."""

    number: str
    kind: CaseKind
    opened: datetime
    due: datetime
    closed: datetime | None


def find(access: Access, number: str) -> UUID:
    """The account of that number; raises NotFound. The look at its state is recorded by itself."""
    with reading(access):
        account = blocks.by_number(number)
        _note(access, account)
        return account


def state(access: Access, account: UUID) -> AccountState:
    """How it stands with an account; raises NotFound."""
    with reading(access):
        _note(access, account)
        return blocks.state(account, access.time)


def ticket(access: Access, number: str) -> Ticket:
    """How the request of that number stands; raises NotFound."""
    with reading(access):
        found = cases.by_number(number)
        if found is None or found.kind not in _TOLD:
            raise NotFound
        access.objects.append(AuditedObject(CONSENT_CASE, str(found.id)))
        access.concerns(found.patient)
        return _ticket(found)


def block(access: Access, account: UUID, cause: BlockCause) -> int:
    """Block it at once, and tell its person; how many sign-ins ended by it.

    Raises NotFound, AlreadyBlocked, MayNotBlock: who may open none blocks none of the operating
    body's people, so that one telephone call stops nobody who watches the node.
    """
    with changing(access):
        _note(access, account)
        role = access.caller.role
        may_all = roles.may(role, "open-account")
        if not roles.may(role, "block-account"):
            raise MayNotBlock
        if blocks.state(account, access.time).operates and not may_all:
            raise MayNotBlock
        ended = blocks.block(account, cause, role, access.time)
        day = f"{korean_day(access.time):%Y-%m-%d}"
        notify("security-block", _person(account), {"day": day}, key=str(access.request_id))
        return ended


def open_again(access: Access, account: UUID, reason: str) -> None:
    """An officer of security opens it, for a reason that is kept sealed. Raises NotOpened."""
    with changing(access):
        _note(access, account)
        may = roles.may(access.caller.role, "open-account")
        if not (may and reason.strip() and len(reason) <= LONGEST_REASON):
            raise NotOpened
        _open(access, account, reason.strip())


def blocked(person: VerifiedPerson) -> Block | None:
    """What blocks the verified person's own account, if anything; told to nobody but them."""
    account = people.of_person(person)
    return None if account is None else blocks.standing(account)


def open_own(access: Access, person: VerifiedPerson) -> None:
    """Whoever was just verified opens their own account, in the caller's transaction.

    Raises NotRecognised, NotOpened.
    """
    account = people.of_person(person)
    if account is None:
        raise NotRecognised
    _note(access, account)
    found = blocks.standing(account)
    if found is None or not found.cause.person_opens:
        raise NotOpened
    _open(access, account, "")


def _open(access: Access, account: UUID, reason: str) -> None:
    try:
        blocks.open_again(account, access.caller.role, access.time, reason=reason)
    except NotFound:
        raise NotOpened from None
    day = f"{korean_day(access.time):%Y-%m-%d}"
    notify("security-open", _person(account), {"day": day}, key=str(access.request_id))


def _note(access: Access, account: UUID) -> None:
    access.objects.append(AuditedObject(ACCOUNT, str(account)))
    patient = people.patient_of(account)
    if patient is not None:
        access.concerns(patient)


def _person(account: UUID) -> Recipient:
    """The patient whom the account is tied to, who can be reached; else the account."""
    patient = people.patient_of(account)
    return Recipient.account(account) if patient is None else Recipient.patient(patient)


def _ticket(case: Case) -> Ticket:
    return Ticket(
        number=cases.number(case.id),
        kind=case.kind,
        opened=case.opened,
        due=case.due,
        closed=case.closed,
    )
