"""KR Core's definitions and extensions of ours, so that HL7's own validator judges by them.

They are made from the same data as our own judgement, which a second reader of the data so checks:
its snapshots, its slicing, its terminology.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from naru.formats.fhir.krcore import definitions, own_extensions


def write(folder: Path, brought: Mapping[str, Collection[str]]) -> None:
    """One file for each StructureDefinition, CodeSystem and ValueSet.

    `brought` are codes of systems that do not ship (KCD, EDI), as their users bring them.
    """
    told = definitions.read()
    structures = [_structure(url, one) for url, one in told["structures"].items()]
    structures += own_extensions.definitions()
    shipped = {url: one for url, one in told["code_systems"].items() if url not in brought}
    systems = [_system(url, one) for url, one in shipped.items()]
    systems += [_fragment(url, codes) for url, codes in brought.items()]
    sets = [_value_set(url, one) for url, one in told["value_sets"].items() if "hl7korea" in url]
    for place, resource in enumerate([*structures, *systems, *sets]):
        (folder / f"{place:03}.json").write_text(json.dumps(resource, ensure_ascii=False), "utf-8")


def _structure(url: str, one: dict[str, Any]) -> dict[str, Any]:
    told = {
        "resourceType": "StructureDefinition",
        "id": url.rpartition("/")[2],
        "url": url,
        "version": "2.0.0",
        "name": one["name"],
        "title": one["title"],
        "status": "active",
        "fhirVersion": "4.0.1",
        "kind": "complex-type" if one["type"] == "Extension" else "resource",
        "abstract": False,
        "type": one["type"],
        "baseDefinition": one["base"],
        "derivation": "constraint",
        "differential": {"element": [{"id": one["type"], "path": one["type"]}]},
    }
    for element in one["element"]:
        if element["id"] == one["type"]:
            told["differential"]["element"][0] |= element
        else:
            told["differential"]["element"].append(element)
    if "context" in one:
        told["context"] = [{"type": "element", "expression": one["context"]}]
    return told


def _system(url: str, one: dict[str, Any]) -> dict[str, Any]:
    concepts = [{"code": code, "display": display} for code, display in one["concepts"].items()]
    told = {
        "resourceType": "CodeSystem",
        "id": url.rpartition("/")[2],
        "url": url,
        "status": "active",
        "content": one["content"],
        "concept": concepts,
    }
    return told if concepts else {key: value for key, value in told.items() if key != "concept"}


def _fragment(url: str, codes: Collection[str]) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "id": url.rpartition("/")[2].replace(":", "-"),
        "url": url,
        "status": "active",
        "content": "fragment",
        "concept": [{"code": code} for code in codes],
    }


def _value_set(url: str, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "id": url.rpartition("/")[2],
        "url": url,
        "status": "active",
        "compose": {"include": [_include(each) for each in one["include"]]},
    }


def _include(one: dict[str, Any]) -> dict[str, Any]:
    if "valueSet" in one:
        return {"valueSet": [one["valueSet"]]}
    told: dict[str, Any] = {"system": one["system"]}
    if "concepts" in one:
        told["concept"] = [{"code": code} for code in one["concepts"]]
    return told
