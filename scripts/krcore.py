"""Writes naru/formats/fhir/krcore/data/krcore.json: KR Core's definitions, from its own sources.

Run by hand: .venv/bin/python scripts/krcore.py FOLDER JAR
where FOLDER is KR Core 2.0.0's `input/fsh` (FHIR Shorthand, CC0-1.0) and JAR is
hapi-fhir-validation-resources-r4 of Maven Central, which carries R4's own value sets.

It reads the forms of Shorthand that KR Core uses and refuses any other. Elements are those of
StructureDefinition.differential in JSON, without texts; value sets of R4 are told where KR Core
binds to them by `required` or `extensible` and they can be listed.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element

from naru.formats.fhir.elements import Element, resource_types, type_of

TABLE = Path(__file__).resolve().parent.parent / "naru/formats/fhir/krcore/data/krcore.json"
SOURCE = (
    "https://github.com/hl7korea/krocre, commit 515ca4e; value sets of R4 from Maven Central,"
    " ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4"
)
CANONICAL = "http://www.hl7korea.or.kr/fhir/krcore"
CORE = "http://hl7.org/fhir/StructureDefinition/"
FOLDER = "org/hl7/fhir/r4/model/valueset/"
FHIR = "{http://hl7.org/fhir}"
HEADER = re.compile(
    r"(Profile|Extension|Invariant|ValueSet|CodeSystem|Parent|Id|Title|Context): (.*)"
)
RULE = re.compile(r"\* (?P<path>\S+)(?: (?P<rest>.*))?", re.DOTALL)
CARD = re.compile(r"(\d*)\.\.(\d*|\*)")
# Code systems that R4 names in its registry rather than as resources.
NAMED = {"SNOMED_CT": "http://snomed.info/sct", "LOINC": "http://loinc.org"}
FLAGS = {"MS", "SU", "TU", "?!", "D", "N"}


@dataclass
class Entity:
    """One definition of a file: its kind, its keywords, its rules."""

    kind: str
    name: str
    keys: dict[str, str] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The canonical address."""
        told = next((one for one in self.rules if one.startswith("* ^url = ")), None)
        kinds = {"Profile": "StructureDefinition", "Extension": "StructureDefinition"}
        if told is not None:
            return told.split('"')[1]
        return f"{CANONICAL}/{kinds.get(self.kind, self.kind)}/{self.keys['Id']}"


def main() -> None:
    """Write the table of the folder and the jar that the arguments name."""
    TABLE.write_text(told(Path(sys.argv[1]), sys.argv[2]), encoding="utf-8")


def told(folder: Path, jar: str) -> str:
    """The table as it is written."""
    aliases = dict(
        re.findall(
            r"Alias: (\S+) = (\S+?)(?=Alias|\s|$)", (folder / "aliases.fsh").read_text("utf-8")
        )
    )
    found = [
        one for file in sorted(folder.rglob("*.fsh")) for one in entities(file.read_text("utf-8"))
    ]
    core = CoreValueSets(jar)
    compiler = Compiler({one.name: one for one in found}, aliases, core)
    of = {
        kind: [one for one in found if one.kind == kind]
        for kind in ("Profile", "Extension", "ValueSet", "CodeSystem")
    }
    table = {
        "name": "KR Core 2.0.0 (STU 2, 2025-08-29), definitions",
        "version": "2.0.0",
        "status": "derived from HL7 Korea's FHIR Shorthand by scripts/krcore.py",
        "source": SOURCE,
        "licence": "CC0-1.0 (KR Core: sushi-config.yaml; R4: hl7.org/fhir/R4/license.html)",
        "structures": {
            one.url: compiler.structure(one) for one in [*of["Extension"], *of["Profile"]]
        },
        "code_systems": {one.url: compiler.code_system(one) for one in of["CodeSystem"]},
        "value_sets": {one.url: compiler.value_set(one) for one in of["ValueSet"]} | core.told(),
    }
    return json.dumps(table, indent=0, ensure_ascii=False) + "\n"


def entities(text: str) -> Iterator[Entity]:
    """The definitions of one file; instances are left out."""
    text = re.sub(r'""".*?"""', '""', text, flags=re.DOTALL)
    current: Entity | None = None
    for line in text.splitlines():
        if line.startswith("Instance:"):
            return
        header = HEADER.match(line)
        if header and header[1] in {"Profile", "Extension", "Invariant", "ValueSet", "CodeSystem"}:
            if current:
                yield current
            current = Entity(header[1], header[2].strip())
        elif header and current:
            current.keys[header[1]] = header[2].strip().strip('"')
        elif line.startswith("* ") and current:
            current.rules.append(line)
        elif line.startswith(" ") and current and current.rules:
            current.rules[-1] += " " + line.strip()
        elif line.startswith("Description: ") and current:
            current.keys["Description"] = line.partition(": ")[2].strip('"')
    if current:
        yield current


class CoreValueSets:
    """R4's value sets by name and address, and the codes of those that were asked for."""

    def __init__(self, jar: str) -> None:
        self._sets: dict[str, _Element] = {}
        self._systems: dict[str, _Element] = {}
        self._asked: set[str] = set()
        names = ("valuesets.xml", "v3-codesystems.xml", "v2-tables.xml")
        with zipfile.ZipFile(jar) as archive:
            for name in names:
                root = etree.fromstring(
                    archive.read(FOLDER + name), etree.XMLParser(huge_tree=True)
                )
                for one in root.iter(f"{FHIR}ValueSet"):
                    self._sets[_value(one, "url")] = one
                for one in root.iter(f"{FHIR}CodeSystem"):
                    self._systems[_value(one, "url")] = one

    def url(self, name: str) -> str:
        """The address of a value set that is named, as Shorthand allows."""
        for url, one in self._sets.items():
            if _value(one, "name") == name:
                return url
        raise KeyError(name)

    def need(self, url: str) -> None:
        """That its codes are to be told."""
        self._asked.add(url)

    def told(self) -> dict[str, Any]:
        """The codes of those that are needed, as far as they can be listed."""
        found = {}
        for url in sorted(self._asked):
            include = self._codes(url)
            if include is not None:
                found[url] = {"include": include}
        return found

    def _codes(self, url: str) -> list[dict[str, Any]] | None:
        one = self._sets.get(url)
        if one is None:
            return None
        told = []
        for include in one.findall(f"{FHIR}compose/{FHIR}include"):
            system = _value(include, "system")
            listed = [_value(code, "code") for code in include.findall(f"{FHIR}concept")]
            held = self._systems.get(system)
            if listed:
                told.append({"system": system, "concepts": listed})
            elif held is None or held.find(f"{FHIR}concept") is None:
                told.append({"system": system})  # SNOMED CT and others that R4 does not bring.
            else:
                told.append({"system": system, "concepts": self._within(held, include)})
        return told

    def _within(self, system: _Element, include: _Element) -> list[str]:
        filters = include.findall(f"{FHIR}filter")
        if not filters:
            return [_value(one, "code") for one in system.iter(f"{FHIR}concept")]
        (one,) = filters
        assert (_value(one, "property"), _value(one, "op")) == ("concept", "is-a")
        root = _value(one, "value")
        top = next(each for each in system.iter(f"{FHIR}concept") if _value(each, "code") == root)
        found = {_value(each, "code") for each in top.iter(f"{FHIR}concept")}
        for each in system.iter(f"{FHIR}concept"):  # Some tell their parents as a property.
            for told in each.findall(f"{FHIR}property"):
                if _value(told, "code") == "subsumedBy" and _value(told, "valueCode") in found:
                    found.add(_value(each, "code"))
        return sorted(one for one in found if not one.startswith("_"))


def _value(element: _Element, path: str) -> str:
    found = element.find("/".join(f"{FHIR}{part}" for part in path.split("/")))
    return "" if found is None else found.get("value", "")


class Compiler:
    """From the rules of Shorthand to elements."""

    def __init__(
        self, by_name: dict[str, Entity], aliases: dict[str, str], core: CoreValueSets
    ) -> None:
        self._by_name, self._aliases, self._core = by_name, aliases, core

    def code_system(self, entity: Entity) -> dict[str, Any]:
        """A code system: its codes, where they ship."""
        rules = "\n".join(entity.rules)
        found = re.findall(r'^\* #("[^"]*"|\S+) "([^"]*)"', rules, re.MULTILINE)
        concepts = {code.strip('"'): display for code, display in found}
        return {"name": entity.name, "content": _caret(entity, "content"), "concepts": concepts}

    def value_set(self, entity: Entity) -> dict[str, Any]:
        """A value set: what it includes."""
        include: list[dict[str, Any]] = []
        for rule in entity.rules:
            if found := re.fullmatch(r"\* include codes from (system|valueset) (\S+)", rule):
                url = self._url(found[2], "CodeSystem" if found[1] == "system" else "ValueSet")
                include.append({"system" if found[1] == "system" else "valueSet": url})
            elif found := re.match(r"\* ([^\s#^]+)#(\S+)", rule):
                system = self._url(found[1], "CodeSystem")
                last = include[-1] if include else {}
                if last.get("system") != system:
                    include.append({"system": system, "concepts": []})
                include[-1]["concepts"].append(found[2])
            else:
                assert rule.startswith("* ^"), rule
        return {"name": entity.name, "include": include}

    def structure(self, entity: Entity) -> dict[str, Any]:
        """A profile or an extension."""
        making = Differential(self, entity, self._type(entity))
        for rule in entity.rules:
            making.rule(rule)
        told: dict[str, Any] = {
            "name": entity.name,
            "title": entity.keys["Title"],
            "type": making.type,
            "base": self._base(entity),
            "element": making.done(),
            "must_support": making.must_support,
        }
        if entity.kind == "Extension":
            told["context"] = entity.keys.get("Context") or _caret(entity, "context.expression")
        return told

    def _base(self, entity: Entity) -> str:
        parent = entity.keys.get("Parent", "Extension")
        return self._by_name[parent].url if parent in self._by_name else CORE + parent

    def _type(self, entity: Entity) -> str:
        parent = entity.keys.get("Parent", "Extension")
        return self._type(self._by_name[parent]) if parent in self._by_name else parent

    def invariant(self, name: str) -> dict[str, str]:
        """A constraint of ElementDefinition."""
        entity = self._by_name[name]
        told = {key: _caret(entity, key, caret="") for key in ("severity", "expression")}
        human = entity.keys["Description"]
        return {
            "key": name,
            "severity": told["severity"],
            "human": human,
            "expression": told["expression"],
        }

    def profile(self, name: str) -> str:
        """The address of a profile, an extension or a type."""
        if name in self._by_name:
            return self._by_name[name].url
        assert name in resource_types(), name
        return CORE + name

    def binding(self, name: str, strength: str) -> dict[str, str]:
        """A binding of ElementDefinition."""
        url = self._url(name.partition("|")[0], "ValueSet")
        if strength in {"required", "extensible"} and not url.startswith(CANONICAL):
            self._core.need(url)
        return {"strength": strength, "valueSet": url}

    def _url(self, name: str, kind: str) -> str:
        if name.startswith("$"):
            return self._aliases[name]
        if name in self._by_name:
            assert self._by_name[name].kind == kind, name
            return self._by_name[name].url
        return name if "://" in name else NAMED.get(name) or self._core.url(name)

    def system(self, name: str) -> str:
        """The address of a code system."""
        return self._url(name, "CodeSystem")


class Differential:
    """The elements of one structure while its rules are read."""

    def __init__(self, compiler: Compiler, entity: Entity, type_name: str) -> None:
        self._compiler, self._entity, self.type = compiler, entity, type_name
        self._elements: dict[str, dict[str, Any]] = {}
        self.must_support: list[str] = []
        """The ids of elements that systems must be able to tell: people read this."""

    def done(self) -> list[dict[str, Any]]:
        """The elements in R4's order: what is above stands before what is below."""
        if self._entity.kind == "Extension":
            nested = any(":" in one for one in self._elements)
            unused = "Extension.value[x]" if nested else "Extension.extension"
            self._at(unused)["max"] = "0"
            self._at("Extension.url")["fixedUri"] = self._entity.url
        return sorted(self._elements.values(), key=lambda one: self._place(one["id"]))

    def _place(self, id_: str) -> list[tuple[int, str]]:
        return [(element.order, slice_) for element, slice_, _ in self._walk(id_)]

    def rule(self, rule: str) -> None:
        """Take one rule."""
        found = RULE.fullmatch(rule)
        assert found, rule
        path, rest = found["path"], found["rest"] or ""
        if path.startswith("^") or path == ".":
            return
        if path == "obeys":
            self._at(self.type).setdefault("constraint", []).append(
                self._compiler.invariant(rest.strip())
            )
            return
        id_ = self._id(path)
        if rest.startswith("^"):
            self._caret(id_, rest)
        elif rest.startswith("contains "):
            self._contains(id_, rest.removeprefix("contains "))
        elif rest.startswith("only "):
            self._at(id_)["type"] = [*self._types(rest.removeprefix("only "))]
        elif bound := re.fullmatch(r"from (\S+) \((\w+)\)", rest):
            self._at(id_)["binding"] = self._compiler.binding(bound[1], bound[2])
        elif rest.startswith("= "):
            self._assign(id_, rest.removeprefix("= "))
        else:
            self._cardinality(id_, rest)

    def _cardinality(self, id_: str, rest: str) -> None:
        for word in rest.split():
            if card := CARD.fullmatch(word):
                element = self._at(id_)
                if card[1]:
                    element["min"] = int(card[1])
                if card[2]:
                    element["max"] = card[2]
            else:
                assert word in FLAGS, (id_, rest)
                if word == "MS":
                    self.must_support.append(id_)

    def _caret(self, id_: str, rest: str) -> None:
        found = re.fullmatch(
            r"\^slicing\.(discriminator\.type|discriminator\.path|rules) = (.*)", rest
        )
        if not found:
            return
        slicing = self._at(id_).setdefault("slicing", {"discriminator": [{}], "rules": "open"})
        value = found[2].strip('"#')
        if found[1] == "rules":
            slicing["rules"] = value
        else:
            slicing["discriminator"][0][found[1].partition(".")[2]] = value

    def _contains(self, id_: str, rest: str) -> None:
        is_extension = id_.endswith(".extension")
        if is_extension:
            discriminator = {"type": "value", "path": "url"}
            self._at(id_)["slicing"] = {"discriminator": [discriminator], "rules": "open"}
        for one in rest.split(" and "):
            words = one.split()
            name = words[2] if words[1] == "named" else words[0]
            slice_ = self._at(f"{id_}:{name}")
            if is_extension and words[1] == "named":
                slice_["type"] = [
                    {"code": "Extension", "profile": [self._compiler.profile(words[0])]}
                ]
            elif is_extension:
                self._at(f"{id_}:{name}.extension")["max"] = "0"
                self._at(f"{id_}:{name}.url")["fixedUri"] = name
            self._cardinality(f"{id_}:{name}", " ".join(words[3 if words[1] == "named" else 1 :]))

    def _types(self, rest: str) -> Iterator[dict[str, Any]]:
        if found := re.fullmatch(r"Reference\((.*)\)", rest):
            targets = [self._compiler.profile(one) for one in found[1].split(" or ")]
            yield {"code": "Reference", "targetProfile": targets}
            return
        for one in rest.split(" or "):
            if one == "SimpleQuantity":
                yield {"code": "Quantity", "profile": [f"{CORE}SimpleQuantity"]}
            else:
                yield {"code": one}

    def _assign(self, id_: str, rest: str) -> None:
        exactly = rest.endswith(" (exactly)")
        literal = rest.removesuffix(" (exactly)")
        kind = self._kind(id_)
        if coded := re.fullmatch(r'([^\s#"]*)#(\S+)(?: "[^"]*")?', literal):
            coding = {"code": coded[2]}
            if coded[1]:
                coding = {"system": self._compiler.system(coded[1]), **coding}
            value: Any = {
                "code": coded[2],
                "Coding": coding,
                "CodeableConcept": {"coding": [coding]},
            }[kind]
        else:
            assert literal.startswith('"'), literal
            value = literal.strip('"')
        name = f"{'fixed' if exactly else 'pattern'}{kind[0].upper()}{kind[1:]}"
        self._at(id_)[name] = value

    def _at(self, id_: str) -> dict[str, Any]:
        if id_ not in self._elements:
            path = re.sub(r":[^.]*", "", id_)
            self._elements[id_] = {"id": id_, "path": path}
            last = id_.rpartition(".")[2]
            if ":" in last:
                self._elements[id_]["sliceName"] = last.partition(":")[2]
        return self._elements[id_]

    def _id(self, path: str) -> str:
        """The id of an element: slices by name, a choice of one type as a slice of the choice."""
        kind, id_ = self.type, self.type
        for part in re.findall(r"[^.\[]+(?:\[[^\]]+\])*", path):
            name, _, slice_ = part.partition("[")
            slice_ = slice_.rstrip("]")
            if slice_ == "x":
                name, slice_ = f"{name}[x]", ""
            element = self._element(kind, name)
            if not name.endswith("[x]") and element.name != element.group:
                choice = f"{id_}.{element.group}[x]"
                discriminator = {"type": "type", "path": "$this"}
                slicing = {"discriminator": [discriminator], "ordered": False, "rules": "open"}
                self._at(choice).setdefault("slicing", slicing)
                id_ = f"{choice}:{name}"
                self._at(id_).setdefault("type", [{"code": element.type}])
            else:
                id_ = f"{id_}.{name}" + (f":{slice_}" if slice_ else "")
            kind = self._kind(id_)
        return id_

    def _element(self, kind: str, name: str) -> Element:
        elements = type_of(kind).elements
        if name.endswith("[x]"):
            group = name.removesuffix("[x]")
            return next(one for one in elements.values() if one.group == group)
        return elements[name]

    def _kind(self, id_: str) -> str:
        return [kind for _, _, kind in self._walk(id_)][-1]

    def _walk(self, id_: str) -> Iterator[tuple[Element, str, str]]:
        """The elements on the way, each with its slice and the type below it."""
        kind, at = self.type, self.type
        for part in id_.split(".")[1:]:
            name, _, slice_ = part.partition(":")
            at = f"{at}.{part}"
            element = self._element(kind, name)
            told = self._elements.get(at, {}).get("type")
            # Below a choice stands what its type, told before, has.
            kind = told[0]["code"] if name.endswith("[x]") and told else element.type
            yield element, slice_, kind


def _caret(entity: Entity, name: str, caret: str = "^") -> str:
    begin = f"* {caret}{name} = "
    found = next(one for one in entity.rules if one.startswith(begin))
    return found.removeprefix(begin).strip('"# ')


if __name__ == "__main__":
    main()
