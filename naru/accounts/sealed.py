"""What is kept of people, sealed or as a keyed token: the tables alone name nobody."""

import hashlib
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from naru.accounts.values import VerifiedPerson
from naru.domain.person import Gender
from naru.security import keys


class Person(msgspec.Struct):
    """A verified person without the identifiers of the provider."""

    name: str
    born: date
    gender: Gender
    phone: str


class Names(msgspec.Struct):
    """Of a post: for whom the invitation is, and the licence number."""

    name: str
    licence: str


_CARRIED: Final = b"verified person"

_person: Final = msgspec.json.Decoder(Person)
_names: Final = msgspec.json.Decoder(Names)


def seal_person(person: VerifiedPerson, account: UUID) -> bytes:
    """Bound to the account."""
    told = Person(person.name, person.born, person.gender, person.phone)
    return _seal("identity", msgspec.json.encode(told), account)


def open_person(stored: bytes | memoryview, account: UUID) -> Person:
    """The person again."""
    return _person.decode(_open("identity", stored, account))


def seal_names(names: Names, post: UUID) -> bytes:
    """Bound to the post."""
    return _seal("post", msgspec.json.encode(names), post)


def open_names(stored: bytes | memoryview, post: UUID) -> Names:
    """The names again."""
    return _names.decode(_open("post", stored, post))


def seal_text(text: str, purpose: str, of: UUID) -> bytes:
    """A text, bound to what it is of."""
    return _seal(purpose, text.encode(), of)


def open_text(stored: bytes | memoryview, purpose: str, of: UUID) -> str:
    """The text again."""
    return _open(purpose, stored, of).decode()


def token(purpose: str, value: str) -> bytes:
    """What a value is found by, from which it cannot be read back."""
    return keys.ring().token(f"accounts/{purpose}", value)


def digest(octets: bytes) -> bytes:
    """The SHA-256 of what names no person."""
    return hashlib.sha256(octets).digest()


def _seal(purpose: str, plain: bytes, of: UUID) -> bytes:
    return keys.ring().sealer(f"accounts/{purpose}").seal(plain, of.bytes)


def _open(purpose: str, stored: bytes | memoryview, of: UUID) -> bytes:
    return keys.ring().sealer(f"accounts/{purpose}").open(bytes(stored), of.bytes)


def carry(person: VerifiedPerson) -> str:
    """A verified person sealed for the way from one page to the next; nothing of it is readable."""
    plain = msgspec.json.encode(person)
    return keys.ring().sealer("accounts/carried").seal(plain, _CARRIED).hex()


def carried(text: str) -> VerifiedPerson:
    """The person again."""
    plain = keys.ring().sealer("accounts/carried").open(bytes.fromhex(text), _CARRIED)
    return msgspec.json.decode(plain, type=VerifiedPerson)
