"""Accounts that are blocked: nobody signs in with them, and whatever they had opened has ended.

An account is told of by its number: the first digits of a random id, which name nobody and are
shown to its owner alone.
"""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from naru.accounts import people, sealed, sessions
from naru.accounts.errors import AlreadyBlocked, NotFound
from naru.accounts.models import Block as BlockRow
from naru.accounts.models import Identity, User
from naru.accounts.values import AccountState, Block, BlockCause
from naru.domain.caller import Role
from naru.domain.korea import korean_day

DIGITS: Final = 12
"""Of an account's number: 48 bits, so that nobody meets another's by typing."""

_ID_DIGITS: Final = 32
_NOTE: Final = "block"


def number(account: UUID) -> str:
    """The account's number as it is shown: in groups of four."""
    return people.grouped(account.hex[:DIGITS].upper())


def by_number(typed: str) -> UUID:
    """The account of a number, however it is grouped; raises NotFound."""
    plain = "".join(one for one in typed if one.isalnum()).casefold()
    if len(plain) != DIGITS:
        raise NotFound
    try:
        ends = [UUID(hex=plain + fill * (_ID_DIGITS - DIGITS)) for fill in "0f"]
    except ValueError:
        raise NotFound from None
    found = User.objects.filter(public_id__range=ends).values_list("public_id", flat=True)[:2]
    if len(found) != 1:
        raise NotFound
    return found[0]


def state(account: UUID, now: datetime) -> AccountState:
    """Whether it is blocked, and since when; raises NotFound. Nothing of its person is opened."""
    found = Identity.objects.filter(user__public_id=account).select_related("user").first()
    if found is None:
        raise NotFound
    return AccountState(
        account=account,
        patient=found.patient,
        signed_in=sessions.standing(account, now),
        block=standing(account),
        operates=_operates(account, now),
    )


def standing(account: UUID) -> Block | None:
    """The block that stands, if one does."""
    row = BlockRow.objects.filter(user__public_id=account, ended_at=None).first()
    if row is None:
        return None
    return Block(at=row.at, cause=BlockCause(row.cause), by=Role(row.by))


def block(account: UUID, cause: BlockCause, by: Role, now: datetime) -> int:
    """Block it and end every sign-in of it; how many there were. Raises NotFound, AlreadyBlocked.

    The tokens that apps got in them, and what would renew these, end with the sign-ins.
    """
    user = User.objects.select_for_update().filter(public_id=account).first()
    if user is None:
        raise NotFound
    if not user.is_active:
        raise AlreadyBlocked
    user.is_active = False
    user.save(update_fields=["is_active"])
    block_id = uuid4()
    empty = sealed.seal_text("", _NOTE, block_id)
    BlockRow.objects.create(public_id=block_id, user=user, at=now, by=by, cause=cause, sealed=empty)
    return sessions.end_all(account, now)


def open_again(account: UUID, by: Role, now: datetime, *, reason: str = "") -> None:
    """It may sign in again; raises NotFound where no block stands. `reason` is kept sealed."""
    row = BlockRow.objects.select_for_update().filter(user__public_id=account, ended_at=None)
    found = row.first()
    if found is None:
        raise NotFound
    found.ended_at, found.ended_by = now, by
    found.sealed = sealed.seal_text(reason, _NOTE, found.public_id)
    found.save(update_fields=["ended_at", "ended_by", "sealed"])
    User.objects.filter(public_id=account).update(is_active=True)


def _operates(account: UUID, now: datetime) -> bool:
    """Whether its person works at the operating body: then no call-centre agent blocks it."""
    return any(one.institution is None for one in sessions.held(account, korean_day(now)))
