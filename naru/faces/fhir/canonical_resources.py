"""What has a canonical address, by it or by id: CodeSystem, ValueSet, StructureDefinition.

FHIR R4 4.8, 4.9, 5.3; 3.1.0.1. The StructureDefinitions are those of extensions of ours, without
which nobody else could tell what they mean; KR Core's are HL7 Korea's to publish.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from naru.domain.korea import korean_day
from naru.domain.terminology import System, code_system, named
from naru.domain.value_sets import value_set
from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.krcore import own_extensions
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Definition, ParameterType, Search
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.terminology.definitions import (
    to_code_system,
    to_value_set,
    value_set_id,
    value_sets_by_id,
)

_BY_URL: Final = (Definition("url", ParameterType.URI), Definition("_id", ParameterType.TOKEN))


def _code_systems(request: Request) -> Mapping[str, Resource]:
    """Every CodeSystem by its id."""
    releases = exchange.releases(request.access)
    today = korean_day(request.access.time)
    in_use = {
        one.system: one for one in reversed(releases) if one.target is None and one.since <= today
    }
    return {str(one): to_code_system(code_system(one), in_use.get(one)) for one in System}


def _value_sets(_request: Request) -> Mapping[str, Resource]:
    return {id_: to_value_set(one) for id_, one in value_sets_by_id().items()}


def _structures(_request: Request) -> Mapping[str, Resource]:
    return {one["id"]: one for one in own_extensions.definitions()}


def _code_system_ids(url: str) -> list[str]:
    return [str(one.name) for one in named(url) if url in one.urls]


def _value_set_ids(url: str) -> list[str]:
    found = value_set(url)
    return [] if found is None or found.url != url else [value_set_id(found)]


def _structure_ids(url: str) -> list[str]:
    return [one.name for one in own_extensions.ALL if one.url == url]


def _read(known: Callable[[Request], Mapping[str, Resource]]) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        found = known(request).get(request.path["id"])
        if found is None:
            raise refused(IssueType.NOT_FOUND, "It is not known here.", status=HTTPStatus.NOT_FOUND)
        return Response(resource=found)

    return handle


def _search(
    known: Callable[[Request], Mapping[str, Resource]], ids: Callable[[str], list[str]]
) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        asked = request.search()
        every = known(request)
        wanted = _wanted(asked, every, ids)
        found = [resource for id_, resource in every.items() if id_ in wanted]
        kind = request.interaction.type
        return Response(
            resource=searchset(
                (Match(f"{request.base}/{kind}/{one['id']}", one) for one in found),
                self_link=request.self_link(asked),
                total=len(found),
                remarks=asked.remarks,
            )
        )

    return handle


def _wanted(
    asked: Search, every: Mapping[str, Resource], ids: Callable[[str], list[str]]
) -> set[str]:
    """The ids that every parameter means. Raises Refused where none stands, or an order."""
    if not asked.asked or asked.sort:
        raise refused(IssueType.NOT_SUPPORTED, "It is asked for by its url or _id, without order.")
    wanted = set(every)
    for one in asked.asked:
        if one.name == "_id":
            wanted &= {*one.values}
        else:
            wanted &= {id_ for url in one.values for id_ in ids(url)}
    return wanted


def _interactions(
    kind: str,
    known: Callable[[Request], Mapping[str, Resource]],
    ids: Callable[[str], list[str]],
) -> tuple[Interaction, Interaction]:
    read = Interaction(
        name="FHIR read",
        code=Code.READ,
        methods=("GET",),
        path=f"{kind}/{{id}}",
        handle=_read(known),
    )
    search = Interaction(
        name="FHIR search-type",
        code=Code.SEARCH_TYPE,
        methods=("GET",),
        path=kind,
        handle=_search(known, ids),
        search=_BY_URL,
    )
    return read, search


INTERACTIONS: Final = (
    *_interactions("CodeSystem", _code_systems, _code_system_ids),
    *_interactions("ValueSet", _value_sets, _value_set_ids),
    *_interactions("StructureDefinition", _structures, _structure_ids),
)
