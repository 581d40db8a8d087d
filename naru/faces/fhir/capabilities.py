"""capabilities: what this door answers (FHIR R4 3.1.0.9), told by the table of interactions."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Final

from django.conf import settings

from naru.exchange import terminology
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.parameters import Definition
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.search_reading import ANSWERED
from naru.formats.fhir.terminology.answers import terminology_capabilities

PUBLISHED: Final = "2026-11-21"
"""When what is told here last changed in kind."""

METADATA: Final = "metadata"
"""The address at which anybody may ask."""

SERVICES: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"

_SYSTEM: Final = {Code.TRANSACTION, Code.BATCH}
_APART: Final = {Code.CAPABILITIES, Code.OPERATION, *_SYSTEM}


def interaction(table: Callable[[], Sequence[Interaction]]) -> Interaction:
    """The interaction that tells of `table`."""

    @cache
    def statement(issuer: str) -> Resource:
        return to_capability_statement(table(), f"{issuer}/fhir")

    def handle(request: Request) -> Response:
        if ("mode", "terminology") in request.query:  # FHIR R4 3.1.0.9.
            return Response(resource=_terminology(request))
        address = {"description": "나루 Naru", "url": request.base}
        (rest,) = statement(settings.NARU.issuer)["rest"]
        rest = {**rest, "security": _security()}
        told = {**statement(settings.NARU.issuer), "implementation": address, "rest": [rest]}
        return Response(resource=told)

    return Interaction(
        name="FHIR capabilities",
        code=Code.CAPABILITIES,
        methods=("GET",),
        path=METADATA,
        handle=handle,
    )


def _terminology(request: Request) -> Resource:
    return terminology_capabilities(
        terminology.loaded(), request.base, version("naru-hie"), PUBLISHED
    )


def to_capability_statement(table: Sequence[Interaction], canonical: str = "") -> Resource:
    """The statement, apart from the address; what is ours is defined below `canonical`."""
    types = sorted({one.type for one in table if one.type})
    rest: Resource = {
        "mode": "server",
    }
    if types:
        rest["resource"] = [
            _resource(name, [o for o in table if o.type == name], canonical) for name in types
        ]
    rest["searchParam"] = [
        {"name": name, "type": kind.value, "documentation": said} for name, kind, said in ANSWERED
    ]
    if system := [{"code": code.value} for code in _codes(table) if code in _SYSTEM]:
        rest["interaction"] = system
    if operations := _operations((o for o in table if not o.type), canonical):
        rest["operation"] = operations
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "software": {"name": "Naru", "version": version("naru-hie")},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml"],
        "rest": [rest],
    }


def _security() -> Resource:
    # SMART's extension oauth-uris asks for an authorize endpoint, which there is not.
    return {
        "service": [{"coding": [{"system": SERVICES, "code": "OAuth"}]}],
        "description": "Mutual TLS with the certificate of an admitted institution, and an access"
        " token where one is given: its scopes are transactions of IHE or SMART's, and"
        f" {settings.NARU.issuer}/.well-known/oauth-authorization-server tells where (ITI-103).",
    }


def _resource(name: str, table: Sequence[Interaction], canonical: str) -> Resource:
    told: Resource = {"type": name}
    codes = _codes(table)
    if profiles := sorted({profile for one in table for profile in one.profiles}):
        told["supportedProfile"] = profiles
    if restful := [{"code": code.value} for code in codes if code not in _APART]:
        told["interaction"] = restful
    if Code.VREAD in codes and Code.UPDATE in codes:
        told["versioning"] = "versioned-update"
    told |= _conditional(table)
    if includes := sorted({one for each in table for one in each.includes}):
        told["searchInclude"] = includes
    if revincludes := sorted({one for each in table for one in each.revincludes}):
        told["searchRevInclude"] = revincludes
    if parameters := _parameters(table):
        told["searchParam"] = parameters
    if operations := _operations(table, canonical):
        told["operation"] = operations
    return told


def _codes(table: Iterable[Interaction]) -> list[Code]:
    return list(dict.fromkeys(one.code for one in table))


def _conditional(table: Iterable[Interaction]) -> Resource:
    codes = {one.code for one in table if one.conditional}
    names = {Code.CREATE: "conditionalCreate", Code.UPDATE: "conditionalUpdate"}
    told: Resource = {name: True for code, name in names.items() if code in codes}
    return told | ({"conditionalDelete": "single"} if Code.DELETE in codes else {})


def _parameters(table: Iterable[Interaction]) -> list[Resource]:
    # A chain is a way through a parameter, not a parameter (FHIR R4 CapabilityStatement).
    found = {
        one.name: one
        for each in table
        if each.code is Code.SEARCH_TYPE
        for one in each.search
        if "." not in one.name
    }
    return [_parameter(one) for one in found.values()]


def _parameter(one: Definition) -> Resource:
    told = {"name": one.name, "type": one.type.value}
    if one.url:
        told["definition"] = one.url
    if one.allowed:
        told["documentation"] = f"Modifiers: {', '.join(sorted(one.allowed))}."
    return told


def _operations(table: Iterable[Interaction], canonical: str) -> list[Resource]:
    # One operation may be answered for one resource and for a type; it is told once.
    found = {
        one.path.rpartition("$")[2]: one.definition
        for one in table
        if one.code is Code.OPERATION and one.definition
    }
    return [
        {"name": name, "definition": at if "://" in at else f"{canonical}/{at}"}
        for name, at in found.items()
    ]
