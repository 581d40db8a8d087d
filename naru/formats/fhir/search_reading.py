"""Reading a search: which of its names and values are understood (FHIR R4 3.1.1).

A parameter that nobody defined is refused, unless the client says `Prefer: handling=lenient`: then
it is left out, and the answer says so (FHIR R4 3.1.1.3).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from naru.formats.fhir.outcome import Issue, IssueType, Refused, Severity, refused
from naru.formats.fhir.parameters import (
    MISSING,
    PAGE,
    PAGE_LENGTH,
    Asked,
    Definition,
    ParameterType,
    Search,
    SortKey,
)
from naru.formats.fhir.subset import ELEMENTS, Summary

PARAMETERS: Final = 100
"""Parameters of one search."""

VALUES: Final = 500
"""Alternatives of one parameter: the ids of a large page."""

LONGEST: Final = 64 * 1024
"""Characters of one search, its names and values."""

MOST: Final = 1_000
"""The largest page."""

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_.\-]{0,63}(?::[A-Za-z0-9_.\-]{1,64})?")
_BROKEN_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
WRITTEN: Final = frozenset({"_format", "_pretty"})
"""How the answer is written; the door reads these."""

ANSWERED: Final = (
    ("_count", ParameterType.NUMBER, f"Matches of a page, at most {MOST}; 0 asks for the number."),
    ("_sort", ParameterType.STRING, "By parameters that are told with the type."),
    ("_summary", ParameterType.TOKEN, "true, text, data, count or false; not beside _elements."),
    (
        "_elements",
        ParameterType.STRING,
        "Elements of the resource, whole; what it must have stays.",
    ),
    ("_total", ParameterType.TOKEN, "none, estimate or accurate; an estimate is accurate."),
)
"""What may be said of the answer to any search, as the CapabilityStatement tells it."""


def pairs(query: str) -> tuple[tuple[str, str], ...]:
    """The names and values of a query or form. Raises Refused."""
    if len(query) > LONGEST:
        raise refused(IssueType.TOO_LONG, "The search is too long.")
    if not query:
        return ()
    if _BROKEN_ESCAPE.search(query):  # Else it would stand for itself, here and not elsewhere.
        raise refused(IssueType.INVALID, "The search is not percent-encoded.")
    try:
        found = parse_qsl(
            query,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=PARAMETERS,
        )
    except ValueError:  # Also UnicodeDecodeError.
        raise refused(IssueType.INVALID, "The search is not a form of names and values.") from None
    if any("\0" in text for pair in found for text in pair):  # PostgreSQL can be asked for none.
        raise refused(IssueType.INVALID, "The search holds a NUL character.")
    return tuple(found)


def read_search(
    given: Iterable[tuple[str, str]],
    definitions: Mapping[str, Definition],
    *,
    lenient: bool = False,
    includes: frozenset[str] = frozenset(),
    revincludes: frozenset[str] = frozenset(),
) -> Search:
    """What the names and values ask for. Raises Refused.

    `includes` and `revincludes` are the values of `_include` and `_revinclude` that are answered.
    """
    following = {"_include": includes, "_revinclude": revincludes}
    reading = _Reading(definitions, following, lenient=lenient)
    for name, value in given:
        if name not in WRITTEN:
            reading.take(name, value)
    return reading.search()


def defined(definitions: Iterable[Definition]) -> Mapping[str, Definition]:
    """Definitions by their names."""
    return {one.name: one for one in definitions}


class _Reading:
    """One search while it is read."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        following: Mapping[str, frozenset[str]],
        *,
        lenient: bool,
    ) -> None:
        self._definitions = definitions
        self._following = following
        self._lenient = lenient
        self._asked: list[Asked] = []
        self._understood: list[tuple[str, str]] = []
        self._controls: dict[str, str] = {}
        self._followed: dict[str, list[str]] = {name: [] for name in following}
        self._remarks: list[Issue] = []

    def take(self, name: str, value: str) -> None:
        """Read one parameter, or leave it out with a remark where the client is lenient."""
        try:
            self._take(name, value)
        except Refused as refusal:
            if not self._lenient:
                raise
            for issue in refusal.issues:
                sentence = f"{issue.sentence} It was left out."
                self._remarks.append(
                    Issue(issue.code, sentence, issue.expression, Severity.WARNING)
                )
        else:
            self._understood.append((name, value))

    def search(self) -> Search:
        """Everything that was understood."""
        controls = self._controls
        for definition in self._definitions.values():
            if definition.required and not any(one.definition is definition for one in self._asked):
                raise refused(
                    IssueType.REQUIRED,
                    f"The parameter {definition.name} is required.",
                    definition.name,
                )
        count = 0 if controls.get("_summary") == "count" else _count(controls.get("_count"))
        return Search(
            asked=tuple(self._asked),
            sort=_sort(controls.get("_sort", "")),
            include=tuple(self._followed["_include"]),
            revinclude=tuple(self._followed["_revinclude"]),
            count=count,
            total=controls.get("_total", ""),
            page=controls.get(PAGE, ""),
            remarks=tuple(self._remarks),
            understood=tuple(self._understood),
        )

    def _take(self, name: str, value: str) -> None:
        if _NAME.fullmatch(name) is None:
            raise refused(IssueType.INVALID, "A search parameter has no name of FHIR.")
        if not value:
            raise refused(IssueType.INVALID, f"The parameter {name} has no value.", name)
        if name in self._following:
            self._take_following(name, value)
        elif name in _CHECKS:
            self._take_control(name, value)
        else:
            self._asked.append(self._one(name, value))

    def _take_following(self, name: str, value: str) -> None:
        if value not in self._following[name]:
            raise refused(IssueType.NOT_SUPPORTED, f"This {name} is not answered.", name)
        self._followed[name].append(value)

    def _take_control(self, name: str, value: str) -> None:
        if name in self._controls:
            raise refused(IssueType.INVALID, f"The parameter {name} stands more than once.", name)
        if not self._is_valid(name, value):
            raise refused(IssueType.VALUE, f"The value of {name} is not answered.", name)
        self._controls[name] = value

    def _is_valid(self, name: str, value: str) -> bool:
        if name != "_sort":
            return _CHECKS[name].fullmatch(value) is not None
        return all(
            key.removeprefix("-") in self._definitions and "." not in key
            for key in value.split(",")
        )

    def _one(self, name: str, value: str) -> Asked:
        name, _, modifier = name.partition(":")
        target, _, chained = modifier.partition(".")
        if chained:  # `patient:Patient.identifier` says no more than `patient.identifier`.
            self._require_target(name, target)
            name, modifier = f"{name}.{chained}", ""
        definition = self._definition(name)
        values = _alternatives(value)
        if len(values) > VALUES:
            raise refused(IssueType.TOO_COSTLY, f"The parameter {name} has too many values.", name)
        if modifier in definition.targets:
            return Asked(definition, tuple(f"{modifier}/{one}" for one in values))
        if not definition.allows(modifier):
            sentence = f"The modifier {modifier} of {name} is not answered."
            raise refused(IssueType.NOT_SUPPORTED, sentence, name)
        if modifier == MISSING and values not in {("true",), ("false",)}:
            raise refused(IssueType.VALUE, f"{name}:missing is true or false.", name)
        return Asked(definition, values, modifier)

    def _definition(self, name: str) -> Definition:
        found = self._definitions.get(name)
        if found is None:
            raise refused(IssueType.NOT_SUPPORTED, f"The parameter {name} is not answered.", name)
        return found

    def _require_target(self, name: str, target: str) -> None:
        if target not in self._definition(name).targets:
            raise refused(IssueType.NOT_SUPPORTED, f"{name} leads to no {target}.", name)


_CHECKS: Final = {
    "_count": re.compile(r"\d{1,9}", re.ASCII),
    "_summary": re.compile("|".join(Summary)),
    "_elements": ELEMENTS,
    "_total": re.compile("none|estimate|accurate"),
    "_sort": re.compile(".+"),
    PAGE: re.compile(rf"[A-Za-z0-9_\-]{{1,{PAGE_LENGTH}}}"),
}
"""What may be said of the answer's shape."""

_ALTERNATIVE: Final = re.compile(r"(?:[^\\,]|\\.)+", re.DOTALL)


def _alternatives(value: str) -> tuple[str, ...]:
    """What stands between commas that are not escaped (FHIR R4 3.1.1.4.0.1)."""
    if "\\" not in value:
        return tuple(one for one in value.split(",") if one)
    return tuple(_ALTERNATIVE.findall(value))


def _count(text: str | None) -> int | None:
    # FHIR R4 3.1.1.5.4: a server may hand out fewer than was asked for.
    return None if text is None else min(int(text), MOST)


def _sort(text: str) -> tuple[SortKey, ...]:
    keys = (key for key in text.split(",") if key)
    return tuple(SortKey(key.removeprefix("-"), key.startswith("-")) for key in keys)
