"""What people are at institutions: invited by whoever administers it, accepted once, ended."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.accounts import people, sealed
from naru.accounts.errors import InvitationInvalid, NotFound
from naru.accounts.models import Post as PostRow
from naru.accounts.models import SignIn, User
from naru.accounts.values import Post
from naru.domain.caller import Role
from naru.domain.korea import korean_day

INVITATION_LIFETIME: Final = timedelta(days=7)

LONGEST_NAME: Final = 60
"""Characters; the page's field takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whom an institution wants as what. `name` is compared with the verified name."""

    institution: UUID | None
    role: Role
    name: str
    department: str = ""
    licence: str = ""
    first_day: date
    last_day: date | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a post that nobody can hold."""
        named = 0 < len(self.name.strip()) <= LONGEST_NAME
        if not named or (self.last_day and self.last_day < self.first_day):
            raise ValueError("an invitation names somebody, and days in their order")


def invite(invitation: Invitation, now: datetime) -> tuple[Post, str]:
    """A post that waits for its person, and the code that is handed to them and kept nowhere."""
    post = uuid4()
    code = "".join(secrets.choice(people.CODE_LETTERS) for _ in range(people.CODE_LENGTH))
    names = sealed.Names(invitation.name.strip(), invitation.licence.strip())
    row = PostRow.objects.create(
        public_id=post,
        institution=invitation.institution,
        role=invitation.role,
        department=invitation.department,
        sealed=sealed.seal_names(names, post),
        first_day=invitation.first_day,
        last_day=invitation.last_day,
        invitation=sealed.token("invitation", code),
        invitation_ends=now + INVITATION_LIFETIME,
    )
    return value(row), people.grouped(code)


def accept(account: UUID, code: str, now: datetime) -> Post:
    """The post is the account's from now on; raises InvitationInvalid.

    It is for the person whom it names and for nobody else who has the code.
    """
    plain = "".join(letter for letter in code.upper() if letter in people.CODE_LETTERS)
    open_ones = PostRow.objects.filter(
        invitation=sealed.token("invitation", plain),
        invitation_ends__gt=now,
        user=None,
        ended_at=None,
    )
    row = open_ones.first()
    if row is None or _name(row) != people.name_of(account):
        raise InvitationInvalid
    user = User.objects.get(public_id=account)
    if not open_ones.filter(pk=row.pk).update(user=user, invitation=None):
        raise InvitationInvalid
    row.user = user
    return value(row)


def end(post: UUID, institution: UUID | None, *, everywhere: bool, now: datetime) -> Post:
    """End a post of the institution, or any; whoever is signed in by it is so no more.

    Raises NotFound.
    """
    rows = PostRow.objects.filter(public_id=post, ended_at=None)
    row = (rows if everywhere else rows.filter(institution=institution)).first()
    if row is None:
        raise NotFound
    row.ended_at, row.invitation = now, None
    if row.last_day is None or row.last_day > korean_day(now):
        row.last_day = korean_day(now)
    row.save(update_fields=["ended_at", "invitation", "last_day"])
    SignIn.objects.filter(post=row, ended_at=None).update(ended_at=now)
    return value(row)


def by_id(post: UUID) -> Post | None:
    """One post, whether or not it is held; None of one that never was."""
    row = PostRow.objects.filter(public_id=post).select_related("user").first()
    return None if row is None else value(row)


def of_institution(institution: UUID | None) -> tuple[Post, ...]:
    """Everybody of the institution, those who are no more too; of the operating body with None."""
    rows = PostRow.objects.filter(institution=institution).select_related("user")
    return tuple(value(row) for row in rows.order_by("ended_at", "first_day", "pk"))


def names(institution: UUID) -> dict[UUID, str]:
    """Who has or had a post there, by their account."""
    found = of_institution(institution)
    return {one.account: one.name for one in found if one.account is not None}


def everybody() -> tuple[Post, ...]:
    """The posts of every institution."""
    rows = PostRow.objects.select_related("user").order_by("institution", "ended_at", "first_day")
    return tuple(value(row) for row in rows)


def value(row: PostRow) -> Post:
    """The row for other rooms."""
    names = sealed.open_names(row.sealed, row.public_id)
    return Post(
        id=row.public_id,
        account=row.user.public_id if row.user else None,
        institution=row.institution,
        role=Role(row.role),
        name=names.name,
        department=row.department,
        licence=names.licence,
        first_day=row.first_day,
        last_day=row.last_day,
        ended=row.ended_at is not None,
    )


def _name(row: PostRow) -> str:
    return sealed.open_names(row.sealed, row.public_id).name
