"""Where a page of a search begins, in a text that tells nobody who was asked for.

A search may be posted so that no name stands in an address; so the link to its next page holds the
question sealed. The page goes on behind what was told last, whatever has come or gone since.
"""

import base64
import zlib
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

import msgspec

from naru.domain.caller import Caller
from naru.faces.fhir.interaction import Request
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.parameters import PAGE, PAGE_LENGTH, Search
from naru.formats.fhir.search_reading import LONGEST, WRITTEN
from naru.security import keys
from naru.security.errors import SealBroken

_SHAPES: Final = {"_summary", "_elements"}
"""What says how much of each match is written; the door reads it from every address."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A search, and what was told last: a score and a key, a place, or words of its own."""

    query: tuple[tuple[str, str], ...]
    place: int
    key: str = ""


_decoder: Final = msgspec.json.Decoder(Cursor)


def asked(request: Request) -> Search:
    """The search, or the one that a link of `link` goes on with. Raises Refused.

    Its `page` is then what was told last, and the access record says the whole question.
    """
    sealed = [value for name, value in request.query if name == PAGE]
    if not sealed:
        return request.search()
    if len(sealed) > 1 or any(name not in {PAGE, *_SHAPES, *WRITTEN} for name, _ in request.query):
        raise refused(IssueType.INVALID, "A page is asked for by itself.", PAGE)
    after = unseal(sealed[0], request.access.caller)
    resumed = replace(request, query=after.query)
    resumed.asks()
    return replace(resumed.search(), page=after.key)


def link(request: Request, search: Search, told: str) -> str:
    """The address of the page behind what was `told` last: nobody's name stands in it."""
    sealed = seal(Cursor(search.understood, 0, told), request.access.caller)
    shape = [pair for pair in search.understood if pair[0] in _SHAPES]
    return f"{request.base}/{request.interaction.type}?{urlencode([*shape, (PAGE, sealed)])}"


def seal(cursor: Cursor, caller: Caller) -> str:
    """The cursor as the value of `_page`, for this caller alone. Raises Refused."""
    plain = zlib.compress(msgspec.json.encode(cursor))
    sealed = keys.ring().sealer("fhir/page").seal(plain, _bound(caller))
    text = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    if len(text) > PAGE_LENGTH:
        raise refused(IssueType.TOO_LONG, "So long a search is answered on one page alone.")
    return text


def unseal(text: str, caller: Caller) -> Cursor:
    """The cursor again. Raises Refused for one that we did not write, or for somebody else."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = keys.ring().sealer("fhir/page").open(sealed, _bound(caller))
    except (ValueError, SealBroken):  # No base64, or not of ASCII.
        raise _unknown() from None
    return _decoder.decode(zlib.decompressobj().decompress(plain, 4 * LONGEST))


def _unknown() -> Refused:
    return refused(IssueType.VALUE, "The page is none of ours.", PAGE)


def _bound(caller: Caller) -> bytes:
    return f"{caller.role}/{caller.institution}/{caller.person}/{caller.patient}".encode()
