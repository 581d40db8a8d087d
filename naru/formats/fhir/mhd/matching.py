"""Search values beside attributes of Document Sharing metadata (FHIR R4 3.1.1.4, MHD 2:3.67.4.1.3).

Times go to the stored query, which compares first instants: `ge` and `le` ask for half-open ranges
as ITI-18 knows them. What ITI-18 cannot ask for, a code without a system, a part of a name, is
compared here with what it found.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.hl7_v2_names import component, unescape
from naru.domain.stored_query import TimeRange
from naru.domain.xds import Author, AvailabilityStatus
from naru.formats.fhir import values
from naru.formats.fhir.mhd import codes
from naru.formats.fhir.moments import Interval
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, Search
from naru.formats.fhir.values import DateValue, Prefix, Token

_BOTH: Final = {Prefix.EQUAL, Prefix.APPROXIMATELY}
_FROM: Final = {Prefix.GREATER_OR_EQUAL, Prefix.GREATER, Prefix.STARTS_AFTER, *_BOTH}
_TO: Final = {Prefix.LESS_OR_EQUAL, Prefix.LESS, Prefix.ENDS_BEFORE, *_BOTH}
_FROM_ITS_END: Final = {Prefix.GREATER, Prefix.STARTS_AFTER}
_TO_ITS_END: Final = {Prefix.LESS_OR_EQUAL, *_BOTH}
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_ABOUT: Final = 10
"""FHIR R4 3.1.1.4.5: a date is approximate to a tenth of the time between it and now."""


def status(asked: Asked, meant: Mapping[str, AvailabilityStatus]) -> tuple[AvailabilityStatus, ...]:
    """The statuses that are asked for; a code that means none is refused."""
    given = [values.token(one).code or "" for one in asked.values]
    if any(code not in meant for code in given):
        raise refused(IssueType.CODE_INVALID, "The status is not one of MHD.", asked.name)
    return tuple(dict.fromkeys(meant[code] for code in given))


def time_range(search: Search, name: str, now: datetime) -> TimeRange:
    """All the occurrences of a date together, as one range of ITI-18.

    `ne` is no range: `is_another_time` compares it with what was found.
    """
    starts: list[datetime] = []
    ends: list[datetime] = []
    for asked in search.all(name):
        low, high = _range(asked, now)
        starts += [low] if low else []
        ends += [high] if high else []
    return TimeRange(
        dtm.from_datetime(_next_second(max(starts))) if starts else None,
        dtm.from_datetime(_next_second(min(ends))) if ends else None,
    )


def _range(asked: Asked, now: datetime) -> tuple[datetime | None, datetime | None]:
    given = _date(asked)
    interval = given.interval
    if given.prefix is Prefix.APPROXIMATELY:
        interval = _about(interval, now)
    low = interval.high if given.prefix in _FROM_ITS_END else interval.low
    high = interval.high if given.prefix in _TO_ITS_END else interval.low
    return (
        low if given.prefix in _FROM else None,
        high if given.prefix in _TO else None,
    )


def _date(asked: Asked) -> DateValue:
    if len(asked.values) > 1:
        raise refused(IssueType.NOT_SUPPORTED, "One date is asked for at a time.", asked.name)
    return values.date(asked.values[0], asked.name)


def _about(interval: Interval, now: datetime) -> Interval:
    away = max(interval.low - now, now - interval.high, timedelta()) / _ABOUT
    return Interval(
        low=interval.low - min(away, interval.low - _FIRST),
        high=interval.high + min(away, _LAST - interval.high),
    )


def is_another_time(asked: Asked, times: Iterable[str | datetime | None]) -> bool:
    """Whether a date that is asked for by `ne` does not hold all of these times, DTM or moments.

    Of any other prefix it says nothing. What has no time is not asked for by any (R4 3.1.1.4.5).
    """
    given = _date(asked)
    if given.prefix is not Prefix.NOT_EQUAL:
        return True
    moments = [one if isinstance(one, datetime) else dtm.earliest(one) for one in times if one]
    held = [given.interval.low <= one < given.interval.high for one in moments]
    return bool(held) and not all(held)


def _next_second(moment: datetime) -> datetime:
    """DTM knows no fractions: t >= 1.5 s and t < 1.5 s are those of 2 s."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)


def is_within(moment: datetime | None, times: TimeRange) -> bool:
    """Whether the moment lies in the half-open range."""
    if moment is None:
        return times == TimeRange()
    after = times.start is None or moment >= dtm.earliest(times.start)
    return after and (times.end is None or moment < dtm.earliest(times.end))


def alternatives(asked: Asked | None) -> tuple[Code, ...]:
    """The codes that ITI-18 can ask for; `()` where one of the tokens is no whole code."""
    tokens = [values.token(one) for one in asked.values] if asked else []
    if not all(one.system and one.code for one in tokens):
        return ()
    return tuple(Code(one.code or "", codes.scheme(one.system or "")) for one in tokens)


def all_alternatives(search: Search, name: str) -> tuple[tuple[Code, ...], ...]:
    """The alternatives of each occurrence, all of which have to fit."""
    return tuple(found for one in search.all(name) if (found := alternatives(one)))


def first_alternatives(search: Search, name: str) -> tuple[Code, ...]:
    """The alternatives of the first occurrence, for what has one code."""
    return next(iter(all_alternatives(search, name)), ())


def has_code(asked: Asked, found: Iterable[Code | None]) -> bool:
    """Whether one of the codes is one that is asked for."""
    tokens = [values.token(one) for one in asked.values]
    return any(_is_code(token, code) for code in found if code for token in tokens)


def _is_code(token: Token, code: Code) -> bool:
    if token.code is not None and token.code != code.code:
        return False
    return token.system is None or codes.scheme(token.system) == code.scheme


def has_identifier(asked: Asked, found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of the Identifiers is one that is asked for."""
    tokens = [values.token(one) for one in asked.values]
    return any(_is_identifier(token, one) for one in found for token in tokens)


def _is_identifier(token: Token, identifier: Mapping[str, Any]) -> bool:
    if token.code is not None and token.code != identifier.get("value"):
        return False
    return token.system is None or token.system == identifier.get("system", "")


def has_name(asked: Asked, authors: Iterable[Author], part: Callable[[str], str]) -> bool:
    """Whether a part of an authorPerson's name is as asked."""
    names = [part(author.person) for author in authors if author.person]
    return any(_is_name(asked, name) for name in names if name)


def family(xcn: str) -> str:
    """The last name of an XCN."""
    return unescape(component(xcn.split("^"), 1))


def given(xcn: str) -> str:
    """The given names of an XCN."""
    parts = xcn.split("^")
    return unescape(" ".join(one for one in (component(parts, 2), component(parts, 3)) if one))


def _is_name(asked: Asked, name: str) -> bool:
    texts = [values.unescape(one) for one in asked.values]
    if asked.modifier == "exact":
        return name in texts
    plain = _plain(name)
    if asked.modifier == "contains":
        return any(_plain(text) in plain for text in texts)
    return any(plain.startswith(_plain(text)) for text in texts)


def _plain(text: str) -> str:
    """Without case and accents (FHIR R4 3.1.1.4.3). Hangul has none to lose."""
    parts = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare)
