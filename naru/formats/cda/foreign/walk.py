"""Walking a foreign document: places, words behind references, concepts, times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from json import loads
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.clinical import Coding, When
from naru.formats.cda.datatypes import hl7, path, read_time, words_of
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.foreign.understood import Unread
from naru.formats.cda.forms import DocumentForm

_YEARS: Final = re.compile(r"[0-9]{4}([0-9]{2})?")
_MOST_UNREAD: Final = 200
"""Places that are told of one document; what a hostile one has more of is not worth a list."""
_SPOKEN_OF: Final = frozenset({"SUBJ", "COMP"})
_BLANKS: Final = re.compile(r"\s+")


@cache
def tables() -> Any:
    """The data file."""
    return loads((resources.files("naru.formats.cda") / "data" / "foreign.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Named:
    """A concept as the document has it: all its codes, and the words for it."""

    codings: tuple[Coding, ...]
    name: str

    def of(self, system: str) -> tuple[str, tuple[Coding, ...]]:
        """The code in one system ("" where there is none), and all others."""
        own = next((each for each in self.codings if each.system == system), None)
        if own is None:
            return "", self.codings
        return own.code, tuple(each for each in self.codings if each is not own)


@dataclass(slots=True)
class Walk:
    """One document on its way: what systems are called, the day it was made, what was not read."""

    root: _Element
    form: DocumentForm
    made: datetime | None
    unread: list[Unread] = field(default_factory=list)
    _ids: dict[str, _Element] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember the narrative by its IDs."""
        for element in self.root.iter():
            if name := element.get("ID"):
                self._ids.setdefault(name, element)

    def miss(self, element: _Element, sentence: str) -> None:
        """Note what was not understood, or how it was taken."""
        if len(self.unread) < _MOST_UNREAD:
            self.unread.append(Unread(place(element), sentence))

    def text(self, element: _Element | None) -> str:
        """The words of an element, or those in the narrative that it refers to."""
        if element is None:
            return ""
        reference = element.find(hl7("reference"))
        if reference is not None:
            return self._at(reference.get("value", "").removeprefix("#"))
        return plain(words_of(element))

    def _at(self, name: str) -> str:
        # Told once, however many entries of a hostile document point to it.
        if name not in self._told:
            self._told[name] = plain(words_of(self._ids.get(name)))
        return self._told[name]

    def concept(self, element: _Element | None) -> Named:
        """The codes of an element and its translations, and the words for them."""
        if element is None:
            return Named((), "")
        all_of = (element, *element.iterchildren(hl7("translation")))
        codings = tuple(self._coding(each) for each in all_of if each.get("code"))
        names = (plain(each.get("displayName", "")) for each in all_of)
        name = next(filter(None, names), "") or self.text(element.find(hl7("originalText")))
        return Named(codings, name)

    def _coding(self, element: _Element) -> Coding:
        oid = element.get("codeSystem", "")
        return Coding(
            system=self.form.system_names.get(oid, oid) or element.get("codeSystemName", ""),
            code=element.get("code", ""),
            display=plain(element.get("displayName", "")),
        )

    def when(self, entry: _Element, *others: _Element) -> When | None:
        """The time of an entry, else of what stands around it, else of who wrote it down.

        Where it has none, that of the document, which is noted; None where that has none either.
        """
        for element in (entry, *others):
            found = self._stated(element)
            if found is not None:
                return found
        if self.made is None:
            self.miss(entry, "날짜가 없어 읽지 않았습니다.")
            return None
        self.miss(entry, "날짜가 없어 문서의 날짜로 두었습니다.")
        return self.made.date()

    def _stated(self, entry: _Element) -> When | None:
        for times in (*entry.iterchildren(hl7("effectiveTime")), *_written(entry)):
            for element in (times, times.find(hl7("low")), times.find(hl7("center"))):
                text = "" if element is None else element.get("value", "")
                if text and (found := self._time(entry, text)) is not None:
                    return found
        for times in entry.iterchildren(hl7("effectiveTime")):
            high = times.find(hl7("high"))
            text = "" if high is None else high.get("value", "")
            if text and (found := self._time(entry, text)) is not None:
                self.miss(entry, "시작한 날이 없어 끝난 날을 두었습니다.")
                return found
        return None

    def _time(self, entry: _Element, text: str) -> When | None:
        partial = _YEARS.fullmatch(text)
        try:
            found = read_time(f"{text}{'0101'[-(8 - len(text)) :]}" if partial else _whole(text))
        except CdaRefused:
            self.miss(entry, "날짜를 읽을 수 없습니다.")
            return None
        if partial:
            self.miss(entry, "날짜가 해나 달까지만 있어 그 첫날로 두었습니다.")
        return found

    def day(self, entry: _Element, *others: _Element) -> date | None:
        """The same as a day."""
        found = self.when(entry, *others)
        return found.date() if isinstance(found, datetime) else found


def _written(entry: _Element) -> Iterator[_Element]:
    yield from entry.iterfind(path("author", "time"))


def _whole(text: str) -> str:
    """A TS to the hour as one to the minute: no minute is later."""
    hour = re.fullmatch(r"([0-9]{10})([+-][0-9]{4})?", text)
    return f"{hour[1]}00{hour[2] or ''}" if hour else text


def plain(text: str) -> str:
    """Words on one line: foreign documents are laid out with blanks that mean nothing."""
    return _BLANKS.sub(" ", text).strip()


def number(text: str) -> Decimal | None:
    """A finite number."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def subjects(entry: _Element) -> list[_Element]:
    """The observations of which an act speaks, or the entry where it is one itself."""
    if entry.tag == hl7("observation"):
        return [entry]
    related = entry.iterchildren(hl7("entryRelationship"))
    of = (each for each in related if each.get("typeCode", "SUBJ") in _SPOKEN_OF)
    return [found for each in of for found in each.iterchildren(hl7("observation"))]


def denied(entry: _Element) -> bool:
    """Whether the entry says that something is not so."""
    return entry.get("negationInd") in {"true", "1"}


def place(element: _Element) -> str:
    """Where an element stands, as a reader would count."""
    steps = []
    here: _Element | None = element
    while here is not None:
        parent = here.getparent()
        name = str(here.tag).rpartition("}")[2]
        alike = [] if parent is None else list(parent.iterchildren(here.tag))
        steps.append(f"{name}[{alike.index(here) + 1}]" if len(alike) > 1 else name)
        here = parent
    return "/" + "/".join(reversed(steps))
