"""ITI-81 Retrieve ATNA Audit Event: a search for AuditEvents, and one by its id.

ITI TF-2 3.81. For the operator and the privacy officer, and for each patient their own. The events
are derived from the access records; the look itself leaves one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from uuid import UUID

from naru.audit.records import RecordId
from naru.domain.identifiers import Identifier
from naru.exchange.audit import trail as audit_trail
from naru.exchange.audit.trail import AuditQuery
from naru.faces.fhir import cursor
from naru.faces.fhir.cursor import Cursor
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir import values
from naru.formats.fhir.balp.audit_event import to_audit_event
from naru.formats.fhir.balp.search import DEFINITIONS, span, wanted
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.identifier import authority_of
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.parameters import PAGE, Search
from naru.formats.fhir.search_reading import defined, read_search

PAGE_SIZE: Final = 50
"""Events of a page where the client does not say; those of one record are never parted."""
_NOBODY: Final = UUID(int=0)
_ID: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,4})")


def search(request: Request) -> Response:
    """Tell what was done in a span of time."""
    asked, before = _asked(request)
    if asked.sort:
        raise refused(IssueType.NOT_SUPPORTED, "Events are told newest first.", "_sort")
    since, until = span(asked)
    query = AuditQuery(since=since, until=until, patient=_patient(asked, request.base))
    with _refusing():
        found = audit_trail.find(
            request.access, query, wanted(asked), count=asked.count or PAGE_SIZE, before=before
        )
    matches = [
        Match(f"{request.base}/AuditEvent/{one.id}", to_audit_event(one.message, one.id))
        for one in found.events
    ]
    return Response(
        resource=searchset(
            matches,
            self_link=request.self_link(asked),
            next_link=_next(request, asked, found.before) if found.before else None,
            # How many there are is known where all were looked through.
            total=len(matches) if before is None and found.before is None else None,
            remarks=asked.remarks,
        )
    )


def _asked(request: Request) -> tuple[Search, int | None]:
    given = dict(request.query)
    if PAGE not in given:
        return request.search(), None
    if len(request.query) > 1:
        raise refused(IssueType.INVALID, "A page is asked for by itself.", PAGE)
    after = cursor.unseal(given[PAGE], request.access.caller)
    return read_search(after.query, defined(request.interaction.search), lenient=True), after.place


def _next(request: Request, asked: Search, before: int) -> str:
    sealed = cursor.seal(Cursor(asked.understood, before), request.access.caller)
    return f"{request.base}/AuditEvent?{PAGE}={sealed}"


def _patient(asked: Search, base: str) -> UUID | Identifier | None:
    """Whose events; refused where two ways to say so are used."""
    by_key, by_identifier = asked.one("patient"), asked.one("patient.identifier")
    found = by_key or by_identifier
    if found is None:
        return None
    if (by_key and by_identifier) or len(found.values) != 1:
        raise refused(IssueType.INVALID, "One patient is asked for.", found.name)
    if found is by_key:
        reference = values.reference(found.values[0])
        return _key(reference.id if reference.base in {"", f"{base}/"} else "")
    token = values.token(found.values[0])
    if not token.system or not token.code:
        raise refused(IssueType.INVALID, "An identifier is system and value.", found.name)
    return Identifier(token.code, authority_of(token.system))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return _NOBODY


def read(request: Request) -> Response:
    """One event by its id."""
    named = _ID.fullmatch(request.path["id"])
    if named is None:
        raise _not_found()
    with _refusing():
        found = audit_trail.one(request.access, RecordId(UUID(named[1])), int(named[2]))
    if found is None:
        raise _not_found()
    return Response(resource=to_audit_event(found.message, found.id))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except audit_trail.NotTheirs as refusal:
        raise refused(
            IssueType.FORBIDDEN,
            "The audit trail is for the operator, the privacy officer and each patient.",
            status=HTTPStatus.FORBIDDEN,
        ) from refusal


def _not_found() -> Refused:
    return refused(IssueType.NOT_FOUND, "No AuditEvent has this id.", status=HTTPStatus.NOT_FOUND)


SEARCH: Final = Interaction(
    name="ITI-81",
    code=Code.SEARCH_TYPE,
    methods=("GET",),
    path="AuditEvent",
    handle=search,
    search=DEFINITIONS,
)
READ: Final = Interaction(
    name="ITI-81", code=Code.READ, methods=("GET",), path="AuditEvent/{id}", handle=read
)
