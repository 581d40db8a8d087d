"""The Parameters of operations of our own (FHIR R4 2.36), and what defines them.

The definitions are `data/operation_definitions.json`, which `GET OperationDefinition/…` tells.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from naru.domain.identifiers import Identifier
from naru.formats.fhir.element import Element
from naru.formats.fhir.identifier import read_identifier
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.resource import Resource


@cache
def definitions() -> Mapping[str, Resource]:
    """The OperationDefinitions by their ids, without the canonical address."""
    file = resources.files("naru.formats.fhir") / "data" / "operation_definitions.json"
    return {one["id"]: one for one in json.loads(file.read_text("utf-8"))["operations"]}


def given(resource: Resource, known: set[str]) -> Mapping[str, Element]:
    """The parameters by their names, each of which is known and stands once. Raises Refused."""
    found: dict[str, Element] = {}
    for one in Element.of(resource, "Parameters").each("parameter"):
        name = one.text("name") or ""
        if name not in known or name in found:
            raise one.refused("is not answered, or stands twice", "name", IssueType.NOT_SUPPORTED)
        found[name] = one
    return found


def required(given: Mapping[str, Element], name: str) -> Element:
    """A parameter that has to be there. Raises Refused."""
    if name not in given:
        raise refused(IssueType.REQUIRED, f"The parameter {name} is required.", "Parameters")
    return given[name]


def identifier(given: Mapping[str, Element], name: str) -> Identifier:
    """A parameter that is there and has to be an identifier. Raises Refused."""
    value = given[name].child("valueIdentifier")
    found = read_identifier(value) if value else None
    if found is None:
        raise given[name].refused("has system and value", "valueIdentifier", IssueType.REQUIRED)
    return found
