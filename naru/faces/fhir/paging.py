"""Pages of a search whose whole answer is known: by the last match, not by its number.

A link stays good while matches come and go: the next page begins behind the place where the match
stood that the link names, in the order of the search. Every page is asked and decided on anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import msgspec

from naru.faces.fhir import cursor
from naru.faces.fhir.interaction import Request, Response
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import PAGE, Search
from naru.formats.fhir.resource import Resource

USUAL: Final = 100
"""Matches of a page where the client says nothing."""

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Page(Generic[One]):
    """The matches of one page, and what was told last where there is a next one."""

    matches: tuple[One, ...]
    next: str | None
    total: int | None


def page(
    found: Sequence[One],
    search: Search,
    *,
    order: Callable[[One], str],
    sorts: Mapping[str, Callable[[One], str]],
) -> Page[One]:
    """The page that is asked for, of all that was found. Raises Refused.

    `order` gives each match a text of its own by which all stand where nothing else was asked;
    `sorts` are the parameters by which one may sort.
    """
    for wanted in search.sort:
        if wanted.name not in sorts:
            raise refused(IssueType.NOT_SUPPORTED, "This order is not answered.", "_sort")
    keys = [*((sorts[one.name], one.descending) for one in search.sort), (order, False)]
    ordered = list(found)
    for key, descending in reversed(keys):
        ordered.sort(key=key, reverse=descending)
    start = _start(ordered, keys, _cursor(search.page)) if search.page else 0
    size = USUAL if search.count is None else search.count
    matches = tuple(ordered[start : start + size])
    more = bool(matches) and start + size < len(ordered)
    return Page(
        matches=matches,
        next=_told([key(matches[-1]) for key, _ in keys]) if more else None,
        total=None if search.total == "none" else len(ordered),
    )


def bundle(
    request: Request,
    search: Search,
    found: Sequence[One],
    *,
    order: Callable[[One], str],
    sorts: Mapping[str, Callable[[One], str]],
    write: Callable[[One], Resource],
) -> Response:
    """The page of the searchset that is asked for."""
    one_page = page(found, search, order=order, sorts=sorts)
    kind = request.interaction.type
    written = [write(one) for one in one_page.matches]
    return Response(
        resource=searchset(
            [Match(f"{request.base}/{kind}/{one['id']}", one) for one in written],
            self_link=request.self_link(search),
            next_link=cursor.link(request, search, one_page.next) if one_page.next else None,
            total=one_page.total,
            remarks=search.remarks,
        )
    )


def _start(
    ordered: Sequence[One], keys: Sequence[tuple[Callable[[One], str], bool]], cursor: list[str]
) -> int:
    if len(cursor) != len(keys):
        raise _not_ours()
    for number, one in enumerate(ordered):
        for (key, descending), stood in zip(keys, cursor, strict=True):
            mine = key(one)
            if mine != stood:
                if (mine > stood) != descending:
                    return number
                break
    return len(ordered)


def _cursor(text: str) -> list[str]:
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:  # Of another interaction's page.
        raise _not_ours() from None


def _not_ours() -> Exception:
    return refused(IssueType.VALUE, "The page is none of ours.", PAGE)


def _told(cursor: list[str]) -> str:
    return msgspec.json.encode(cursor).decode()
