"""Where a page of a search begins, in a text that tells nobody who was asked for.

A search may be posted so that no name stands in an address; so the link to its next page holds the
question sealed. The page goes on behind what was told last, whatever has come or gone since.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Final

import msgspec

from naru.domain.caller import Caller
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.parameters import PAGE
from naru.formats.fhir.search_reading import LONGEST
from naru.security import keys
from naru.security.errors import SealBroken

LONGEST_CURSOR: Final = 2000


@dataclass(frozen=True, slots=True)
class Cursor:
    """A search, and what was told last: a score and a key, or a place."""

    query: tuple[tuple[str, str], ...]
    place: int
    key: str = ""


_decoder: Final = msgspec.json.Decoder(Cursor)


def seal(cursor: Cursor, caller: Caller) -> str:
    """The cursor as the value of `_page`, for this caller alone. Raises Refused."""
    plain = zlib.compress(msgspec.json.encode(cursor))
    sealed = keys.ring().sealer("fhir/page").seal(plain, _bound(caller))
    text = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    if len(text) > LONGEST_CURSOR:
        raise refused(IssueType.TOO_LONG, "So long a search is answered on one page alone.")
    return text


def unseal(text: str, caller: Caller) -> Cursor:
    """The cursor again. Raises Refused for one that we did not write, or for somebody else."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = keys.ring().sealer("fhir/page").open(sealed, _bound(caller))
    except (binascii.Error, SealBroken):
        raise _unknown() from None
    return _decoder.decode(zlib.decompressobj().decompress(plain, 4 * LONGEST))


def _unknown() -> Refused:
    return refused(IssueType.VALUE, "The page is none of ours.", PAGE)


def _bound(caller: Caller) -> bytes:
    return f"{caller.role}/{caller.institution}/{caller.person}/{caller.patient}".encode()
