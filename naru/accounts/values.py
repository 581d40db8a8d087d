"""What other rooms know of people who sign in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.person import Gender
from naru.domain.roles import Factor


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPerson:
    """What a provider of 본인확인 says. `di` and `ci` are kept as keyed tokens only."""

    name: str
    born: date
    gender: Gender
    di: str
    ci: str = ""
    phone: str = ""


class Link(StrEnum):
    """Whether an account's person is known as a patient."""

    LINKED = "linked"
    DOUBTFUL = "doubtful"  # Somebody who could be them is known: a steward decides.
    UNKNOWN = "unknown"


class Method(StrEnum):
    """How somebody signed in."""

    PASSKEY = "passkey"
    IDENTITY = "identity"
    PASSWORD = "password"  # noqa: S105  # A word, not a secret.
    RECOVERY = "recovery-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What somebody is at an institution, from the first to the last day, both included.

    `institution` is None for those of the operating body. `account` is None until the invitation
    was accepted.
    """

    id: UUID
    account: UUID | None
    institution: UUID | None
    role: Role
    name: str
    department: str
    licence: str
    first_day: date
    last_day: date | None
    ended: bool

    def holds_on(self, day: date) -> bool:
        """Whether it is held on that day in Korea."""
        over = self.last_day is not None and self.last_day < day
        return not self.ended and self.first_day <= day and not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in that stands at this moment.

    `post` is what the person acts as; with none they act for themselves, or for `represented`,
    a patient who named them.
    """

    id: UUID
    account: UUID
    method: Method
    begun: datetime
    passkey_shown: datetime | None
    identity_shown: datetime | None
    patient: UUID | None
    link: Link
    post: Post | None
    represented: UUID | None

    @property
    def acts_as(self) -> str:
        """As what the person acts: another hat is another person to an app that they let in."""
        return str(self.post.id if self.post else self.represented or "self")

    def showed(self, factor: Factor, now: datetime) -> bool:
        """Whether the factor was shown shortly before; a verified identity is more than a passkey.

        So nobody needs a device that makes passkeys.
        """
        if _is_fresh(self.identity_shown, Factor.IDENTITY, now):
            return True
        return factor is Factor.PASSKEY and _is_fresh(self.passkey_shown, factor, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A sign-in as its owner sees it; `here` is the one that looks."""

    id: UUID
    name: str
    method: Method
    started: datetime
    seen: datetime
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRow:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as its owner sees it."""

    id: UUID
    name: str
    born: date
    link: Link
    verified: datetime
    passkeys: tuple[PasskeyRow, ...]
    devices: tuple[Device, ...]
    posts: tuple[Post, ...]
    has_password: bool
    recovery_codes: int


class BlockCause(StrEnum):
    """Why an account is blocked."""

    ASKED = "asked"  # Its person asked for it.
    LOST = "lost-device"
    SUSPICION = "suspicion"  # Somebody else may be using it, or posing as its person.

    @property
    def person_opens(self) -> bool:
        """Whether its person may open it again alone.

        Not where somebody may pose as them: whoever has taken over a telephone passes 본인확인.
        """
        return self is not BlockCause.SUSPICION


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block that stands, and in which role somebody made it."""

    at: datetime
    cause: BlockCause
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """How it stands with an account. `operates` where its person is of the operating body."""

    account: UUID
    patient: UUID | None
    signed_in: int
    block: Block | None
    operates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulLink:
    """An account whose person a steward has to find among the patients."""

    account: UUID
    name: str
    born: date
    gender: Gender
    phone: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client of the authorization code flow (SMART App Launch 2): an app of an institution's.

    `institution` is whose it is, None for an app that citizens use for themselves. A public client
    has no way to show who it is; a confidential one signs with the key of a trust row by its id.
    """

    id: str
    name: str
    institution: UUID | None
    redirect_uris: tuple[str, ...]
    launch_uri: str
    scopes: frozenset[str]
    confidential: bool
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An account of a program, with the public keys (JWKS) by which it signs since `keys_at`."""

    id: str
    name: str
    institution: UUID
    scopes: frozenset[str]
    key_set: str
    suspended: bool
    keys_at: datetime
    used: datetime | None


def _is_fresh(shown: datetime | None, factor: Factor, now: datetime) -> bool:
    return shown is not None and now - shown <= roles.fresh(factor)
