"""date and dateTime beside the DTM that a person's dates are kept as."""

import re
from typing import Final

from naru.formats.fhir import moments
from naru.formats.fhir.element import Element
from naru.formats.fhir.outcome import IssueType

DAY: Final = 8
"""Digits of a DTM that says a day."""

_DTM: Final = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)?(?P<day>\d\d)?(?P<hour>\d\d)?(?P<minute>\d\d)?(?P<second>\d\d)?"
    r"(?:\.\d+)?(?P<zone>[+-]\d{4})?",
    re.ASCII,
)
_ZONED: Final = re.compile(r"([\d:.]+)(Z|[+-]\d\d:\d\d)", re.ASCII)
_PUNCTUATION: Final = str.maketrans("", "", "-:T")


def read(element: Element, name: str) -> str | None:
    """A date or dateTime as DTM, to the precision that was sent. Raises Refused."""
    text = element.text(name)
    return None if text is None else to_dtm(text, element, name)


def to_dtm(text: str, element: Element, name: str) -> str:
    """The DTM of a text that stands in an element. Raises Refused."""
    try:
        moments.interval(text)
    except moments.NotAMoment:
        raise element.refused("is no date that exists", name, IssueType.VALUE) from None
    date, _, time = text.partition("T")
    if not time:
        return date.translate(_PUNCTUATION)
    zoned = _ZONED.fullmatch(time)
    if zoned is None:
        raise element.refused("tells a time of day without its zone", name, IssueType.VALUE)
    clock, zone = zoned.groups()
    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    return date.translate(_PUNCTUATION) + clock.partition(".")[0].translate(_PUNCTUATION) + zone


def to_date(dtm: str) -> str | None:
    """Year, month and day as far as they are told; `None` for what is no DTM."""
    found = _DTM.fullmatch(dtm)
    return "-".join(filter(None, found.group("year", "month", "day"))) if found else None


def to_date_time(dtm: str) -> str | None:
    """The moment; without a zone only its day, since FHIR tells no time of day without one."""
    found = _DTM.fullmatch(dtm)
    if found is None or not found["minute"] or not found["zone"]:
        return to_date(dtm)
    zone = f"{found['zone'][:3]}:{found['zone'][3:]}"
    clock = f"{found['hour']}:{found['minute']}:{found['second'] or '00'}"
    return f"{to_date(dtm)}T{clock}{zone}"
