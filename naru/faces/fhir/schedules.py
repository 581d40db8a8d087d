"""Schedule, and the PractitionerRole and Location of which it is (FHIR R4 12.10, 8.5, 8.6).

They are told of what can be booked here; whoever takes part may look, since nobody's record is in
them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from operator import itemgetter
from typing import Final
from uuid import UUID

from naru.consent.errors import NotPermitted
from naru.domain.departments import canonical
from naru.faces.fhir import cursor, paging
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir import values
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.parameters import Asked, Definition, ParameterType, Search
from naru.formats.fhir.records import criteria
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.scheduling import places
from naru.formats.fhir.scheduling.slots import to_schedule
from naru.formats.fhir.values import Token
from naru.scheduling import offers
from naru.scheduling.offers import Offer

_TOKEN, _REFERENCE = ParameterType.TOKEN, ParameterType.REFERENCE
_ID: Final = Definition("_id", _TOKEN)
_SPECIALTY: Final = Definition("specialty", _TOKEN)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One type: how it is written, and what of an offer names it."""

    type: str
    parameters: tuple[Definition, ...]
    write: Callable[[Offer], Resource]
    of_place: bool = False


_SCHEDULE: Final = _Kind(
    "Schedule",
    (_ID, Definition("actor", _REFERENCE, targets=("PractitionerRole", "Location")), _SPECIALTY),
    lambda one: to_schedule(one.schedule, one.place),
)
_ROLE: Final = _Kind(
    "PractitionerRole",
    (_ID, Definition("location", _REFERENCE, targets=("Location",)), _SPECIALTY),
    lambda one: places.to_practitioner_role(one.schedule, one.place),
)
_LOCATION: Final = _Kind(
    "Location",
    (_ID, Definition("identifier", _TOKEN), Definition("name", ParameterType.STRING)),
    lambda one: places.to_location(one.place),
    of_place=True,
)


def _read(kind: _Kind) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        named = uuids([request.path["id"]])
        with refusing():
            found = _named(request, kind, named)
        if not found:
            raise not_found(kind.type)
        return Response(resource=kind.write(found[0]))

    return handle


def _search(kind: _Kind) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        asked = cursor.asked(request)
        ids, institutions = _narrowed(asked, kind)
        with refusing():
            found = offers.every(request.access, ids=ids, institutions=institutions)
        written = {
            str(resource["id"]): resource
            for one in found
            if all(_fits(each, one) for each in asked.asked)
            for resource in [kind.write(one)]
        }
        return paging.bundle(
            request,
            asked,
            [*written.items()],
            order=itemgetter(0),
            sorts={},
            write=itemgetter(1),
        )

    return handle


def not_found(kind: str) -> Refused:
    """The refusal of what is not there, or not yet to come."""
    return refused(IssueType.NOT_FOUND, f"No {kind} has this id.", status=HTTPStatus.NOT_FOUND)


@contextmanager
def refusing() -> Iterator[None]:
    """Whoever may not look at schedules is told so."""
    try:
        yield
    except NotPermitted as refusal:
        status = HTTPStatus.FORBIDDEN
        raise refused(IssueType.FORBIDDEN, str(refusal), status=status) from refusal


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are an id of ours."""
    found = (criteria.patient_id(one) for one in texts)
    return [one for one in found if one is not None]


def _named(request: Request, kind: _Kind, named: list[UUID]) -> tuple[Offer, ...]:
    if kind.of_place:
        return offers.every(request.access, institutions=named)
    return offers.every(request.access, ids=named)


def _narrowed(asked: Search, kind: _Kind) -> tuple[list[UUID] | None, list[UUID] | None]:
    """The schedules and the institutions that are asked for; None for all."""
    ids: list[UUID] | None = None
    institutions: list[UUID] | None = None
    for one in asked.asked:
        if one.name == "_id" and kind.of_place:
            institutions = _both(institutions, uuids(one.values))
        elif one.name == "_id":
            ids = _both(ids, uuids(one.values))
        elif _of_places(one):
            institutions = _both(institutions, _referred(one, "Location"))
    return ids, institutions


def _both(before: list[UUID] | None, named: list[UUID]) -> list[UUID]:
    return named if before is None else [one for one in before if one in named]


def _fits(asked: Asked, offer: Offer) -> bool:
    match asked.name:
        case "actor":
            of = {f"PractitionerRole/{offer.schedule.id}", f"Location/{offer.place.institution}"}
            return any(_names(each, of) for each in asked.values)
        case "specialty":
            return any(_specialty(values.token(each), offer) for each in asked.values)
        case "identifier":
            return any(_identifier(values.token(each), offer) for each in asked.values)
        case "name":
            return any(
                _called(asked.modifier, values.unescape(each), offer) for each in asked.values
            )
        case _:
            return True


def _names(value: str, of: Collection[str]) -> bool:
    """A reference to one of these; an id alone may be of either type."""
    reference = values.reference(value)
    if not reference.type:
        return any(one.endswith(f"/{reference.id}") for one in of)
    return f"{reference.type}/{reference.id}" in of


def _of_places(asked: Asked) -> bool:
    """Whether only institutions are asked for."""
    types = {values.reference(one).type for one in asked.values}
    return asked.name == "location" or (asked.name == "actor" and types == {"Location"})


def _referred(asked: Asked, kind: str) -> list[UUID]:
    found = map(values.reference, asked.values)
    return uuids(one.id for one in found if one.type in {"", kind})


def _specialty(token: Token, offer: Offer) -> bool:
    code, _, system = offer.schedule.department.partition("^^")
    if token.system is None:
        return token.code == code
    if token.code is None:
        return token.system == system
    return canonical(f"{token.code}^^{token.system}") == canonical(offer.schedule.department)


def _identifier(token: Token, offer: Offer) -> bool:
    oid = f"urn:oid:{offer.place.oid}" if offer.place.oid else None
    return oid is not None and token.system in {None, places.URI} and token.code in {None, oid}


def _called(modifier: str, text: str, offer: Offer) -> bool:
    name, wanted = offer.place.name.casefold(), text.casefold()
    if modifier == "exact":
        return offer.place.name == text
    return wanted in name if modifier == "contains" else name.startswith(wanted)


def _of(kind: _Kind) -> tuple[Interaction, Interaction]:
    read = Interaction(
        name="FHIR read",
        code=Code.READ,
        methods=("GET",),
        path=f"{kind.type}/{{id}}",
        handle=_read(kind),
    )
    search = Interaction(
        name="FHIR search-type",
        code=Code.SEARCH_TYPE,
        methods=("GET",),
        path=kind.type,
        handle=_search(kind),
        search=kind.parameters,
    )
    return read, search


INTERACTIONS: Final = tuple(one for kind in (_SCHEDULE, _ROLE, _LOCATION) for one in _of(kind))
