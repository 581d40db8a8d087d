"""FHIR date, dateTime and instant beside DTM (ITI TF-3 Table 4.2.3.1.7-2).

A DTM is in UTC and knows seconds at most: zones are turned into UTC and fractions cut off. FHIR
knows no time to the hour or the minute alone; such a DTM is written as its first instant.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from naru.domain import dtm
from naru.formats.fhir.mhd.element import Element

_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)


def from_fhir(element: Element, name: str) -> str | None:
    """The DTM of a date, dateTime or instant child."""
    text = element.text(name)
    if text is None:
        return None
    try:
        found = _written(text)
        dtm.interval(found)
    except (ValueError, OverflowError):
        raise element.invalid("must be a date, or a time with seconds and zone", name) from None
    return found


def _written(text: str) -> str:
    if _DATE.fullmatch(text):
        return text.replace("-", "")
    parts = _TIME.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(parts[1] + parts[3]).astimezone(UTC)
    return f"{moment.year:04}{moment:%m%d%H%M%S}"


@lru_cache(maxsize=4096)  # Days come again and again, and a time alone says nothing of anybody.
def to_fhir(text: str | None) -> str | None:
    """The date or dateTime of a DTM; `None` for what is no DTM."""
    if text is None:
        return None
    try:
        start = dtm.earliest(text)
    except dtm.InvalidDtm:
        return None
    day = [f"{start.year:04}", f"{start:%m}", f"{start:%d}"]
    if len(text) <= len("YYYYMMDD"):
        return "-".join(day[: len(text) // 2 - 1])
    return "-".join(day) + f"T{start:%H:%M:%S}Z"
