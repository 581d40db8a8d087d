"""Rows of a release file become concepts, terms and maps, by the heads that `layouts.json` knows.

Several rows of one code are one concept: each row adds its terms. Which row's term is the
representative one a column says; otherwise it is the first.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from naru.domain.terminology import (
    LONGEST_CODE,
    LONGEST_TERM,
    CodeSystem,
    Concept,
    ConceptMapping,
    Designation,
    Language,
    Relation,
    Release,
    System,
    Validity,
    code_system,
)
from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.tables import rows

MAP: Final = "map:"
"""Before a system's short name: the head of a column of that system's codes."""

_MOST_TERMS: Final = 200
"""Terms of one concept."""

_PARTED: Final = (";", "|")
"""What parts several terms or codes in one cell."""

Refusal = tuple[int, str]
"""A line that was not taken, and why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Heads by our word for the column, and what their words mean."""

    official: bool
    columns: Mapping[str, tuple[str, ...]]
    retired: frozenset[str]
    relations: Mapping[System, Relation]


@dataclass(slots=True)
class _Gathered:
    """What the rows of one code said so far."""

    line: int
    """The first of its rows."""
    korean: str = ""
    english: str = ""
    preferred: str = ""
    terms: dict[str, Language] = field(default_factory=dict)
    parent: str = ""
    replaced_by: str = ""
    since: date | None = None
    until: date | None = None
    open: bool = False
    maps: dict[tuple[System, str], Relation] = field(default_factory=dict)


def read_release(
    content: bytes,
    system: System,
    *,
    version: str,
    since: date,
    columns: Mapping[str, str] | None = None,
) -> tuple[Release, tuple[Refusal, ...]]:
    """The release, and the lines that were not taken. `columns` are heads by our words.

    Raises ReleaseFileRefused.
    """
    layout, known = layout_of(system), code_system(system)
    gathered: dict[str, _Gathered] = {}
    refused: list[Refusal] = []
    for line, row in _named(content, layout, columns or {}, required=("code",)):
        try:
            _gather(gathered, line, row, known, layout, since)
        except ValueError as refusal:
            refused.append((line, str(refusal)))
    if sum(map(known.has_form, gathered)) * 2 < len(gathered):
        raise ReleaseFileRefused(
            f"Few codes look like those of {system}: is `code` the right column (--column)?"
        )
    concepts = tuple(_concepts(gathered, known, refused))
    taken = {one.code for one in concepts}
    release = Release(
        system=system,
        version=version,
        since=since,
        digest=hashlib.sha256(content).digest(),
        concepts=concepts,
        maps=tuple(one for one in _maps(gathered, system) if one.source_code in taken),
    )
    return release, tuple(refused)


def read_map(
    content: bytes,
    source: System,
    target: System,
    *,
    version: str,
    since: date,
    columns: Mapping[str, str] | None = None,
) -> tuple[Release, tuple[Refusal, ...]]:
    """A release that holds a map alone: columns `source`, `target` and, it may be, `relation`.

    Raises ReleaseFileRefused.
    """
    words = {"source": (), "target": (), "relation": ()}
    layout = Layout(official=False, columns=words, retired=frozenset(), relations={})
    maps: list[ConceptMapping] = []
    refused: list[Refusal] = []
    for line, row in _named(content, layout, columns or {}, required=("source", "target")):
        try:
            maps.append(
                ConceptMapping(
                    source=source,
                    source_code=_code(row["source"], code_system(source)),
                    target=target,
                    target_code=_code(row["target"], code_system(target)),
                    relation=_relation(row.get("relation", "")),
                    provenance=version,
                )
            )
        except ValueError as refusal:
            refused.append((line, str(refusal)))
    digest = hashlib.sha256(content).digest()
    found = Release(system=source, version=version, since=since, digest=digest, maps=tuple(maps))
    return found, tuple(refused)


@cache
def layout_of(system: System) -> Layout:
    """What is known of a system's release files."""
    file = resources.files("naru.formats.terminology") / "data" / "layouts.json"
    read = json.loads(file.read_text("utf-8"))
    own = read["systems"].get(system.value, {"status": "", "columns": {}, "maps": {}})
    columns = {word: tuple(own["columns"].get(word, ())) for word in read["ours"]}
    for target, told in own["maps"].items():
        columns[MAP + target] = tuple(told["heads"])
    return Layout(
        official=own["status"] == "official",
        columns=columns,
        retired=frozenset(own.get("retired", ())),
        relations={System(name): Relation(one["relation"]) for name, one in own["maps"].items()},
    )


@cache
def _preferred() -> frozenset[str]:
    file = resources.files("naru.formats.terminology") / "data" / "layouts.json"
    return frozenset(json.loads(file.read_text("utf-8"))["preferred"])


def _named(
    content: bytes, layout: Layout, given: Mapping[str, str], *, required: tuple[str, ...]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows by our words for their columns; several columns of one word are joined."""
    found = rows(content)
    _, heads = next(found, (0, list[str]()))
    if not heads:
        raise ReleaseFileRefused("The file is empty.")
    places = _places(heads, layout, given)
    for word in required:
        if word not in places:
            raise ReleaseFileRefused(
                f"No column is known as `{word}`: name its head with --column {word}=HEAD."
            )
    for line, cells in found:
        yield (
            line,
            {
                word: ";".join(cells[at].strip() for at in each if at < len(cells) and cells[at])
                for word, each in places.items()
            },
        )


def _places(
    heads: list[str], layout: Layout, given: Mapping[str, str]
) -> Mapping[str, tuple[int, ...]]:
    at = {_head(head): place for place, head in enumerate(heads)}
    found: dict[str, tuple[int, ...]] = {}
    for word, head in given.items():
        if word not in layout.columns and not word.startswith(MAP):
            raise ReleaseFileRefused(f"There is no column `{word}`.")
        if _head(head) not in at:
            raise ReleaseFileRefused(f"The file has no head as it was given for `{word}`.")
        found[word] = (at[_head(head)],)
    for word, names in layout.columns.items():
        if word not in found:
            held = [at[_head(one)] for one in (word, *names) if _head(one) in at]
            # Synonyms may stand in several columns; anything else in one.
            held = held if word.endswith("synonyms") else held[:1]
            found |= {word: tuple(held)} if held else {}
    return found


def _head(words: str) -> str:
    """A head as heads are compared: composed, without more blanks than one, in small letters."""
    return " ".join(unicodedata.normalize("NFC", words).split()).casefold()


def _gather(  # One row, and what it is read by.
    gathered: dict[str, _Gathered],
    line: int,
    row: Mapping[str, str],
    system: CodeSystem,
    layout: Layout,
    on: date,
) -> None:
    """Take one row in. Raises ValueError before anything of it is taken."""
    code = _code(row["code"], system)
    korean, english = _term(row.get("korean", "")), _term(row.get("english", ""))
    others = [*_terms(row.get("synonyms", "")), *_terms(row.get("english_synonyms", ""))]
    since, until = _day(row.get("from", "")), _day(row.get("to", ""))
    if row.get("state", "") in layout.retired and until is None:
        until = on
    if since and until and until < since:
        raise ValueError("a code ends before it begins")
    maps = list(_mapped(row, layout))
    parent, replaced = (_other(row.get(word, ""), system) for word in ("parent", "replaced_by"))
    one = gathered.setdefault(code, _Gathered(line))
    if row.get("representative", "").upper() in _preferred():
        one.preferred = one.preferred or korean or english
    one.korean, one.english = one.korean or korean, one.english or english
    for term in (korean, english, *others):
        if term and len(one.terms) < _MOST_TERMS:
            one.terms.setdefault(term, _language(term))
    one.parent, one.replaced_by = one.parent or parent, one.replaced_by or replaced
    one.since = min(filter(None, (one.since, since)), default=None)
    one.open = one.open or until is None
    one.until = max(filter(None, (one.until, until)), default=None)
    one.maps |= dict(maps)


def _concepts(
    gathered: Mapping[str, _Gathered], system: CodeSystem, refused: list[Refusal]
) -> Iterator[Concept]:
    for code, one in gathered.items():
        display = one.preferred or one.korean or one.english
        if not display:
            refused.append((one.line, "a code has no term in any of its rows"))
            continue
        terms = {display: _language(display)} | one.terms
        yield Concept(
            system=system.name,
            code=code,
            display=display,
            english=one.english,
            parent=one.parent or _parent(code, system, gathered),
            replaced_by=one.replaced_by,
            validity=Validity(one.since, None if one.open else one.until),
            designations=tuple(
                Designation(text, language, preferred=text == display)
                for text, language in terms.items()
            ),
        )


def _maps(gathered: Mapping[str, _Gathered], system: System) -> Iterator[ConceptMapping]:
    for code, one in gathered.items():
        for (target, target_code), relation in one.maps.items():
            yield ConceptMapping(
                source=system,
                source_code=code,
                target=target,
                target_code=target_code,
                relation=relation,
                provenance="",
            )


def _mapped(
    row: Mapping[str, str], layout: Layout
) -> Iterator[tuple[tuple[System, str], Relation]]:
    for word, cell in row.items():
        if word.startswith(MAP) and cell:
            target = System(word.removeprefix(MAP))
            relation = layout.relations.get(target, Relation.INEXACT)
            for part in _parts(cell):
                yield (target, _code(part, code_system(target))), relation


def _parent(code: str, system: CodeSystem, known: Iterable[str]) -> str:
    """The nearest code above by the form of the code that the file has, too."""
    above = system.parent_of(code)
    while above and above not in known:
        above = system.parent_of(above)
    return above


def _code(text: str, system: CodeSystem) -> str:
    found = system.canonical(text)
    if not found:
        raise ValueError("a row has no code, or one that cannot be written")
    if len(found) > LONGEST_CODE:
        raise ValueError("a code is too long")
    return found


def _other(text: str, system: CodeSystem) -> str:
    return _code(text, system) if text else ""


def _term(text: str) -> str:
    found = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(found) > LONGEST_TERM:
        raise ValueError("a term is too long")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in found):
        raise ValueError("a term holds a control character")
    return found


def _terms(cell: str) -> list[str]:
    return [_term(part[:LONGEST_TERM]) for part in _parts(cell)]


def _parts(cell: str) -> list[str]:
    for mark in _PARTED[1:]:
        cell = cell.replace(mark, _PARTED[0])
    return [part.strip() for part in cell.split(_PARTED[0]) if part.strip()]


def _language(term: str) -> Language:
    return Language.KOREAN if any("가" <= one <= "힣" for one in term) else Language.ENGLISH


def _day(text: str) -> date | None:
    """A day as public files write it: 20260101, 2026-01-01, 2026.01.01, 2026/01/01."""
    digits = "".join(one for one in text if one.isdigit())
    if not digits.strip("0") or digits.startswith("9999"):
        return None  # 99991231 is written for "no end".
    try:
        return date.fromisoformat(digits)
    except ValueError:
        raise ValueError("a day cannot be read") from None


def _relation(text: str) -> Relation:
    if not text:
        return Relation.EQUIVALENT
    try:
        return Relation(text.casefold())
    except ValueError:
        raise ValueError("a relation is none of those known") from None
