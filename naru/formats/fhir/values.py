r"""The values of search parameters (FHIR R4 3.1.1.4), `\` before `,`, `|`, `$` and `\` undone."""

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final

from naru.formats.fhir import moments
from naru.formats.fhir.moments import Interval
from naru.formats.fhir.outcome import IssueType, refused

_ESCAPED: Final = re.compile(r"\\([\\,|$])")
_PARTS: Final = re.compile(r"(?:[^\\|]|\\.)*", re.DOTALL)
_PREFIX: Final = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=\d)")
ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_RELATIVE: Final = re.compile(
    r"(?P<type>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)


class Prefix(StrEnum):
    """How a value is compared (FHIR R4 3.1.1.4.5)."""

    EQUAL = "eq"
    NOT_EQUAL = "ne"
    GREATER = "gt"
    LESS = "lt"
    GREATER_OR_EQUAL = "ge"
    LESS_OR_EQUAL = "le"
    STARTS_AFTER = "sa"
    ENDS_BEFORE = "eb"
    APPROXIMATELY = "ap"


@dataclass(frozen=True, slots=True)
class Token:
    """`system|code`. A `system` of None means any, of "" none; a `code` of None means any."""

    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date with its prefix."""

    prefix: Prefix
    interval: Interval


@dataclass(frozen=True, slots=True)
class Reference:
    """A literal reference. `base` is the address before the type, empty where it is relative.

    An `id` alone has no type; what is no address of a resource stands in `uri` alone.
    """

    uri: str
    type: str = ""
    id: str = ""
    base: str = ""


def unescape(value: str) -> str:
    """The text that was meant."""
    return _ESCAPED.sub(r"\1", value) if "\\" in value else value


def token(value: str) -> Token:
    """The parts of a token."""
    if "|" not in value:
        return Token(None, unescape(value))
    system = _PARTS.match(value)
    assert system is not None
    if system.end() == len(value):  # Every bar is escaped.
        return Token(None, unescape(value))
    code = unescape(value[system.end() + 1 :])
    return Token(unescape(system.group()), code or None)


def date(value: str, name: str, *, zone: tzinfo = UTC) -> DateValue:
    """A date with its prefix; without one it is `eq`. Raises Refused."""
    found = _PREFIX.match(value)
    prefix = Prefix(found.group(1)) if found else Prefix.EQUAL
    text = value[found.end() :] if found else value
    try:
        return DateValue(prefix, moments.interval(text, zone=zone))
    except moments.NotAMoment:
        raise refused(IssueType.VALUE, f"The value of {name} is no date.", name) from None


def reference(value: str) -> Reference:
    """What a reference leads to, as far as its form tells."""
    text = unescape(value)
    if ID.fullmatch(text):
        return Reference(text, id=text)
    before, slash, end = _split(text)
    found = _RELATIVE.fullmatch(end)
    if found is None:
        return Reference(text)
    return Reference(text, found["type"], found["id"], before + slash if before else "")


def _split(text: str) -> tuple[str, str, str]:
    """An address and the `Type/id` that ends it."""
    bare = text.partition("/_history/")
    before, _, id_ = bare[0].rpartition("/")
    base, slash, kind = before.rpartition("/")
    return base, slash, f"{kind}/{id_}{bare[1]}{bare[2]}"
