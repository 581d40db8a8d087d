"""CodeSystem and ValueSet as the service knows them, and the addresses of its maps.

The codes themselves are told by `$lookup` and `$expand`: what hospitals load is theirs to publish.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from naru.domain.terminology import CodeSystem, LoadedRelease, System, code_system, systems
from naru.domain.value_sets import ValueSet, value_sets
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.resource import Resource

MAPS: Final = f"{OURS}/ConceptMap/"
"""Before `kcd-8-to-kcd-9`: all that is known of how the one system has the other's codes."""


def to_code_system(system: CodeSystem, release: LoadedRelease | None) -> Resource:
    """The CodeSystem; with the version in use where one is loaded."""
    told: Resource = {"resourceType": "CodeSystem", "id": str(system.name), "url": system.url}
    if system.oid:
        told["identifier"] = [{"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{system.oid}"}]
    if release is not None:
        told["version"] = release.version
    told |= {
        "name": _name(system.name),
        "title": system.korean,
        "status": "active",
        "description": system.english,
        "content": "not-present",
    }
    if release is not None:
        told["count"] = release.concepts
    return told


def to_value_set(value_set: ValueSet) -> Resource:
    """The ValueSet with what it is composed of."""
    told: Resource = {
        "resourceType": "ValueSet",
        "id": value_set_id(value_set),
        "url": value_set.url,
    }
    if value_set.version:
        told["version"] = value_set.version
    return told | {
        "name": value_set.name,
        "status": "active",
        "compose": {
            "include": [_include(one.system, one.codes) for one in value_set.includes],
        },
    }


def _include(system: System, codes: Iterable[str]) -> Resource:
    known = code_system(system)
    told: Resource = {"system": known.url}
    if concepts := [{"code": known.written(one)} for one in codes]:
        told["concept"] = concepts
    return told


def value_set_id(value_set: ValueSet) -> str:
    """Its id here: the end of its address; of all codes of a system the system's name."""
    for one in systems().values():
        if value_set.url.startswith((f"{one.url}?", f"{one.url}/vs")):
            return f"all-{one.name}"
    return value_set.url.rpartition("/")[2]


def value_sets_by_id() -> Mapping[str, ValueSet]:
    """Every value set by its id here."""
    return {value_set_id(one): one for one in reversed(tuple(value_sets().values()))}


def mapped(url: str) -> tuple[System, System] | None:
    """The two systems of a map of ours; None where the address is none."""
    source, parted, target = url.removeprefix(MAPS).partition("-to-")
    known = {str(one) for one in System}
    if not url.startswith(MAPS) or not parted or not {source, target} <= known:
        return None
    return System(source), System(target)


def _name(system: System) -> str:
    return "".join(part.capitalize() for part in str(system).split("-"))
