"""Reading elements of `urn:hl7-org:v3`: what is null is absent, and everything has a bound."""

import re
from typing import Final

from lxml.etree import QName, _Element

from naru.formats.hl7v3.errors import MalformedValue, MissingElement, TooManyRepetitions
from naru.formats.xml.namespaces import HL7V3, XSI

MAX_REPETITIONS: Final = 64
"""Of one element beside each other: names, identifiers, domains. Real messages hold under ten."""
MAX_LENGTH: Final = 1000
"""Characters of one value; HL7 v2 gave a name 250 and an address line 120."""

_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
# HL7 v3 TS, as datatypes-base.xsd has it.
_TIME: Final = re.compile(r"(?:[0-9]{1,8}|[0-9]{9,14}|[0-9]{14}\.[0-9]{1,6})(?:[+-][0-9]{1,4})?")


def name_of(element: _Element) -> str:
    """The element's name without its namespace."""
    return QName(element).localname


def location_of(element: _Element) -> str:
    """The XPath of an element from its message on, with the number where it is repeated."""
    steps = []
    here: _Element | None = element
    while here is not None and QName(here).namespace == HL7V3:
        steps.append(_step(here))
        here = here.getparent()
    return "/" + "/".join(reversed(steps))


def _step(element: _Element) -> str:
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    alone = before == 0 and next(element.itersiblings(element.tag), None) is None
    return name_of(element) if alone else f"{name_of(element)}[{before + 1}]"


def is_null(element: _Element) -> bool:
    """Whether the sender says that there is no value."""
    return element.get("nullFlavor") is not None or element.get(f"{{{XSI}}}nil") in {"true", "1"}


def all_children(
    parent: _Element, name: str, at_most: int = MAX_REPETITIONS
) -> tuple[_Element, ...]:
    """The children of that name in order, null ones too."""
    found = []
    for element in parent.iterchildren(f"{{{HL7V3}}}{name}"):
        found.append(element)
        if len(found) > at_most:
            raise TooManyRepetitions(
                f"there are more than {at_most} elements {name}", location_of(parent)
            )
    return tuple(found)


def children(parent: _Element, name: str, at_most: int = MAX_REPETITIONS) -> tuple[_Element, ...]:
    """The children of that name that are not null."""
    found = all_children(parent, name, at_most)
    return tuple(element for element in found if not is_null(element))


def child(parent: _Element, *path: str) -> _Element | None:
    """The first element at the path, unless it is absent or null."""
    here = parent
    for name in path:
        found = next((e for e in here.iterchildren(f"{{{HL7V3}}}{name}") if not is_null(e)), None)
        if found is None:
            return None
        here = found
    return here


def required(parent: _Element, *path: str) -> _Element:
    """The first element at the path."""
    found = child(parent, *path)
    if found is None:
        raise MissingElement(
            f"the message has no {'/'.join(path)}", f"{location_of(parent)}/{'/'.join(path)}"
        )
    return found


def the_only(parent: _Element, name: str) -> _Element:
    """The one child of that name; several are refused, since one could be overlooked."""
    found = required(parent, name)
    all_children(parent, name, at_most=1)
    return found


def attribute(element: _Element | None, name: str) -> str | None:
    """The attribute, bounded; `None` where it or the element is absent, or it is empty."""
    value = element.get(name) if element is not None else None
    if value is not None and len(value) > MAX_LENGTH:
        raise MalformedValue(f"the attribute {name} is too long", location_of(_sure(element)))
    return value or None


def required_attribute(element: _Element, name: str) -> str:
    """The attribute, which must not be empty."""
    value = attribute(element, name)
    if value is None:
        raise MissingElement(
            f"{name_of(element)} has no attribute {name}", f"{location_of(element)}/@{name}"
        )
    return value


def text_chunks(element: _Element) -> list[str]:
    """The element's own text before, between and after its children, blanks collapsed."""
    raw = [element.text, *(below.tail for below in element)]
    return [chunk for chunk in (bounded(text, element) for text in raw) if chunk]


def text_of(element: _Element | None) -> str | None:
    """The element's own text; `None` where there is none."""
    return (" ".join(text_chunks(element)) or None) if element is not None else None


def collapsed(text: str) -> str:
    """The text as it is read: no blanks at its ends, one space for any run of them."""
    return _BLANKS.sub(" ", text).strip(" ")


def bounded(text: str | None, element: _Element) -> str:
    """The collapsed text, refused where it is longer than any real value."""
    found = collapsed(text or "")
    if len(found) > MAX_LENGTH:
        raise MalformedValue(f"the text of {name_of(element)} is too long", location_of(element))
    return found


def integer(element: _Element | None) -> int | None:
    """INT."""
    value = attribute(element, "value")
    if value is not None and _INTEGER.fullmatch(value) is None:
        raise MalformedValue("the value is no whole number", location_of(_sure(element)))
    return int(value) if value is not None else None


def boolean(element: _Element | None) -> bool | None:
    """BL."""
    value = attribute(element, "value")
    if value not in {None, "true", "false"}:
        raise MalformedValue("the value is neither true nor false", location_of(_sure(element)))
    return value == "true" if value is not None else None


def time(element: _Element | None) -> str | None:
    """TS, as sent."""
    value = attribute(element, "value")
    if value is not None and _TIME.fullmatch(value) is None:
        raise MalformedValue("the value is no time of HL7", location_of(_sure(element)))
    return value


def _sure(element: _Element | None) -> _Element:
    assert element is not None  # A value was read from it.
    return element
