"""`Patient/{id}/$everything` and `Patient/{id}/$summary`: all that may be seen of one patient.

FHIR R4 Patient-operation-everything; HL7 IPS `$summary`. Single records, and what consented
documents say, each with its origin.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.domain.korea import KST, korean_day
from naru.domain.scopes import Need
from naru.domain.whole_record import Origin, WholeRecord
from naru.exchange.charts import whole_record as exchange
from naru.faces.fhir import cursor, paging, people
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.not_found import not_found
from naru.faces.fhir.records_refused import refusing
from naru.formats.fhir import ips, moments
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.elements import resource_types
from naru.formats.fhir.json import JsonLimits, read
from naru.formats.fhir.krcore.provenance import (
    name_of,
    reference_to,
    to_provenance,
    told_by,
    told_once,
)
from naru.formats.fhir.krcore.reading import day, word
from naru.formats.fhir.moments import NotAMoment
from naru.formats.fhir.outcome import Issue, IssueType, Severity, refused
from naru.formats.fhir.parameters import PAGE, Asked, Definition, ParameterType, Search
from naru.formats.fhir.patient import to_patient
from naru.formats.fhir.records.searchable import SEARCHABLE
from naru.formats.fhir.resource import Resource

AUTHOR: Final = "나루 Naru"

_OURS: Final = JsonLimits(size=2**40, depth=200, values=2**40)
"""What we keep was bounded when it came."""

_OF_PATIENTS: Final = tuple(name for name, one in SEARCHABLE.items() if one.patient)
_EVERYTHING: Final = (*_OF_PATIENTS, "DocumentReference")
"""What is told where no type is asked for: documents are named too, so a token must open them."""

_DEFINITIONS: Final = (
    Definition("start", ParameterType.DATE),
    Definition("end", ParameterType.DATE),
    Definition("_since", ParameterType.DATE),
    Definition("_type", ParameterType.TOKEN),
)
_WITHOUT_PROVENANCE: Final = frozenset({"Patient", "DocumentReference"})
"""A DocumentReference tells its own origin, and is what a Provenance leads to."""

_DAYS: Final = (
    "recordedDate",
    "authoredOn",
    "effectiveDateTime",
    "performedDateTime",
    "occurrenceDateTime",
    "issued",
    "started",
    "dateTime",
)


_WRITERS: Final = frozenset({"Organization", "Practitioner", "PractitionerRole"})
"""Who wrote several documents is told with the newest, and is of no day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One resource, whose it is by origin, and the days by which it is chosen."""

    resource: Resource
    on: date | None
    since: datetime | None
    institution: str = ""
    origin: Origin | None = None


@dataclass(slots=True)
class _Origins:
    """The resources of a page by where they come from."""

    found: dict[tuple[str, str], list[_Told]] = field(default_factory=dict)

    def add(self, one: _Told) -> None:
        document = "" if one.origin is None else one.origin.entry_uuid
        self.found.setdefault((one.institution, document), []).append(one)

    def provenances(self, now: datetime) -> Iterator[Resource]:
        for (institution, _), group in self.found.items():
            targets = [name_of(one.resource) for one in group]
            origin = group[0].origin
            recorded = max((one.since for one in group if one.since), default=now)
            yield to_provenance(targets, institution, recorded, origin)


def everything(request: Request) -> Response:
    """A page of all that may be seen: the patient first, then the rest by type and id."""
    search = cursor.asked(request)
    types = _types(search)
    whole = _whole(request, types)
    patient = to_patient(whole.person, whole.patient)
    told = [one for one in _told(whole, patient, request.base) if _fits(one, search, types)]
    page = paging.page(told, search, order=lambda one: _order(one.resource), sorts={})
    origins = _Origins()
    for one in page.matches:
        if one.resource["resourceType"] not in _WITHOUT_PROVENANCE:
            origins.add(one)
    matches = [_match(request, one.resource, "match") for one in page.matches]
    matches += [_match(request, one, "include") for one in origins.provenances(request.access.time)]
    bundle = searchset(
        matches,
        self_link=request.self_link(search),
        next_link=_next(request, search, page.next) if page.next else None,
        total=page.total,
        remarks=(*search.remarks, *_unread(whole)),
    )
    return Response(resource=bundle)


def summary(request: Request) -> Response:
    """The International Patient Summary of what may be seen."""
    whole = _whole(request, _OF_PATIENTS)
    patient = to_patient(whole.person, whole.patient)
    told = [one.resource for one in _told(whole, patient, request.base)][1:]
    return Response(
        resource=ips.to_summary(
            patient, told, base=request.base, time=request.access.time, author=AUTHOR
        )
    )


def _whole(request: Request, types: Iterable[str]) -> WholeRecord:
    held = [one for one in types if one in _OF_PATIENTS]
    needs = {Need("Patient", "r"), *(Need(one, "s") for one in held)}
    if any(one not in _OF_PATIENTS and one != "Patient" for one in types):
        # No single record of such a type is kept: what is told of it stands in documents.
        needs.add(Need("DocumentReference", "r"))
    request.require(request.interaction.name, needs)
    try:
        patient = UUID(request.path["id"])
    except ValueError:
        raise not_found() from None
    with people.refusing(), refusing():
        return exchange.whole_record(request.access, patient, held)


def _types(search: Search) -> tuple[str, ...]:
    asked = search.one("_type")
    if asked is None:
        return _EVERYTHING
    unknown = [one for one in asked.values if one not in resource_types()]
    if unknown:
        raise refused(IssueType.VALUE, "This is no type of R4.", "_type")
    return asked.values


def _told(whole: WholeRecord, patient: Resource, base: str) -> Iterator[_Told]:
    yield _Told(resource=patient, on=None, since=None)
    for record in whole.records:
        resource = read(record.text, limits=_OURS)
        assert isinstance(resource, dict)
        held = record.held
        name = whole.institutions.get(held.institution, "") if held.institution else ""
        yield _Told(resource=resource, on=held.event_date, since=held.updated, institution=name)
    for one, resources in told_once(whole.documents, f"Patient/{whole.patient}"):
        origin = one.origin
        yield _Told(
            resource=reference_to(one, whole.patient, base),
            on=origin.event_date,
            since=origin.registered,
        )
        for resource in resources:
            yield _Told(
                resource=resource,
                on=None
                if resource["resourceType"] in _WRITERS
                else _day(resource) or origin.event_date,
                since=origin.registered,
                institution=origin.institution_name,
                origin=origin,
            )


def _day(resource: Resource) -> date | None:
    found = (day(word(resource, name)) for name in _DAYS if name in resource)
    return next((one for one in found if one), None) or day(word(resource, "period", "start"))


def _fits(one: _Told, search: Search, types: tuple[str, ...]) -> bool:
    kind = one.resource["resourceType"]
    if search.one("_type") is not None and kind not in types:
        return False
    if kind == "Patient":
        return True
    start, end, since = (_bound(search.one(name)) for name in ("start", "end", "_since"))
    if since is not None and one.since is not None and one.since < since.low:
        return False
    if one.on is None:
        return True
    began = start is None or one.on >= korean_day(start.low)
    return began and (end is None or one.on <= korean_day(end.low))


def _bound(asked: Asked | None) -> moments.Interval | None:
    if asked is None:
        return None
    try:
        return moments.interval(asked.values[0], zone=KST)
    except NotAMoment:
        raise refused(IssueType.VALUE, "This is no date.", asked.name) from None


def _order(resource: Resource) -> str:
    # The patient stands before everybody's records.
    return "" if resource["resourceType"] == "Patient" else name_of(resource)


def _match(request: Request, resource: Resource, mode: str) -> Match:
    return Match(f"{request.base}/{name_of(resource)}", resource, mode)


def _next(request: Request, search: Search, told: str) -> str:
    sealed = cursor.seal(cursor.Cursor(search.understood, 0, told), request.access.caller)
    return f"{request.base}/{request.target}?{PAGE}={sealed}"


def _unread(whole: WholeRecord) -> Iterator[Issue]:
    for one in whole.documents:
        if not told_by(one, f"Patient/{whole.patient}"):
            place = f"DocumentReference/{one.origin.entry_uuid[9:]}"
            yield Issue(
                IssueType.INFORMATIONAL,
                f"The content of {place} is not told here; retrieve the document.",
                severity=Severity.INFORMATION,
                detail="이 문서의 내용은 자원으로 풀지 못했습니다. 문서로 열람하십시오.",
            )


_OF_PATIENT: Final = frozenset({Need("Patient", "r")})
_OPERATIONS: Final[Mapping[str, str]] = {
    "everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "summary": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
}
INTERACTIONS: Final = (
    Interaction(
        name="FHIR everything",
        code=Code.OPERATION,
        methods=("GET",),
        path="Patient/{id}/$everything",
        handle=everything,
        search=_DEFINITIONS,
        definition=_OPERATIONS["everything"],
        needs=_OF_PATIENT,
    ),
    Interaction(
        name="FHIR summary",
        code=Code.OPERATION,
        methods=("GET",),
        path="Patient/{id}/$summary",
        handle=summary,
        definition=_OPERATIONS["summary"],
        needs=_OF_PATIENT,
    ),
)
