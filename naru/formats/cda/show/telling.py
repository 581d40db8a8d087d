"""HL7 v3 values as people read them; what cannot be read is told as it stands."""

import re
from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.show.words import Words

_TIME: Final = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\d{2})?(?:(\d{2})(?:\.\d+)?)?)?)?)?([+-]\d{4})?"
)
_EAST_ASIAN: Final = re.compile("[\u1100-\u11ff\u3400-\u9fff\uac00-\ud7a3]")
_KOREA: Final = "+0900"
LONGEST: Final = 300
"""Characters of a value in the head."""


def first(element: _Element, *names: str) -> _Element | None:
    """The first child of this name, and of it the first of the next name; faster than `find`."""
    found: _Element | None = element
    for name in names:
        if found is None:
            return None
        found = next(found.iterchildren(hl7(name)), None)
    return found


def short(text: str) -> str:
    """The text on one line, cut where it is no name any more."""
    line = " ".join(text[: LONGEST * 4].split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def words_of(element: _Element | None) -> str:
    """All text of an element on one line."""
    return "" if element is None else short("".join(map(str, element.itertext())))


def moment(value: str) -> str:
    """A TS, as exactly as it is given; a zone that is not Korea's is told."""
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return short(value)
    year, month, day, hour, minute, _second, zone = found.groups()
    told = "-".join(part for part in (year, month, day) if part)
    if hour:
        told += f" {hour}:{minute or '00'}"
    if zone and zone != _KOREA and hour:
        told += f" (UTC{zone[:3]}:{zone[3:]})"
    return told


def time_of(element: _Element | None, words: Words) -> str:
    """A TS or an IVL_TS."""
    if element is None:
        return ""
    if value := element.get("value"):
        return moment(value)
    low, high = (first(element, name) for name in ("low", "high"))
    begins, ends = ("" if one is None else one.get("value", "") for one in (low, high))
    if begins and ends:
        return f"{moment(begins)} ~ {moment(ends)}"
    if begins:
        return words("from", time=moment(begins))
    return words("until", time=moment(ends)) if ends else ""


def name_of(element: _Element | None) -> str:
    """A PN, EN or ON: the first that says anything."""
    if element is None:
        return ""
    for name in element.iterchildren(hl7("name")):
        if told := _name(name):
            return told
    return ""


def _name(name: _Element) -> str:
    parts: dict[str, list[str]] = {}
    for part in name.iterchildren(hl7("prefix"), hl7("given"), hl7("family"), hl7("suffix")):
        if text := words_of(part):
            parts.setdefault(part.tag.rpartition("}")[2], []).append(text)
    if not parts:
        return words_of(name)
    family, given = parts.get("family", []), parts.get("given", [])
    # A Korean name is written in one piece with the family name first.
    korean = _EAST_ASIAN.search("".join(family + given)) is not None
    called = ["".join(family + given)] if korean else [*given, *family]
    return short(" ".join([*parts.get("prefix", []), *called, *parts.get("suffix", [])]))


def coded_of(element: _Element | None) -> str:
    """A CD in words: its display name, else the original text, else the code."""
    if element is None:
        return ""
    for told in (element.get("displayName", ""), words_of(first(element, "originalText"))):
        if told.strip():
            return short(told)
    for other in element.iterchildren(hl7("translation")):
        if told := other.get("displayName", ""):
            return short(told)
    return short(element.get("code", ""))


def identifier_of(element: _Element) -> str:
    """An II: its extension, else its root."""
    return short(element.get("extension") or element.get("root") or "")


def whole_identifier(element: _Element | None) -> str:
    """An II with both its parts."""
    if element is None:
        return ""
    parts = (element.get("root", ""), element.get("extension", ""))
    return short("^".join(part for part in parts if part))


def telephones_of(element: _Element) -> str:
    """The telephone numbers of an element, two at most."""
    found = [
        value.removeprefix("tel:").strip()
        for one in element.iterchildren(hl7("telecom"))
        if (value := one.get("value", "")).startswith("tel:") or (value and ":" not in value)
    ]
    return short(", ".join(one for one in found[:2] if one))


def address_of(element: _Element) -> str:
    """An address on one line, its parts as they come."""
    address = first(element, "addr")
    if address is None:
        return ""
    return short(" ".join(_texts(address)))


def _texts(element: _Element) -> Iterator[str]:
    for text in element.itertext():
        if told := str(text).strip():
            yield told
