"""What we judge by is what KR Core's own sources say, read here by other means than the script's.

The script makes elements of R4 from FHIR Shorthand; here each rule of the Shorthand is looked up in
what it made, by its own path. What the script adds that no rule says is found the other way round.
"""

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from naru.formats.fhir.krcore import definitions
from naru.formats.fhir.krcore.profiles import Profile
from tests.peers import installed

ROOT: Final = Path(__file__).parents[4]
_CARD: Final = re.compile(r"\b(\d*)\.\.(\d*|\*)(?=\s|$)")
_FLAGS: Final = re.compile(r"\bMS\b")


@dataclass(slots=True)
class Said:
    """What one definition says: by the path of the Shorthand, as it is written there."""

    kind: str
    id: str
    cards: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, tuple[str, str]] = field(default_factory=dict)
    slices: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)
    must_support: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def source(cases: Path) -> Path:
    folder = cases / "kr-core/input/fsh"
    if not folder.is_dir():
        pytest.skip("no sources of KR Core: NARU_CASES holds none")
    return folder


@pytest.fixture(scope="module")
def said(source: Path) -> dict[str, Said]:
    """Each profile and extension by its id."""
    found = (_definition(file) for file in sorted(source.glob("[pe]*s/*.fsh")))
    return {one.id: one for one in found}


def _definition(file: Path) -> Said:
    text = re.sub(r'""".*?"""', "", file.read_text("utf-8"), flags=re.DOTALL)
    kind, name = (
        re.search(rf"^{key}: *(\S+)", text, re.MULTILINE) for key in ("(?:Profile|Extension)", "Id")
    )
    assert kind is not None, file
    assert name is not None, file
    one = Said(kind=kind[0].partition(":")[0], id=name[1])
    joined = re.sub(r"\n[ \t]+(?=\S)", " ", text)
    for path, rest in re.findall(r"^\* ([^\s^]+) (?!\^)(.+)$", joined, re.MULTILINE):
        _take(one, path.replace("[x]", ""), rest.strip())
    return one


def _take(one: Said, path: str, rest: str) -> None:
    if found := re.fullmatch(r"from (\S+) \((\w+)\)", rest):
        one.bindings[path] = found[1], found[2]
    elif rest.startswith("contains "):
        for each in rest.removeprefix("contains ").split(" and "):
            words = each.split()
            name = words[2] if words[1] == "named" else words[0]
            one.slices.add(f"{path}[{name}]")
            _count(one, f"{path}[{name}]", each)
    elif rest.startswith("= "):
        one.fixed.add(path)
    elif not rest.startswith(("only ", "obeys ")) and path != "obeys":
        _count(one, path, rest)


def _count(one: Said, path: str, rest: str) -> None:
    if card := _CARD.search(rest):
        one.cards[path] = card[0]
    if _FLAGS.search(rest):
        one.must_support.add(path)


def _path(id_: str) -> str:
    """The id of an element as the Shorthand writes its path."""
    parts = []
    for part in id_.split(".")[1:]:
        name, _, slice_ = part.partition(":")
        choice = name.endswith("[x]")
        bare = name.removesuffix("[x]")
        parts.append((slice_ or bare) if choice else bare + (f"[{slice_}]" if slice_ else ""))
    return ".".join(parts)


def _judged() -> dict[str, Mapping[str, Any]]:
    return {url.rpartition("/")[2]: one for url, one in definitions.read()["structures"].items()}


def _elements(one: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {_path(each["id"]): each for each in one["element"]}


def _card(element: Mapping[str, Any]) -> str:
    return f"{element.get('min', '')}..{element.get('max', '')}"


def test_each_definition_is_judged(said: Mapping[str, Said]) -> None:
    assert said.keys() == _judged().keys()
    assert {one.value for one in Profile} <= said.keys()


def test_how_often_an_element_stands_is_that_of_the_source(said: Mapping[str, Said]) -> None:
    for name, one in _judged().items():
        elements = _elements(one)
        made = {path: _card(each) for path, each in elements.items() if _card(each) != ".."}
        if said[name].kind == "Extension":  # R4: an extension has a value or extensions.
            made = {path: card for path, card in made.items() if card != "..0"}
        assert made == said[name].cards, name


def test_bindings_are_those_of_the_source(said: Mapping[str, Said], source: Path) -> None:
    ids = dict(_names(source))
    for name, one in _judged().items():
        told = {path: each["binding"] for path, each in _elements(one).items() if "binding" in each}
        assert told.keys() == said[name].bindings.keys(), name
        for path, (value_set, strength) in said[name].bindings.items():
            assert told[path]["strength"] == strength, (name, path)
            if value_set in ids:
                assert told[path]["valueSet"].endswith(f"/{ids[value_set]}"), (name, path)


def _names(source: Path) -> Iterator[tuple[str, str]]:
    """The id of each value set by its name."""
    for file in source.glob("valuesets/*.fsh"):
        text = file.read_text("utf-8")
        for found in re.finditer(r"^ValueSet: (\S+)\s+Id: (\S+)", text, re.MULTILINE):
            yield found[1], found[2]


def test_slices_are_those_of_the_source(said: Mapping[str, Said]) -> None:
    for name, one in _judged().items():
        # A choice of one type is a slice of R4's making, which no rule names.
        made = {_path(each["id"]) for each in one["element"] if "sliceName" in each}
        assert {path for path in made if path.endswith("]")} == said[name].slices, name


def test_what_is_fixed_is_what_the_source_fixes(said: Mapping[str, Said]) -> None:
    for name, one in _judged().items():
        fixed = {
            path
            for path, each in _elements(one).items()
            if any(key.startswith(("fixed", "pattern")) for key in each)
        }
        if said[name].kind == "Extension":
            fixed = {path for path in fixed if path.rpartition(".")[2] != "url"}
        assert fixed == said[name].fixed, name


def test_must_supports_are_those_of_the_source(said: Mapping[str, Said]) -> None:
    for name, one in _judged().items():
        assert {*map(_path, one["must_support"])} == said[name].must_support, name
        assert len(one["must_support"]) == len({*one["must_support"]}), name


def test_codes_are_those_of_the_source(source: Path) -> None:
    systems = {
        url.rpartition("/")[2]: one for url, one in definitions.read()["code_systems"].items()
    }
    files = sorted(source.glob("codesystems/*.fsh"))
    assert len(files) == len(systems)
    for file in files:
        text = file.read_text("utf-8")
        (name,) = re.findall(r"^Id: (\S+)", text, re.MULTILINE)
        codes = re.findall(r'^\* #(?:"([^"]+)"|(\S+)) "', text, re.MULTILINE)
        told = systems[name]["concepts"]
        assert {quoted or bare for quoted, bare in codes} == told.keys(), name
        counted = re.search(r"\^count = (\d+)", text)
        if systems[name]["content"] == "complete" and counted is not None:
            assert len(told) == int(counted[1]), name


def test_the_script_makes_the_file_that_ships(source: Path) -> None:
    installed.need("hapi")
    libraries = (installed.FOLDER / "hapi/target/classpath").read_text("utf-8").strip().split(":")
    (jar,) = [one for one in libraries if "hapi-fhir-validation-resources-r4-" in one]
    spec = importlib.util.spec_from_file_location("krcore_script", ROOT / "scripts/krcore.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    assert json.loads(script.told(source, jar)) == definitions.read()
