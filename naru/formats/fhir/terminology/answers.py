"""What the operations of the terminology service answer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from naru.domain.terminology import (
    Concept,
    ConceptMapping,
    LoadedRelease,
    Relation,
    Standing,
    System,
    Verdict,
    code_system,
    systems,
)
from naru.domain.value_sets import ValueSet
from naru.formats.fhir.resource import Resource

_SAID = {
    Standing.RETIRED: "The code is no longer valid on this day.",
    Standing.UNKNOWN: "The code is not one of the code system or value set.",
    Standing.UNLOADED: "The code system is not loaded here, so that nothing is said of its codes.",
}


def looked_up(
    concept: Concept, release: LoadedRelease | None, *, english: bool = False
) -> Resource:
    """The Parameters of `$lookup`."""
    system = code_system(concept.system)
    told: list[Resource] = [{"name": "name", "valueString": system.english}]
    if release is not None:
        told.append({"name": "version", "valueString": release.version})
    told.append({"name": "display", "valueString": _display(concept, english=english)})
    for one in concept.designations:
        use = "preferredForLanguage" if one.preferred else "synonym"
        told.append(
            {
                "name": "designation",
                "part": [
                    {"name": "language", "valueCode": one.language.value},
                    {
                        "name": "use",
                        "valueCoding": {
                            "system": "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra",
                            "code": use,
                        },
                    },
                    {"name": "value", "valueString": one.text},
                ],
            }
        )
    told += (_property(name, value) for name, value in _properties(concept))
    return _parameters(told)


def validated(verdict: Verdict, display: str = "", *, english: bool = False) -> Resource:
    """The Parameters of `$validate-code`; what is not valid is told with the nearest that is."""
    wrong = bool(display) and verdict.valid and not _is_called(verdict, display)
    told: list[Resource] = [{"name": "result", "valueBoolean": verdict.valid and not wrong}]
    if wrong:
        told.append({"name": "message", "valueString": "The display is not one of this code's."})
    elif not verdict.valid:
        told.append({"name": "message", "valueString": _message(verdict)})
    if verdict.concept is not None and verdict.concept.display:
        shown = _display(verdict.concept, english=english)
        told.append({"name": "display", "valueString": shown})
    return _parameters(told)


def expanded(
    value_set: ValueSet,
    concepts: Iterable[Concept],
    *,
    total: int | None,
    offset: int,
    now: datetime,
    english: bool = False,
    unloaded: Iterable[System] = (),
) -> Resource:
    """The ValueSet of `$expand`; a system that nobody loaded is named in a parameter."""
    expansion: Resource = {
        "identifier": f"urn:uuid:{uuid4()}",
        "timestamp": now.isoformat(),
    }
    if total is not None:
        expansion["total"] = total
    expansion["offset"] = offset
    parameters = [
        {"name": "warning-not-loaded", "valueUri": code_system(one).url} for one in unloaded
    ]
    if parameters:
        expansion["parameter"] = parameters
    if contained := [_contained(one, english=english) for one in concepts]:
        expansion["contains"] = contained
    return {
        "resourceType": "ValueSet",
        "url": value_set.url,
        **({"version": value_set.version} if value_set.version else {}),
        "name": value_set.name,
        "status": "active",
        "expansion": expansion,
    }


def translated(
    found: Iterable[ConceptMapping], displays: Mapping[tuple[str, str], str], *, reverse: bool
) -> Resource:
    """The Parameters of `$translate`; `source` says whence each map comes."""
    matches = [_match(one, displays, reverse=reverse) for one in found]
    told: list[Resource] = [{"name": "result", "valueBoolean": bool(matches)}]
    if not matches:
        told.append({"name": "message", "valueString": "No loaded map has this code."})
    return _parameters([*told, *matches])


def subsumed(outcome: str) -> Resource:
    """The Parameters of `$subsumes`."""
    return _parameters([{"name": "outcome", "valueCode": outcome}])


def terminology_capabilities(
    loaded: Iterable[LoadedRelease], base: str, version: str, date: str
) -> Resource:
    """What the service knows (FHIR R4 TerminologyCapabilities)."""
    versions: dict[System, list[LoadedRelease]] = {}
    for one in loaded:
        if one.target is None:
            versions.setdefault(one.system, []).append(one)
    return {
        "resourceType": "TerminologyCapabilities",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Naru", "version": version},
        "implementation": {"description": "나루 Naru", "url": base},
        "codeSystem": [
            {
                "uri": system.url,
                **({"version": _versions(versions[name])} if name in versions else {}),
                "subsumption": bool(system.levels),
            }
            for name, system in systems().items()
        ],
        "expansion": {
            "hierarchical": False,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in ("url", "filter", "date", "offset", "count")],
            "textFilter": "Typing order, initial consonants, words in any order, code.",
        },
        "validateCode": {"translations": True},
        "translation": {"needsMap": False},
    }


def _versions(releases: list[LoadedRelease]) -> list[Resource]:
    return [
        {"code": one.version, "isDefault": place == 0, "compositional": False}
        for place, one in enumerate(releases)
    ]


def _match(
    one: ConceptMapping, displays: Mapping[tuple[str, str], str], *, reverse: bool
) -> Resource:
    system, code = (one.source, one.source_code) if reverse else (one.target, one.target_code)
    concept: Resource = {
        "system": code_system(system).url,
        "code": code_system(system).written(code),
    }
    if display := displays.get((system.value, code)):
        concept["display"] = display
    return {
        "name": "match",
        "part": [
            {"name": "equivalence", "valueCode": _equivalence(one.relation, reverse=reverse)},
            {"name": "concept", "valueCoding": concept},
            {"name": "source", "valueUri": _source(one)},
        ],
    }


def _source(one: ConceptMapping) -> str:
    """Whence a map comes, as a URN (RFC 8141): each of its words between colons."""
    words = one.provenance.replace(",", " ").split()
    return f"urn:naru:map:{':'.join(quote(word, safe='-._') for word in words)}"


def _equivalence(relation: Relation, *, reverse: bool) -> str:
    if not reverse:
        return relation.value
    return {"wider": "narrower", "narrower": "wider"}.get(relation.value, relation.value)


def _message(verdict: Verdict) -> str:
    said = _SAID[verdict.standing]
    if not verdict.nearest:
        return said
    near = "; ".join(f"{one.written} {one.display}" for one in verdict.nearest)
    return f"{said} Nearest valid codes: {near}"


def _is_called(verdict: Verdict, display: str) -> bool:
    concept = verdict.concept
    if concept is None or not concept.display:
        return True  # A code that a value set names, of a system that nobody loaded.
    names = {concept.display, concept.english, *(one.text for one in concept.designations)}
    return _plain(display) in {_plain(one) for one in names if one}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _properties(concept: Concept) -> Iterator[tuple[str, str]]:
    system = code_system(concept.system)
    if concept.parent:
        yield "parent", system.written(concept.parent)
    if concept.replaced_by:
        yield "replacedBy", system.written(concept.replaced_by)
    if concept.validity.since:
        yield "effectiveDate", concept.validity.since.isoformat()
    if concept.validity.until:
        yield "retirementDate", concept.validity.until.isoformat()


def _property(name: str, value: str) -> Resource:
    kind = "valueDateTime" if name.endswith("Date") else "valueCode"
    return {
        "name": "property",
        "part": [{"name": "code", "valueCode": name}, {"name": "value", kind: value}],
    }


def _contained(concept: Concept, *, english: bool) -> Resource:
    told: Resource = {"system": code_system(concept.system).url, "code": concept.written}
    display = _display(concept, english=english)
    return told | ({"display": display} if display else {})


def _display(concept: Concept, *, english: bool) -> str:
    return (concept.english if english else "") or concept.display


def _parameters(told: Iterable[Resource]) -> Resource:
    return {"resourceType": "Parameters", "parameter": list(told)}
