"""What an operation of the terminology service is asked, by the URL or in Parameters.

FHIR R4 3.2.0.1.1: parameters that are primitive may stand in the URL of a GET; others are posted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Self

from naru.domain.korea import KST, korean_day
from naru.formats.fhir.element import Element
from naru.formats.fhir.moments import NotAMoment, interval
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.resource import Resource

CODING, CODEABLE_CONCEPT = "coding", "codeableConcept"

MOST_CODINGS: Final = 100
"""Codings of one CodeableConcept: nobody codes a thing in more systems."""

LARGEST_COUNT: Final = 1_000_000
"""Beyond which a number of concepts is none."""

_VALUES: Final = (
    "valueString",
    "valueUri",
    "valueCanonical",
    "valueUrl",
    "valueCode",
    "valueId",
    "valueDateTime",
    "valueDate",
)
_CODINGS: Final = frozenset({CODING, "codingA", "codingB"})


@dataclass(frozen=True, slots=True)
class Coding:
    """A code as it is asked for; what is not said is empty."""

    system: str
    code: str
    version: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of one call. Every reader raises Refused, which names what is wrong."""

    texts: Mapping[str, str] = field(default_factory=dict)
    codings: Mapping[str, tuple[Coding, ...]] = field(default_factory=dict)

    @classmethod
    def in_url(cls, query: Iterable[tuple[str, str]], known: frozenset[str]) -> Self:
        """By the URL of a GET; names that begin with `_` are the door's."""
        texts: dict[str, str] = {}
        for name, value in query:
            if name.startswith("_"):
                continue
            _require_known(name, known, texts)
            if name in _CODINGS or name == CODEABLE_CONCEPT:
                raise refused(IssueType.NOT_SUPPORTED, f"{name} is posted in Parameters.", name)
            texts[name] = value
        return cls(texts)

    @classmethod
    def in_parameters(cls, resource: Resource, known: frozenset[str]) -> Self:
        """By the Parameters of a POST."""
        texts: dict[str, str] = {}
        codings: dict[str, tuple[Coding, ...]] = {}
        for one in Element.of(resource, "Parameters").each("parameter"):
            name = one.text("name") or ""
            _require_known(name, known, {**texts, **codings})
            if name in _CODINGS:
                codings[name] = (_coding(_child(one, "valueCoding")),)
            elif name == CODEABLE_CONCEPT:
                whole = _child(one, "valueCodeableConcept")
                given = tuple(whole.each("coding"))
                if len(given) > MOST_CODINGS:
                    raise refused(IssueType.TOO_COSTLY, "There are too many codings.", name)
                codings[name] = tuple(map(_coding, given))
            else:
                texts[name] = _text(one)
        return cls(texts, codings)

    def text(self, name: str) -> str:
        """A parameter; empty where it was not given."""
        return self.texts.get(name, "")

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        if not self.text(name):
            raise refused(IssueType.REQUIRED, f"The parameter {name} is required.", name)
        return self.text(name)

    def code(self, system: str = "system") -> tuple[Coding, ...]:
        """The code that is asked about: a `code` and its system, or a Coding, or several."""
        given = [name for name in (CODING, CODEABLE_CONCEPT) if name in self.codings]
        if len(given) + ("code" in self.texts) != 1:
            raise refused(
                IssueType.INVALID, "One of code, coding and codeableConcept is asked about.", "code"
            )
        if given:
            if not self.codings[given[0]]:
                raise refused(IssueType.REQUIRED, "There is no coding.", given[0])
            return self.codings[given[0]]
        where = self.text("version") or self.text("systemVersion")
        return (Coding(self.text(system), self.required("code"), where, self.text("display")),)

    def pair(self) -> tuple[Coding, Coding]:
        """The two codes of `$subsumes`."""
        if {"codingA", "codingB"} <= set(self.codings):
            return self.codings["codingA"][0], self.codings["codingB"][0]
        system, version = self.required("system"), self.text("version")
        one, other = (Coding(system, self.required(name), version) for name in ("codeA", "codeB"))
        return one, other

    def day(self) -> date | None:
        """The day of `date`, in Korea."""
        if not self.text("date"):
            return None
        try:
            return korean_day(interval(self.text("date"), zone=KST).low)
        except NotAMoment:
            raise refused(IssueType.VALUE, "The value of date is no date.", "date") from None

    def number(self, name: str, otherwise: int) -> int:
        """A number of concepts, not below nought."""
        text = self.text(name)
        if not text:
            return otherwise
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(LARGEST_COUNT)):
            raise refused(IssueType.VALUE, f"The value of {name} is no number.", name)
        return min(int(text), LARGEST_COUNT)

    def flag(self, name: str) -> bool:
        """A boolean; false where it was not given."""
        text = self.text(name)
        if text not in {"", "true", "false"}:
            raise refused(IssueType.VALUE, f"{name} is true or false.", name)
        return text == "true"

    @property
    def english(self) -> bool:
        """Whether displays are wanted in English."""
        return self.text("displayLanguage").lower().startswith("en")


def _require_known(name: str, known: frozenset[str], given: Mapping[str, object]) -> None:
    if name not in known:
        raise refused(IssueType.NOT_SUPPORTED, "A parameter is not answered.", "Parameters")
    if name in given:
        raise refused(IssueType.INVALID, f"The parameter {name} stands more than once.", name)


def _child(one: Element, name: str) -> Element:
    found = one.child(name)
    if found is None:
        raise one.refused("is required", name, IssueType.REQUIRED)
    return found


def _coding(one: Element) -> Coding:
    code = one.text("code")
    if not code:
        raise one.refused("is required", "code", IssueType.REQUIRED)
    return Coding(
        one.text("system") or "", code, one.text("version") or "", one.text("display") or ""
    )


def _text(one: Element) -> str:
    for name in _VALUES:
        if name in one.members:
            return one.text(name) or ""
    if "valueBoolean" in one.members:
        return "true" if one.flag("valueBoolean") else "false"
    for name in ("valueInteger", "valuePositiveInt", "valueUnsignedInt"):
        if name in one.members:
            return str(one.number(name))
    raise one.refused("has no value that is answered", code=IssueType.NOT_SUPPORTED)
