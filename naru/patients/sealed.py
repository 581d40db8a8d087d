"""What is stored of a person: sealed values, and keyed tokens by which they are found."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics
from naru.security import keys

SEARCH_TOKEN_BYTES = 16
"""Half a digest tells any two terms apart and halves the largest table."""

Stored = bytes | memoryview
"""A binary column as SQLite or PostgreSQL hands it out."""

_demographics = msgspec.json.Decoder(Demographics)


def identifier_token(identifier: Identifier) -> bytes:
    """By which an identifier is found; its domain is part of it."""
    value = f"{identifier.authority}^{identifier.value}"
    return keys.ring().token("patients/identifier", value)


def seal_identifier(identifier: Identifier, token: bytes) -> bytes:
    """The identifier's value, bound to its token."""
    return keys.ring().sealer("patients/identifier").seal(identifier.value.encode(), token)


def open_identifier(authority: str, sealed: Stored, token: Stored) -> Identifier:
    """The identifier again."""
    value = keys.ring().sealer("patients/identifier").open(bytes(sealed), bytes(token))
    return Identifier(value.decode(), authority)


def resident_number_token(digits: str) -> bytes:
    """By which a 주민등록번호 is matched."""
    return keys.ring().token("patients/resident-number", digits)


def seal_resident_number(digits: str, record: UUID) -> bytes:
    """The number, bound to the record in which it was told."""
    return keys.ring().sealer("patients/resident-number").seal(digits.encode(), record.bytes)


def open_resident_number(sealed: Stored, record: UUID) -> str:
    """The number again."""
    opened = keys.ring().sealer("patients/resident-number").open(bytes(sealed), record.bytes)
    return opened.decode()


def seal_demographics(demographics: Demographics, record: UUID) -> bytes:
    """One record's demographics, bound to the record."""
    plain = msgspec.json.encode(demographics)
    return keys.ring().sealer("patients/demographics").seal(plain, record.bytes)


def open_demographics(sealed: Stored, record: UUID) -> Demographics:
    """The demographics again."""
    opened = keys.ring().sealer("patients/demographics").open(bytes(sealed), record.bytes)
    return _demographics.decode(opened)


def seal_why(words: str, act: UUID) -> bytes:
    """Why somebody did something, bound to the act."""
    return keys.ring().sealer("patients/why").seal(words.encode(), act.bytes)


def open_why(sealed: Stored, act: UUID) -> str:
    """The words again."""
    return keys.ring().sealer("patients/why").open(bytes(sealed), act.bytes).decode()


def search_tokens(terms: Iterable[str]) -> set[bytes]:
    """By which a record is found that has any of `terms`."""
    token = keys.ring().token
    return {token("patients/search", term)[:SEARCH_TOKEN_BYTES] for term in terms}
