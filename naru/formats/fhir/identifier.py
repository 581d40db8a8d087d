"""Identifier (FHIR R4 datatypes) beside the domain's: a value of an OID (ITI TF-2 Z.9.1)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from naru.domain.identifiers import Identifier, is_oid
from naru.formats.fhir.element import Element
from naru.formats.fhir.resource import Resource

OID: Final = "urn:oid:"
TYPES: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"


@cache
def _systems() -> Mapping[str, Any]:
    file = files("naru.formats.fhir") / "data" / "identifier_systems.json"
    found: Mapping[str, Any] = msgspec.json.decode(file.read_bytes())
    return found


def resident_numbers() -> Mapping[str, Any]:
    """The system and the type by which others send 주민등록번호; where from says the file."""
    found: Mapping[str, Any] = _systems()["resident_number"]
    return found


def authority_of(system: str, rrn_authority: str = "") -> str:
    """The OID of a system, or the system itself, which no domain has for a name.

    `rrn_authority` is the OID under which this node takes 주민등록번호.
    """
    if system == resident_numbers()["system"]:
        return rrn_authority
    oid = system.removeprefix(OID)
    return oid if is_oid(oid) and system.startswith(OID) else system


def system_of(authority: str) -> str:
    """An OID as FHIR writes it."""
    return OID + authority if is_oid(authority) else authority


def read_identifier(element: Element, rrn_authority: str = "") -> Identifier | None:
    """The identifier; `None` where it has no value or no system (ITI TF-2 Z.9.1).

    `None` also for a passport's number and the like, whatever system it is told under: a state's
    register gave it, so that it is no number of the hospital's that sends it.
    """
    value, system = element.text("value"), element.text("system")
    if _is_resident_number(element):
        return Identifier(value, rrn_authority) if value and rrn_authority else None
    if not value or not system or _is_of_a_register(element):
        return None
    return Identifier(value, authority_of(system, rrn_authority))


def write_identifier(identifier: Identifier) -> Resource:
    """The identifier."""
    return {"system": system_of(identifier.authority), "value": identifier.value}


def _is_resident_number(element: Element) -> bool:
    known = resident_numbers()
    named = (known["type"]["system"], known["type"]["code"])
    return element.text("system") == known["system"] or named in _types(element)


def _is_of_a_register(element: Element) -> bool:
    known = _systems()["registers"]
    return any((known["system"], code) in _types(element) for code in known["codes"])


def _types(element: Element) -> list[tuple[str | None, str | None]]:
    kind = element.child("type")
    codings = kind.each("coding") if kind else ()
    return [(one.text("system"), one.text("code")) for one in codings]
