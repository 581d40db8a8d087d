"""Single records: read, vread, history, search, create, update, delete (FHIR R4 3.1.0)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec

from naru.domain.records import Change, Changed, Criteria, Key, Method, Record, Result
from naru.exchange import records as exchange
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.needs import of_changes
from naru.faces.fhir.records_refused import refusing
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.moments import http_date, instant
from naru.formats.fhir.outcome import Issue, IssueType, Severity, refused
from naru.formats.fhir.parameters import PAGE, Search
from naru.formats.fhir.records import content, criteria
from naru.formats.fhir.records.searchable import INCLUDES, SEARCHABLE
from naru.formats.fhir.resource import Resource

COUNT: Final = 50
"""Matches of a page where the client names no number."""

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


def read(request: Request) -> Response:
    """Read and vread: 404 where there is none to be seen, 410 where it was deleted."""
    version = request.path.get("vid")
    if version is not None and not version.isdecimal():
        raise refused(IssueType.NOT_FOUND, "There is no such record.", status=HTTPStatus.NOT_FOUND)
    key = Key(request.interaction.type, request.path["id"])
    with refusing():
        found = exchange.read(request.access, key, int(version[:9]) if version else None)
    return _told(found)


def history(request: Request) -> Response:
    """The versions that the caller may see, the newest first."""
    key = Key(request.interaction.type, request.path["id"])
    with refusing():
        found = exchange.history(request.access, key)
    return Response(resource=_history(request.base, found))


def search(request: Request) -> Response:
    """search-type, by GET and by POST."""
    asked = request.search()
    kind = request.interaction.type
    with refusing():
        page = exchange.search(
            request.access,
            criteria.from_search(kind, asked),
            count=COUNT if asked.count is None else asked.count,
            sorting=criteria.sorting(asked),
            page=asked.page,
            follow=partial(content.followed, includes=asked.include) if asked.include else None,
        )
    matches = [*_matches(request.base, page.records, "match")]
    matches += _matches(request.base, page.included, "include")
    bundle = searchset(
        matches,
        self_link=request.self_link(asked),
        next_link=_next(request, asked, page.rest) if page.rest else None,
        total=None if asked.total == "none" else page.total,
        remarks=asked.remarks,
    )
    return Response(resource=bundle)


def create(request: Request) -> Response:
    """create, with If-None-Exist once only: 201, or 200 with what is there."""
    kind = request.interaction.type
    resource = request.resource(kind)
    condition = request.headers.get("if-none-exist")
    found = criteria.from_condition(kind, condition) if condition is not None else None
    return _answer(request, to_change(Method.CREATE, resource, request.base, criteria=found))


def update(request: Request) -> Response:
    """Update of one's own record; a version in If-Match has to be the one that stands."""
    kind, id_ = request.interaction.type, request.path["id"]
    resource = request.resource(kind)
    if resource.get("id") != id_:
        raise refused(IssueType.INVALID, "The id is not that of the address.", f"{kind}.id")
    version = if_match(request.headers.get("if-match"))
    return _answer(
        request, to_change(Method.UPDATE, resource, request.base, id_=id_, version=version)
    )


def conditional_update(request: Request) -> Response:
    """Update of the one record that a condition fits; a create where it fits none."""
    kind = request.interaction.type
    resource = request.resource(kind)
    found = _condition(request)
    return _answer(request, to_change(Method.UPDATE, resource, request.base, criteria=found))


def delete(request: Request) -> Response:
    """Delete of one's own record: 204."""
    version = if_match(request.headers.get("if-match"))
    change = Change(
        method=Method.DELETE,
        type=request.interaction.type,
        id=request.path["id"],
        if_version=version,
    )
    done = _made(request, change)
    return Response(status=HTTPStatus.NO_CONTENT, version=str(done.record.held.version))


def to_change(
    method: Method,
    resource: Resource,
    base: str,
    *,
    id_: str = "",
    criteria: Criteria | None = None,
    version: int | None = None,
    sent_as: str = "",
) -> Change:
    """The change that writes a resource."""
    return Change(
        method=method,
        type=resource["resourceType"],
        id=id_,
        criteria=criteria,
        if_version=version,
        sent_as=sent_as,
        references=dict(_conditional(resource)),
        write=content.writer(resource, base),
    )


def if_match(header: str | None) -> int | None:
    """The version that a change expects. Raises Refused."""
    if header is None:
        return None
    found = _VERSION.fullmatch(header.strip())
    if found is None:
        raise refused(IssueType.INVALID, 'A version is written W/"1".')
    return int(found[1])


def location(base: str, record: Record) -> str:
    """The address of this very version."""
    return f"{base}/{record.held.key}/_history/{record.held.version}"


STATUS: Final = {
    Result.CREATED: HTTPStatus.CREATED,
    Result.UPDATED: HTTPStatus.OK,
    Result.DELETED: HTTPStatus.NO_CONTENT,
    Result.UNCHANGED: HTTPStatus.OK,
}


def _conditional(resource: Resource) -> Iterator[tuple[str, Criteria]]:
    for sent in content.references(resource):
        kind, mark, query = sent.partition("?")
        if mark and kind.isalpha():
            yield sent, criteria.from_condition(kind, query)


def _condition(request: Request) -> Criteria:
    if not request.query:
        raise refused(IssueType.REQUIRED, "A condition stands in the address.")
    query = request.self_link(request.search()).partition("?")[2]
    return criteria.from_condition(request.interaction.type, query)


def _answer(request: Request, change: Change) -> Response:
    return _changed(request, _made(request, change))


def _made(request: Request, change: Change) -> Changed:
    request.require(request.interaction.name, of_changes([change]))
    with refusing():
        (done,) = exchange.change(request.access, [change])
    return done


def _changed(request: Request, done: Changed) -> Response:
    told = _told(done.record)
    wanted = request.preferences.get("return", "representation")
    remark = Issue(IssueType.INFORMATIONAL, "Done.", severity=Severity.INFORMATION)
    return Response(
        resource=told.resource if wanted == "representation" else None,
        status=STATUS[done.result],
        location=location(request.base, done.record),
        version=told.version,
        last_modified=told.last_modified,
        issues=(remark,) if wanted == "OperationOutcome" else (),
    )


def _told(record: Record) -> Response:
    return Response(
        resource=msgspec.Raw(record.text),
        version=str(record.held.version),
        last_modified=http_date(record.held.updated),
    )


def _matches(base: str, found: Iterable[Record], mode: str) -> Iterator[Match]:
    for record in found:
        yield Match(f"{base}/{record.held.key}", msgspec.Raw(record.text), mode)


def _next(request: Request, asked: Search, rest: str) -> str:
    kept = tuple(pair for pair in asked.understood if pair[0] != PAGE)
    return request.self_link(replace(asked, understood=(*kept, (PAGE, rest))))


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


def _of_type(kind: str) -> Iterator[Interaction]:
    definitions = SEARCHABLE[kind].definitions
    includes = frozenset(one for one in INCLUDES if one.startswith(f"{kind}:"))
    found = _interaction(Code.SEARCH_TYPE, "GET", kind, search)
    yield replace(found, search=definitions, includes=includes)
    yield _interaction(Code.READ, "GET", f"{kind}/{{id}}", read)
    yield _interaction(Code.VREAD, "GET", f"{kind}/{{id}}/_history/{{vid}}", read)
    yield _interaction(Code.HISTORY_INSTANCE, "GET", f"{kind}/{{id}}/_history", history)
    yield replace(_interaction(Code.CREATE, "POST", kind, create), conditional=True)
    yield _interaction(Code.UPDATE, "PUT", f"{kind}/{{id}}", update)
    wherever = _interaction(Code.UPDATE, "PUT", kind, conditional_update)
    yield replace(wherever, search=definitions, conditional=True)
    yield _interaction(Code.DELETE, "DELETE", f"{kind}/{{id}}", delete)


def _interaction(
    code: Code, method: str, path: str, handle: Callable[[Request], Response]
) -> Interaction:
    name = f"FHIR {code.value}"
    return Interaction(name=name, code=code, methods=(method,), path=path, handle=handle)


INTERACTIONS: Final = tuple(one for kind in SEARCHABLE for one in _of_type(kind))
"""The same for every type that is kept as single records."""
