"""The sealed text of each version, and the keyed tokens by which it is found."""

from functools import cache
from typing import Final

from naru.domain.records import Key
from naru.security.keys import Sealer, ring

TOKEN_BYTES: Final = 16
"""Half a digest tells any two terms apart and halves the largest table."""


@cache
def _sealer(purpose: str) -> Sealer:
    return ring().sealer(purpose)


def seal(text: bytes, key: Key, version: int) -> bytes:
    """The text, bound to its record and version."""
    return _sealer("records").seal(text, f"{key}/{version}".encode())


def unseal(sealed: bytes | memoryview, key: Key, version: int) -> bytes:
    """The text as it was sealed; raises SealBroken where the blob is of another."""
    return _sealer("records").open(bytes(sealed), f"{key}/{version}".encode())


def token(kind: str, name: str, text: str) -> bytes:
    """By which a term of a type is found."""
    return ring().token("records/term", f"{kind}.{name} {text}")[:TOKEN_BYTES]


def seal_place(place: bytes, question: bytes) -> bytes:
    """A place in the answer to a question; it tells nobody how many records there are."""
    return _sealer("records/page").seal(place, question)


def unseal_place(sealed: bytes, question: bytes) -> bytes:
    """The place again. Raises SealBroken."""
    return _sealer("records/page").open(sealed, question)
