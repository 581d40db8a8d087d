"""The pages about the code say what the code holds."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
SOURCES = sorted((PROJECT / "naru").rglob("*.py"))
ADRS = sorted(path.name for path in (DOCS / "adr").glob("[0-9]*.md"))
NUMBER = (
    r"(?:(?:Table|Figure) \d+(?:\.\d+)++-\d++"
    r"|(?:Appendix )?[A-Z]{1,2}(?:\.\d++)*+"
    r"|\d+(?:\.\d++)++)(?!\w)"
)
# A rule's comment names a clause; a sentence may also speak of a volume as a whole.
RULE = re.compile(rf"# ITI TF-[123] {NUMBER}")
MENTION = re.compile(rf"ITI TF-[123] {NUMBER}|ITI TF-[123](?![\w:]| [\dA-Z])")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def dependencies() -> set[str]:
    """The distributions that pyproject.toml asks for, to run and to develop."""
    project = tomllib.loads(read(PROJECT / "pyproject.toml"))
    asked = [
        *project["project"]["dependencies"],
        *(name for group in project["dependency-groups"].values() for name in group),
        *(
            name
            for extra in project["project"].get("optional-dependencies", {}).values()
            for name in extra
        ),
    ]
    return {re.match(r"[\w.-]+", line).group() for line in asked}


def test_every_dependency_has_its_reason() -> None:
    explained = set(
        re.findall(r"^\| `([\w.-]+)` \| \S", read(DOCS / "dependencies.md"), re.MULTILINE)
    )

    assert dependencies() == explained


@pytest.mark.parametrize("name", ADRS)
def test_every_decision_is_listed(name: str) -> None:
    assert f"]({name})" in read(DOCS / "adr" / "README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert list(range(1, len(ADRS) + 1)) == [int(name[:4]) for name in ADRS]


def test_every_room_stands_in_the_tree() -> None:
    tree = re.findall(r"^  ([a-z/ ]+?)/? {2,}\S", read(PROJECT / "ARCHITECTURE.md"), re.MULTILINE)
    named = {room for line in tree for room in line.replace("/", "").split()}
    rooms = {path.parent.name for path in (PROJECT / "naru").glob("*/__init__.py")}

    assert set() == rooms - named


def test_clause_references_are_well_formed() -> None:
    odd = [
        f"{path.relative_to(PROJECT)}: {line.strip()}"
        for path in SOURCES
        for line in read(path).splitlines()
        if line.count("ITI TF") != len(MENTION.findall(line))
        or line.count("# ITI TF") != len(RULE.findall(line))
    ]

    assert odd == []


@pytest.mark.parametrize("page", [*PROJECT.glob("*.md"), *DOCS.rglob("*.md")], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:|#|mailto:)([^)#]+)", read(page))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_no_source_names_a_list_that_is_not_in_the_project() -> None:
    numbered = re.compile(r"\((?:missions? )?[ABC]\d\d(?:, [ABC]\d\d)*\)")
    named = [(str(path), numbered.findall(read(path))) for path in SOURCES]

    assert [one for one in named if one[1]] == []


LONGEST_ADDRESS = 4_094 - 500
"""Octets of a request's first line that the server takes, less those of the page's own address."""


def test_what_is_typed_into_a_search_fits_into_its_address() -> None:
    forms = [
        (path.name, form)
        for path in sorted((PROJECT / "naru").glob("*/templates/**/*.html"))
        for form in re.findall(r'<form[^>]*method="get".*?</form>', read(path), re.DOTALL)
    ]
    assert len(forms) > 3, "the reading of the templates finds too few"

    typed = [
        (name, re.findall(r'<input(?![^>]*type="(?:hidden|date|checkbox|radio)")[^>]*>', form))
        for name, form in forms
    ]

    assert [name for name, fields in typed if _octets(fields) > LONGEST_ADDRESS] == []


def _octets(fields: list[str]) -> int:
    """Of fields full of Korean, nine for each character; more than any address without an end."""
    ends = [re.search(r'maxlength="(\d+)"', one) for one in fields]
    return sum(9 * int(end.group(1)) if end else LONGEST_ADDRESS + 1 for end in ends)
