"""Writes naru/formats/fhir/data/r4.json: the elements of every FHIR R4 type, in their order.

Run by hand: .venv/bin/python scripts/fhir_elements.py JAR
where JAR is hapi-fhir-validation-resources-r4 of Maven Central, which carries HL7's own
StructureDefinitions and value sets of FHIR R4 (4.0.1) unchanged.

A type is `{"base": …, "elements": [line, …]}`; a line is `name min max types [value set] [flags]`:
`max` is `1` or `*`; types are joined by `|`; a value set is named where its binding is required and
its codes are told; `@` flags an XML attribute, `+` an element of the summary. A BackboneElement is
a type of its own, named by its path. `reference` elements name the targets in no way: any resource
may stand there.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element

TABLE = Path(__file__).resolve().parent.parent / "naru/formats/fhir/data/r4.json"
FOLDER = "org/hl7/fhir/r4/model/"
FHIR = "{http://hl7.org/fhir}"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
TYPE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
LARGEST = 700
"""Codes of a value set that is told; media types and languages are no lists."""


def main() -> None:
    """Read the jar named by the first argument, write the table."""
    with zipfile.ZipFile(sys.argv[1]) as jar:
        definitions = [*_all(jar, "profile/profiles-types.xml", "StructureDefinition")]
        definitions += _all(jar, "profile/profiles-resources.xml", "StructureDefinition")
        sets = _value_sets(jar)
    types: dict[str, Any] = {}
    used: set[str] = set()
    for definition in definitions:
        if _is_type(definition):
            types |= _types(definition, sets, used)
    table = {
        "name": "FHIR R4 elements",
        "version": "4.0.1",
        "status": "derived from HL7's StructureDefinitions by scripts/fhir_elements.py",
        "source": "Maven Central, ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.4.0",
        "licence": "CC0-1.0 (HL7 FHIR R4 specification, hl7.org/fhir/R4/license.html)",
        "valueSets": {name: sorted(sets[name]) for name in sorted(used)},
        "types": dict(sorted(types.items())),
    }
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def _all(jar: zipfile.ZipFile, name: str, kind: str) -> Iterator[_Element]:
    root = etree.fromstring(jar.read(FOLDER + name), etree.XMLParser(huge_tree=True))
    yield from root.iter(f"{FHIR}{kind}")


def _value(element: _Element, path: str) -> str:
    found = element.find("/".join(f"{FHIR}{part}" for part in path.split("/")))
    return "" if found is None else found.get("value", "")


def _is_type(definition: _Element) -> bool:
    is_profile = _value(definition, "derivation") == "constraint"
    return not is_profile and _value(definition, "kind") in {
        "resource",
        "complex-type",
        "primitive-type",
    }


def _types(definition: _Element, sets: dict[str, set[str]], used: set[str]) -> dict[str, Any]:
    name = _value(definition, "type")
    base = _value(definition, "baseDefinition").rpartition("/")[2]
    found: dict[str, Any] = {
        name: {
            "base": base,
            "kind": _value(definition, "kind"),
            "abstract": _value(definition, "abstract") == "true",
            "elements": [],
        }
    }
    for element in definition.findall(f"{FHIR}snapshot/{FHIR}element"):
        path = _value(element, "path")
        if path == name or _value(element, "base/path") != path:
            continue
        owner, _, last = path.rpartition(".")
        line = _line(element, path, last, sets, used)
        kinds = [_value(one, "code") for one in element.findall(f"{FHIR}type")]
        if kinds[:1] in (["BackboneElement"], ["Element"]) and last != "value[x]":
            found[path] = {"base": kinds[0], "kind": "backbone", "abstract": False, "elements": []}
        found[owner]["elements"].append(line)
    return found


def _line(
    element: _Element, path: str, last: str, sets: dict[str, set[str]], used: set[str]
) -> str:
    maximum = _value(element, "max")
    kinds = "|".join(_kinds(element, path))
    line = f"{last} {_value(element, 'min')} {'*' if maximum == '*' else maximum} {kinds}"
    bound = _bound(element)
    if bound in sets and kinds == "code":
        used.add(bound)
        line += f" {bound}"
    shown = {one.get("value") for one in element.findall(f"{FHIR}representation")}
    line += " @" if "xmlAttr" in shown else ""
    return line + (" +" if _value(element, "isSummary") == "true" else "")


def _kinds(element: _Element, path: str) -> Iterator[str]:
    referred = _value(element, "contentReference")
    if referred:
        yield referred.removeprefix("#")
    for kind in element.findall(f"{FHIR}type"):
        code = _value(kind, "code")
        if code.startswith(SYSTEM_TYPE):
            extension = kind.find(f"{FHIR}extension[@url='{TYPE_EXTENSION}']")
            told = "" if extension is None else _value(extension, "valueUrl")
            # R4 types Resource.id as a string here and as an id in its text (resource.html).
            yield "id" if path == "Resource.id" else told or code.removeprefix(SYSTEM_TYPE).lower()
        elif code in {"BackboneElement", "Element"} and not path.endswith("[x]"):
            yield path
        else:
            yield code


def _bound(element: _Element) -> str:
    if _value(element, "binding/strength") != "required":
        return ""
    return _value(element, "binding/valueSet").partition("|")[0].rpartition("/")[2]


def _value_sets(jar: zipfile.ZipFile) -> dict[str, set[str]]:
    """The codes of every value set that is made of whole code systems or of listed codes."""
    systems: dict[str, set[str]] = {}
    for name in ("valueset/valuesets.xml", "valueset/v3-codesystems.xml", "valueset/v2-tables.xml"):
        for system in _all(jar, name, "CodeSystem"):
            codes = {_value(one, "code") for one in system.iter(f"{FHIR}concept")}
            if _value(system, "content") == "complete":
                systems[_value(system, "url")] = codes
    sets = {}
    for one in _all(jar, "valueset/valuesets.xml", "ValueSet"):
        codes = _codes(one, systems)
        if codes and len(codes) <= LARGEST:
            sets[_value(one, "url").rpartition("/")[2]] = codes
    return sets


def _codes(value_set: _Element, systems: dict[str, set[str]]) -> set[str] | None:
    found: set[str] = set()
    if value_set.find(f"{FHIR}compose/{FHIR}exclude") is not None:
        return None
    for include in value_set.findall(f"{FHIR}compose/{FHIR}include"):
        listed = {_value(one, "code") for one in include.findall(f"{FHIR}concept")}
        whole = systems.get(_value(include, "system"))
        bare = include.find(f"{FHIR}filter") is None and include.find(f"{FHIR}valueSet") is None
        if not bare or not (listed or whole):
            return None
        found |= listed or whole or set()
    return found


if __name__ == "__main__":
    main()
