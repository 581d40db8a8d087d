"""Search parameters: what is asked, by which modifier, in which order (FHIR R4 3.1.1).

A parameter that nobody defined is refused, unless the client says `Prefer: handling=lenient`: then
it is left out, and the answer says so (FHIR R4 3.1.1.3).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlencode

from naru.formats.fhir.outcome import Issue, IssueType, Refused, Severity, refused

PARAMETERS: Final = 100
"""Parameters of one search."""

VALUES: Final = 500
"""Alternatives of one parameter: the ids of a large page."""

LONGEST: Final = 64 * 1024
"""Characters of one search, its names and values."""

MOST: Final = 1_000
"""The largest page."""

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_.\-]{0,63}(?::[A-Za-z0-9_.\-]{1,64})?")


class ParameterType(StrEnum):
    """http://hl7.org/fhir/search-param-type."""

    NUMBER = "number"
    DATE = "date"
    STRING = "string"
    TOKEN = "token"  # noqa: S105  # A word, not a secret.
    REFERENCE = "reference"
    QUANTITY = "quantity"
    URI = "uri"


_USUAL_MODIFIERS: Final[Mapping[ParameterType, frozenset[str]]] = {
    ParameterType.STRING: frozenset({"exact", "contains"}),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A search parameter that an interaction answers, as the CapabilityStatement tells it.

    A chain is a name of its own (`patient.identifier`). `targets` are the types of a reference:
    `subject:Patient=1` is read as `subject=Patient/1`. `modifiers` of None are the type's usual.
    """

    name: str
    type: ParameterType
    targets: tuple[str, ...] = ()
    modifiers: frozenset[str] | None = None
    url: str = ""
    """The canonical address of the SearchParameter, where it is not R4's own."""
    required: bool = False

    def allows(self, modifier: str) -> bool:
        """Whether the parameter is answered with this modifier."""
        usual = _USUAL_MODIFIERS.get(self.type, frozenset())
        return not modifier or modifier in (usual if self.modifiers is None else self.modifiers)


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter: any of `values` fits. They are as sent; `values` of this room read them."""

    definition: Definition
    values: tuple[str, ...]
    modifier: str = ""

    @property
    def name(self) -> str:
        """The parameter's name, without a modifier."""
        return self.definition.name


@dataclass(frozen=True, slots=True)
class SortKey:
    """One parameter by which to sort."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as it was understood: every one of `asked` has to fit."""

    asked: tuple[Asked, ...] = ()
    sort: tuple[SortKey, ...] = ()
    include: tuple[str, ...] = ()
    count: int | None = None
    """How many matches a page is to hold; 0 asks for the number alone."""
    total: str = ""
    """`none`, `estimate` or `accurate`, where it was said."""
    page: str = ""
    """The cursor of a page, as a link of ours said it."""
    remarks: tuple[Issue, ...] = ()
    """What was left out, to be told in the answer."""
    understood: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Names and values that the link `self` repeats."""

    @property
    def query(self) -> str:
        """The question as the link `self` says it."""
        return urlencode(self.understood, safe="|,:/$*")

    def all(self, name: str) -> tuple[Asked, ...]:
        """Every occurrence of one parameter."""
        return tuple(one for one in self.asked if one.name == name)

    def one(self, name: str) -> Asked | None:
        """The parameter, if it was asked; refused where it was asked twice."""
        found = self.all(name)
        if len(found) > 1:
            raise refused(IssueType.INVALID, f"The parameter {name} stands more than once.", name)
        return found[0] if found else None


_CONTROL: Final = frozenset({"_format", "_pretty"})
"""How the answer is written; the door reads these."""

PAGE: Final = "_page"
"""The name under which our links carry the cursor of a page."""


def pairs(query: str) -> tuple[tuple[str, str], ...]:
    """The names and values of a query or form. Raises Refused."""
    if len(query) > LONGEST:
        raise refused(IssueType.TOO_LONG, "The search is too long.")
    if not query:
        return ()
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
    return tuple(found)


def read_search(
    given: Iterable[tuple[str, str]],
    definitions: Mapping[str, Definition],
    *,
    lenient: bool = False,
    includes: frozenset[str] = frozenset(),
) -> Search:
    """What the names and values ask for. Raises Refused.

    `includes` are the values of `_include` that are answered.
    """
    reading = _Reading(definitions, includes, lenient=lenient)
    for name, value in given:
        if name not in _CONTROL:
            reading.take(name, value)
    return reading.search()


def defined(definitions: Iterable[Definition]) -> Mapping[str, Definition]:
    """Definitions by their names."""
    return {one.name: one for one in definitions}


class _Reading:
    """One search while it is read."""

    def __init__(
        self, definitions: Mapping[str, Definition], includes: frozenset[str], *, lenient: bool
    ) -> None:
        self._definitions = definitions
        self._includes = includes
        self._lenient = lenient
        self._asked: list[Asked] = []
        self._understood: list[tuple[str, str]] = []
        self._controls: dict[str, str] = {}
        self._include: list[str] = []
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
            include=tuple(self._include),
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
        if name == "_include":
            self._take_include(value)
        elif name in _CHECKS:
            self._take_control(name, value)
        else:
            self._asked.append(self._one(name, value))

    def _take_include(self, value: str) -> None:
        if value not in self._includes:
            raise refused(IssueType.NOT_SUPPORTED, "This _include is not answered.", "_include")
        self._include.append(value)

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
    "_summary": re.compile("count|false"),
    "_total": re.compile("none|estimate|accurate"),
    "_sort": re.compile(".+"),
    PAGE: re.compile(r"[A-Za-z0-9_\-]{1,2000}"),
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
