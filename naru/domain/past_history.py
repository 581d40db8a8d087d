"""One page of what is known of a patient, from every source: each line says who wrote it and when.

Sources tell the same thing more than once: a line is one thing, and holds every telling of it.
Nothing is dropped and nothing is judged; a line that two sources tell differently shows the newest
words and keeps the others.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, Generic, TypeVar

from naru.domain.clinical import (
    Allergy,
    Content,
    Diagnosis,
    Immunization,
    Infection,
    Medication,
    Procedure,
    Reading,
    Smoking,
    TestKind,
    TestResult,
    VitalSigns,
    When,
    in_korea,
)
from naru.domain.days_of_supply import days_of_supply

T = TypeVar("T")
_MONTH: Final = 30
_LONGEST_NUMBER: Final = 20
"""Characters of a result that is reckoned with."""

_LARGEST_POWER: Final = 12
"""Powers of ten: no result of a test is further away from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something was told: the institution, what it wrote, and when it wrote it.

    `document` is a DocumentEntry's uniqueId, or the name of a single record (`Condition/…`).
    """

    institution: str
    title: str
    document: str
    repository: str = ""
    written: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """What one document or record says."""

    origin: Origin
    content: Content


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """One telling: the words, and whose they are."""

    item: T
    origin: Origin


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One thing, newest telling first."""

    told: tuple[Told[T], ...]

    @property
    def item(self) -> T:
        """The newest words."""
        return self.told[0].item

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Each institution once, with its newest telling."""
        first: dict[str, Origin] = {}
        for one in self.told:
            first.setdefault(one.origin.institution, one.origin)
        return tuple(first.values())

    @property
    def first(self) -> date:
        """The earliest day that a telling names."""
        return min(day_of(one.item) for one in self.told)

    @property
    def last(self) -> date:
        """The latest day that a telling names."""
        return max(day_of(one.item) for one in self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHistory:
    """The page: lines of each kind, newest first; a test's line holds its earlier results."""

    allergies: tuple[Line[Allergy], ...]
    medications: tuple[Line[Medication], ...]
    diagnoses: tuple[Line[Diagnosis], ...]
    infections: tuple[Line[Infection], ...]
    procedures: tuple[Line[Procedure], ...]
    test_results: tuple[Line[TestResult], ...]
    imaging: tuple[Line[TestResult | Reading], ...]
    immunizations: tuple[Line[Immunization], ...]
    vital_signs: tuple[Line[VitalSigns], ...]
    smoking: tuple[Line[Smoking], ...]
    texts: tuple[Told[str], ...]
    """What doctors wrote of the past in their own words."""


def day_of(item: object) -> date:
    """The day in Korea of an entry, whichever of its fields tells it."""
    when: When = item.time if hasattr(item, "time") else item.date  # type: ignore[attr-defined]  # Every entry has one of the two.
    return in_korea(when).date() if isinstance(when, datetime) else when


def past_history(sources: Iterable[Source]) -> PastHistory:
    """All that the sources tell."""
    told = sorted(sources, key=lambda one: one.origin.written, reverse=True)
    same = cache(word)  # The same names come again and again; they are forgotten with the page.
    return PastHistory(
        allergies=_lines(
            told, lambda one: one.allergies, lambda one: (one.kind, one.code or same(one.name))
        ),
        medications=_lines(
            told, _drugs, lambda one: (one.system, one.code) if one.code else same(one.name)
        ),
        diagnoses=_lines(told, lambda one: one.diagnoses, lambda one: one.code or same(one.name)),
        infections=_lines(told, lambda one: one.infections, lambda one: one.code or same(one.name)),
        procedures=_lines(
            told, lambda one: one.procedures, lambda one: (one.date, one.code or same(one.name))
        ),
        test_results=_lines(told, _tests, lambda one: (one.code, same(one.name), one.unit)),
        imaging=_lines(told, _images, lambda one: one.accession or (day_of(one), same(one.name))),
        immunizations=_lines(
            told, lambda one: one.immunizations, lambda one: (one.date, one.code or same(one.name))
        ),
        vital_signs=_lines(told, lambda one: one.vital_signs, lambda one: one.time),
        smoking=_lines(told, lambda one: one.smoking, lambda _one: ""),
        texts=tuple(
            Told(one.content.past_history, one.origin) for one in told if one.content.past_history
        ),
    )


def taken_until(medication: Medication) -> date | None:
    """The last day for which the drug was prescribed; None where its days are not understood."""
    days = days_of_supply(medication.days)
    return None if days is None else _later(day_of(medication), days - 1)


def is_current(line: Line[Medication], on: date) -> bool:
    """Whether a telling of the drug lasts to the day, or may: one without days lasts a month."""
    return any(lasts(one.item, on) for one in line.told)


def lasts(medication: Medication, on: date) -> bool:
    """Whether the drug was prescribed for that day; one of unknown days lasts a month."""
    until = taken_until(medication) or _later(day_of(medication), _MONTH)
    return day_of(medication) <= on <= until


def _later(day: date, days: int) -> date:
    """So many days later, or the last day that there is: a source may name any day."""
    return day + timedelta(days=min(days, (date.max - day).days))


def change(line: Line[TestResult]) -> Decimal | None:
    """By how much the newest result differs from the one before it, where both are numbers."""
    by_time = {one.item.time: one.item.result for one in reversed(line.told)}
    if len(by_time) < 2:  # noqa: PLR2004  # One result has not changed.
        return None
    newest, before = [number(result) for result in list(by_time.values())[::-1][:2]]
    return None if newest is None or before is None else newest - before


def number(words: str) -> Decimal | None:
    """The number that a result's words are; None where they are others."""
    try:
        found = Decimal(words.strip()) if len(words) <= _LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found.adjusted()) > _LARGEST_POWER:
        return None
    return found


def word(name: str) -> str:
    """A name by which two tellings are compared: composed, without blanks and case."""
    return "".join(unicodedata.normalize("NFC", name).casefold().split())


def _drugs(content: Content) -> Iterable[Medication]:
    return (*content.medications, *content.discharge_medications)


def _tests(content: Content) -> Iterator[TestResult]:
    return (one for one in content.test_results if one.kind is not TestKind.IMAGING)


def _images(content: Content) -> Iterator[TestResult | Reading]:
    yield from content.readings
    yield from (one for one in content.test_results if one.kind is TestKind.IMAGING)


def _lines(
    sources: Iterable[Source], items: Callable[[Content], Iterable[T]], key: Callable[[T], Hashable]
) -> tuple[Line[T], ...]:
    """The lines of sources that come newest first: of tellings of one day the order is theirs."""
    found: dict[Hashable, list[Told[T]]] = {}
    for source in sources:
        origin = source.origin
        for item in items(source.content):
            found.setdefault(key(item), []).append(Told(item, origin))
    lines = [Line(tuple(sorted(each, key=_day, reverse=True))) for each in found.values()]
    return tuple(sorted(lines, key=lambda line: _newness(line.told[0]), reverse=True))


def _day(told: Told[T]) -> date:
    return day_of(told.item)


def _newness(told: Told[T]) -> tuple[date, datetime]:
    return day_of(told.item), told.origin.written
