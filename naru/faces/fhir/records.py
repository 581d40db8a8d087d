"""Single records: read, vread, history, search, create, update, delete (FHIR R4 3.1.0)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from django.conf import settings

from naru.domain.decision import NOT_TAKEN
from naru.domain.records import Change, Changed, Criteria, Method, Noted, Record, Result
from naru.exchange.records import single as exchange
from naru.faces.fhir import claims, record_inquiries
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.needs import of_changes
from naru.faces.fhir.records_refused import refusing
from naru.formats.fhir.moments import instant
from naru.formats.fhir.outcome import Issue, IssueType, Severity, refused
from naru.formats.fhir.records import content, criteria
from naru.formats.fhir.records.searchable import INCLUDES, REVINCLUDES, SEARCHABLE
from naru.formats.fhir.resource import Resource

COUNT: Final = 50
"""Matches of a page where the client names no number."""

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


def look(request: Request) -> Response:
    """Read, vread, history, search: 404 where nothing is to be seen, 410 what was deleted."""
    asked = record_inquiries.from_request(request)
    with refusing():
        told = exchange.look(request.access, asked)
    return record_inquiries.to_response(request, told)


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
    return _deleted(request, change)


def conditional_delete(request: Request) -> Response:
    """Delete of the one record that a condition fits (`single`): 412 where it fits several."""
    kind = request.interaction.type
    return _deleted(request, Change(method=Method.DELETE, type=kind, criteria=_condition(request)))


def _deleted(request: Request, change: Change) -> Response:
    done = _made(request, change)
    assert isinstance(done, Changed), "a deletion is asked of no consent"
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
    """The change that writes a resource. Raises Refused, where the node judges what it claims."""
    resource = claims.judged(resource, settings.NARU.profile_rule)
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


NOTED: Final = HTTPStatus.ACCEPTED
"""Of a visit that was noted and whose record is not kept: there is nothing to read or find."""

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
    done = _made(request, change)
    if isinstance(done, Noted):
        return Response(status=NOTED, issues=in_part(done))
    return _changed(request, done)


def in_part(noted: Noted) -> tuple[Issue, ...]:
    """What was taken of a visit, and what was not."""
    if noted.until is None:
        taken = "The visit does not count as treatment any more."
    else:
        taken = f"The visit was noted: it counts as treatment until {instant(noted.until)}."
    return (
        Issue(IssueType.INFORMATIONAL, taken, severity=Severity.INFORMATION),
        Issue(IssueType.SUPPRESSED, NOT_TAKEN, severity=Severity.WARNING),
    )


def _made(request: Request, change: Change) -> Changed | Noted:
    request.require(request.interaction.name, of_changes([change]))
    with refusing():
        return exchange.change_one(request.access, change)


def _changed(request: Request, done: Changed) -> Response:
    told = record_inquiries.of_record(done.record)
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


def _of_type(kind: str) -> Iterator[Interaction]:
    definitions = SEARCHABLE[kind].definitions
    includes = frozenset(one for one in INCLUDES if one.startswith(f"{kind}:"))
    found = _interaction(Code.SEARCH_TYPE, "GET", kind, look)
    revincludes = REVINCLUDES.get(kind, frozenset())
    yield replace(found, search=definitions, includes=includes, revincludes=revincludes)
    yield _interaction(Code.READ, "GET", f"{kind}/{{id}}", look)
    yield _interaction(Code.VREAD, "GET", f"{kind}/{{id}}/_history/{{vid}}", look)
    yield _interaction(Code.HISTORY_INSTANCE, "GET", f"{kind}/{{id}}/_history", look)
    yield replace(_interaction(Code.CREATE, "POST", kind, create), conditional=True)
    yield _interaction(Code.UPDATE, "PUT", f"{kind}/{{id}}", update)
    wherever = _interaction(Code.UPDATE, "PUT", kind, conditional_update)
    yield replace(wherever, search=definitions, conditional=True)
    yield _interaction(Code.DELETE, "DELETE", f"{kind}/{{id}}", delete)
    wherever = _interaction(Code.DELETE, "DELETE", kind, conditional_delete)
    yield replace(wherever, search=definitions, conditional=True)


def _interaction(
    code: Code, method: str, path: str, handle: Callable[[Request], Response]
) -> Interaction:
    name = f"FHIR {code.value}"
    return Interaction(name=name, code=code, methods=(method,), path=path, handle=handle)


INTERACTIONS: Final = tuple(one for kind in SEARCHABLE for one in _of_type(kind))
"""The same for every type that is kept as single records."""
