"""Looking at single records: read, vread, history and search (FHIR R4 3.1.0, 3.1.1)."""

from collections.abc import Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec

from naru.domain.records import Find, Inquiry, Key, Method, Page, Read, Record, Told, Versions
from naru.domain.scopes import Need
from naru.faces.fhir import cursor
from naru.faces.fhir.interaction import Code, Request, Response
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.moments import http_date, instant
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Search
from naru.formats.fhir.records import content, criteria
from naru.formats.fhir.records.searchable import TARGETS
from naru.formats.fhir.resource import Resource

COUNT: Final = 50
"""Matches of a page where the client names no number."""


def from_request(request: Request) -> Inquiry:
    """What a GET asks for. Raises Refused."""
    match request.interaction.code:
        case Code.SEARCH_TYPE:
            return find(request, cursor.asked(request))
        case Code.HISTORY_INSTANCE:
            return Versions(_key(request))
        case _:
            return read(request)


def read(request: Request) -> Read:
    """Read and vread. Raises Refused."""
    version = request.path.get("vid")
    if version is not None and not version.isdecimal():
        raise refused(IssueType.NOT_FOUND, "There is no such record.", status=HTTPStatus.NOT_FOUND)
    return Read(_key(request), int(version[:9]) if version else None)


def find(request: Request, search: Search) -> Find:
    """search-type, by GET and by POST; what comes along needs scopes, too. Raises Refused."""
    kind = request.interaction.type
    needs = {Need(one.partition(":")[0], "s") for one in search.revinclude}
    needs |= {Need(target, "r") for one in search.include for target in TARGETS[one]}
    if needs:
        request.require(request.interaction.name, needs)
    included = search.include
    return Find(
        criteria=criteria.from_search(kind, search),
        count=COUNT if search.count is None else search.count,
        sorting=criteria.sorting(search),
        page=search.page,
        follow=partial(content.followed, includes=included) if included else None,
        referring=[_referring(one) for one in search.revinclude],
    )


def to_response(request: Request, told: Told) -> Response:
    """The answer to whatever `from_request` asked."""
    if isinstance(told, Page):
        return of_page(request, cursor.asked(request), told)
    if isinstance(told, Record):
        return of_record(told)
    return Response(resource=_history(request.base, told))


def of_record(record: Record) -> Response:
    """One version of a record."""
    return Response(
        resource=msgspec.Raw(record.text),
        version=str(record.held.version),
        last_modified=http_date(record.held.updated),
    )


def of_page(request: Request, search: Search, page: Page) -> Response:
    """A page of a searchset."""
    matches = [*_matches(request.base, page.records, "match")]
    matches += _matches(request.base, page.included, "include")
    bundle = searchset(
        matches,
        self_link=request.self_link(search),
        next_link=cursor.link(request, search, page.rest) if page.rest else None,
        total=None if search.total == "none" else page.total,
        remarks=search.remarks,
    )
    return Response(resource=bundle)


def _key(request: Request) -> Key:
    return Key(request.interaction.type, request.path["id"])


def _referring(revinclude: str) -> tuple[str, str]:
    kind, _, name = revinclude.partition(":")
    return kind, name


def _matches(base: str, found: Iterable[Record], mode: str) -> Iterator[Match]:
    for record in found:
        yield Match(f"{base}/{record.held.key}", msgspec.Raw(record.text), mode)


def _history(base: str, found: Iterable[Record]) -> Resource:
    entries = []
    for record in found:
        held = record.held
        entry: Resource = {"fullUrl": f"{base}/{held.key}"}
        if not held.deleted:
            entry["resource"] = msgspec.Raw(record.text)
        url = held.key.type if held.method is Method.CREATE else str(held.key)
        entry["request"] = {"method": held.method.value, "url": url}
        status = HTTPStatus.NO_CONTENT if held.deleted else HTTPStatus.OK
        status = HTTPStatus.CREATED if held.version == 1 else status
        entry["response"] = {
            "status": str(status.value),
            "etag": f'W/"{held.version}"',
            "lastModified": instant(held.updated),
        }
        entries.append(entry)
    return {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries}
