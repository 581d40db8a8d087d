"""ITI-78 Mobile Patient Demographics Query: a search for Patients, and one by its id.

ITI TF-2 3.78 (PDQm 2.4.0). Asks what ITI-47 asks, and is answered alike.
"""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from naru.domain.patient_query import Candidate, PatientQuery
from naru.domain.patient_search import Is
from naru.exchange.patients.identity import demographics
from naru.faces.fhir import cursor, people
from naru.faces.fhir.cursor import Cursor
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.bundle import searchset
from naru.formats.fhir.outcome import Issue, IssueType, Refused, Severity, refused
from naru.formats.fhir.parameters import PAGE, Search
from naru.formats.fhir.patient import to_patient
from naru.formats.fhir.patient_search import DEFINITIONS, Place, from_search
from naru.formats.fhir.search_reading import defined, read_search
from naru.patients.errors import UnknownAskedDomains

PROFILE: Final = "https://profiles.ihe.net/ITI/PDQm/StructureDefinition/IHE.PDQm.Patient"
PAGE_SIZE: Final = 50
"""People on a page where the client does not say."""


def search(request: Request) -> Response:
    """Tell who matches the demographics asked for."""
    asked, after = _asked(request)
    if asked.sort:
        raise refused(IssueType.NOT_SUPPORTED, "People are told best match first.", "_sort")
    found = sorted(_candidates(request, asked), key=_rank)
    size = PAGE_SIZE if asked.count is None else asked.count
    rest = [one for one in found if after is None or _rank(one) > (-after.place, after.key)]
    page, more = rest[:size], len(rest) > size > 0
    return Response(
        resource=searchset(
            (people.match(request, one) for one in page),
            self_link=request.self_link(asked),
            next_link=_next(request, asked, page[-1]) if more else None,
            total=None if asked.total == "none" else len(found),
            remarks=asked.remarks,
        )
    )


def _asked(request: Request) -> tuple[Search, Cursor | None]:
    """The search, or the one that a link of ours goes on with."""
    asked = request.search()
    if not asked.page:
        return asked, None
    if asked.asked:
        raise refused(IssueType.INVALID, "A page is asked for by itself.", PAGE)
    after = cursor.unseal(asked.page, request.access.caller)
    definitions = defined(request.interaction.search)
    return read_search(after.query, definitions, lenient=True), after


def _candidates(request: Request, asked: Search) -> tuple[Candidate, ...]:
    place = Place(
        base=request.base,
        rrn_authority=people.rrn_authority(),
        in_address=request.method != "POST" and not asked.page,
    )
    clauses, domains = from_search(asked.asked, place)
    with people.refusing():
        try:
            return demographics(request.access, PatientQuery(clauses=clauses, domains=domains))
        except UnknownAskedDomains as unknown:
            raise _unknown_domain() from unknown


def _unknown_domain() -> Refused:
    # ITI TF-2 3.78.4.1.3 case 4.
    issue = Issue(IssueType.NOT_FOUND, "targetSystem not found", ("identifier",), Severity.WARNING)
    return Refused(issue, status=HTTPStatus.NOT_FOUND)


def _rank(candidate: Candidate) -> tuple[int, str]:
    assert candidate.patient is not None, "whoever is found has a key"
    return -(candidate.score or 0), candidate.patient.hex


def _next(request: Request, asked: Search, last: Candidate) -> str:
    assert last.patient is not None, "whoever is found has a key"
    after = Cursor(asked.understood, last.score or 0, last.patient.hex)
    return f"{request.base}/Patient?{PAGE}={cursor.seal(after, request.access.caller)}"


def read(request: Request) -> Response:
    """One person by the key under which searches told of them (ITI TF-2 3.78.4.3)."""
    try:
        key = UUID(request.path["id"])
    except ValueError:
        raise _not_found() from None
    with people.refusing():
        found = demographics(request.access, PatientQuery(clauses=((Is(key),),)))
    if not found:
        raise _not_found()
    return Response(resource=to_patient(found[0].record, key))


def _not_found() -> Refused:
    return refused(IssueType.NOT_FOUND, "No Patient has this id.", status=HTTPStatus.NOT_FOUND)


SEARCH: Final = Interaction(
    name="ITI-78",
    code=Code.SEARCH_TYPE,
    methods=("GET",),
    path="Patient",
    handle=search,
    search=DEFINITIONS,
    profiles=(PROFILE,),
)
READ: Final = Interaction(
    name="ITI-78", code=Code.READ, methods=("GET",), path="Patient/{id}", handle=read
)
