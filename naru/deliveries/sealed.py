"""What the room keeps sealed, each bound to the row that it is of."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from naru.deliveries.values import Chosen
from naru.exchange.callers.vouched_reading import Voucher
from naru.security import keys

_SUBMISSION: Final = "delivery-submission"
_SHARE: Final = "delivery-share"
_OPENING: Final = "delivery-opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """To which agency and for what, by the codes of the data, and what."""

    agency: str
    purpose: str
    documents: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What opens a link, what it opens, and who let it; without a passcode it is empty."""

    address: str
    key: str
    code: str
    passcode: str
    by: Voucher
    documents: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who opened it, as they said, and whether an app did."""

    name: str
    by_app: bool


def seal(value: Submitted | Shared | Recipient, of: UUID) -> bytes:
    """Bound to its row."""
    return keys.ring().sealer(_purpose(type(value))).seal(msgspec.json.encode(value), of.bytes)


def submitted(stored: bytes, of: UUID) -> Submitted:
    """The submission again."""
    return msgspec.json.decode(_open(Submitted, stored, of), type=Submitted)


def shared(stored: bytes, of: UUID) -> Shared:
    """The share again."""
    return msgspec.json.decode(_open(Shared, stored, of), type=Shared)


def recipient(stored: bytes, of: UUID) -> Recipient:
    """The recipient again."""
    return msgspec.json.decode(_open(Recipient, stored, of), type=Recipient)


def token(purpose: str, value: str) -> bytes:
    """What a link or a code is found by, from which it cannot be read back."""
    return keys.ring().token(f"deliveries/{purpose}", value)


def _open(kind: type, stored: bytes, of: UUID) -> bytes:
    return keys.ring().sealer(_purpose(kind)).open(bytes(stored), of.bytes)


def _purpose(kind: type) -> str:
    return {Submitted: _SUBMISSION, Shared: _SHARE, Recipient: _OPENING}[kind]
