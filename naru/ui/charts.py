"""Charts as SVG that the server makes: pure functions of values, read aloud by title and words.

No colour says anything alone, and nothing is styled in place (the pages' policy forbids it): each
part has a class of the stylesheet. Whatever words come in are escaped.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Words = str | Promise

MOST: Final = 400
"""Points, bars or dots of one chart; of more, the caller shows a part and says so."""

_LONGEST: Final = 480.0
_EDGE: Final = 14.0
_CLOSEST: Final = 0.02
"""Degrees that a map shows at least."""

_NAME: Final = re.compile(r"[A-Za-z][\w-]{0,80}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A value at a time; `words` say it with its unit, `day` when it was."""

    when: datetime
    value: float
    words: Words
    day: Words = ""


@dataclass(frozen=True, slots=True)
class Range:
    """Within which a value is usual; an end that is None is open."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A named amount, zero or more."""

    name: Words
    value: float
    words: Words


@dataclass(frozen=True, slots=True)
class Dot:
    """A place by degrees of longitude and latitude; `chosen` is drawn filled and larger."""

    east: float
    north: float
    name: Words
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of the drawing in which values stand, and how they are put there."""

    left: float
    top: float
    width: float
    height: float
    first: float
    last: float
    low: float
    high: float

    def x(self, at: float) -> float:
        if self.last == self.first:
            return round(self.left + self.width / 2, 1)
        return round(self.left + self.width * (at - self.first) / (self.last - self.first), 1)

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return round(self.top + self.height * (1 - part), 1)


def sparkline(
    readings: Sequence[Reading], usual: Range | None, *, name: str, title: Words, told: Words
) -> SafeString:
    """The course of a value in the space of a word, its usual range behind it.

    `name` is the id of the drawing, once on its page; `told` says the course in a sentence.
    Nothing of no readings.
    """
    if not readings:
        return SafeString("")
    frame = _frame(readings, usual, (3, 4, 94, 32))
    inner = format_html(
        "{}{}{}", _band(frame, usual), _line(frame, readings), _mark(frame, readings[-1], "4")
    )
    return _svg("spark", (100, 40), inner, name=name, title=title, told=told)


def line(
    readings: Sequence[Reading], usual: Range | None, *, name: str, title: Words, told: Words
) -> SafeString:
    """The course of a value with its ends written beside it; each point says itself."""
    if not readings:
        return SafeString("")
    frame = _frame(readings, usual, (48, 10, 300, 118))
    marks = format_html_join("", "{}", ((_mark(frame, one, "4.5"),) for one in readings))
    values = _values(readings, usual)
    scale = format_html_join(
        "",
        '<text class="chart-word" x="42" y="{}" text-anchor="end">{}</text>',
        ((frame.y(value) + 5, f"{value:g}") for value in sorted({min(values), max(values)})),
    )
    inner = format_html(
        "{}{}{}{}{}", _band(frame, usual), _line(frame, readings), marks, scale, _days(readings)
    )
    return _svg("chart", (360, 160), inner, name=name, title=title, told=told)


def bars(rows: Sequence[Bar], *, title: Words) -> SafeString:
    """Amounts beneath each other: a list whose names may be long, each bar beside its words."""
    if not rows:
        return SafeString("")
    _bounded(rows)
    most = max(*(one.value for one in rows), 1e-9)
    drawn = format_html_join(
        "",
        '<li><span>{}</span> <strong class="num">{}</strong>'
        '<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="chart-bar" width="{}" height="4"/></svg></li>',
        ((one.name, one.words, round(max(one.value, 0) / most * 100, 1)) for one in rows),
    )
    return format_html('<ul class="chart-bars" aria-label="{}">{}</ul>', title, drawn)


def dots(
    places: Sequence[Dot],
    *,
    name: str,
    title: Words,
    told: Words,
    outlines: Sequence[Sequence[tuple[float, float]]] = (),
) -> SafeString:
    """Places as dots, north up, each saying its name; `outlines` are borders drawn behind them.

    It needs no map of anybody's: degrees are put on paper evenly, a degree of longitude as wide as
    it is at the middle's latitude.
    """
    if not places:
        return SafeString("")
    _bounded(places)
    every = [(one.east, one.north) for one in places]
    paper = _paper([*every, *(point for one in outlines for point in one)])
    shapes = format_html_join(
        "",
        '<polygon class="chart-land" points="{}"/>',
        ((" ".join("{},{}".format(*paper.put(*point)) for point in one),) for one in outlines),
    )
    drawn = format_html_join(
        "",
        '<circle class="chart-dot{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        (
            (
                " chart-chosen" if one.chosen else "",
                *paper.put(one.east, one.north),
                radius,
                one.name,
            )
            for one in sorted(places, key=lambda one: one.chosen)
            for radius in ("9" if one.chosen else "5.5",)
        ),
    )
    inner = format_html("{}{}", shapes, drawn)
    return _svg(
        "chart chart-map", (paper.width, paper.height), inner, name=name, title=title, told=told
    )


def _bounded(drawn: Sequence[object]) -> None:
    if len(drawn) > MOST:
        raise ValueError(f"a chart shows no more than {MOST}")


def _frame(
    readings: Sequence[Reading], usual: Range | None, box: tuple[float, float, float, float]
) -> _Frame:
    _bounded(readings)
    values = _values(readings, usual)
    low, high = min(values), max(values)
    space = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    times = [one.when.timestamp() for one in readings]
    return _Frame(*box, first=min(times), last=max(times), low=low - space, high=high + space)


def _values(readings: Sequence[Reading], usual: Range | None) -> list[float]:
    """What the drawing reaches from and to: the values, and the ends of what is usual."""
    ends = () if usual is None else (usual.low, usual.high)
    return [*(one.value for one in readings), *(end for end in ends if end is not None)]


def _band(frame: _Frame, usual: Range | None) -> SafeString:
    if usual is None or (usual.low is None and usual.high is None):
        return SafeString("")
    top = frame.top if usual.high is None else frame.y(usual.high)
    bottom = frame.top + frame.height if usual.low is None else frame.y(usual.low)
    return format_html(
        '<rect class="chart-usual" x="{}" y="{}" width="{}" height="{}"/>',
        frame.left,
        top,
        frame.width,
        round(max(bottom - top, 1), 1),
    )


def _line(frame: _Frame, readings: Sequence[Reading]) -> SafeString:
    in_time = sorted(readings, key=lambda one: one.when)
    points = " ".join(f"{frame.x(one.when.timestamp())},{frame.y(one.value)}" for one in in_time)
    return format_html('<polyline class="chart-line" points="{}"/>', points)


def _mark(frame: _Frame, one: Reading, radius: str) -> SafeString:
    return format_html(
        '<circle class="chart-mark" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        frame.x(one.when.timestamp()),
        frame.y(one.value),
        radius,
        f"{one.day} {one.words}".strip(),
    )


def _days(readings: Sequence[Reading]) -> SafeString:
    in_time = sorted(readings, key=lambda one: one.when)
    ends = ((in_time[0], "48", "start"), (in_time[-1], "348", "end"))
    shown = ends if len(in_time) > 1 else ends[1:]
    return format_html_join(
        "",
        '<text class="chart-word" x="{}" y="152" text-anchor="{}">{}</text>',
        ((x, anchor, one.day) for one, x, anchor in shown),
    )


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where degrees come to lie, north up."""

    west: float
    north: float
    across: float
    scale: float
    width: float
    height: float

    def put(self, east: float, north: float) -> tuple[float, float]:
        x = _EDGE + (east - self.west) * self.across * self.scale
        return round(x, 1), round(_EDGE + (self.north - north) * self.scale, 1)


def _paper(points: Sequence[tuple[float, float]]) -> _Paper:
    west, east = _span([x for x, _ in points])
    south, north = _span([y for _, y in points])
    across = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * across, north - south
    scale = (_LONGEST - 2 * _EDGE) / max(wide, high)
    width, height = (round(side * scale + 2 * _EDGE, 1) for side in (wide, high))
    return _Paper(west, north, across, scale, width, height)


def _span(along: Sequence[float]) -> tuple[float, float]:
    """From the first to the last, but never so close that one place alone fills the paper."""
    short = max(_CLOSEST - (max(along) - min(along)), 0) / 2
    return min(along) - short, max(along) + short


def _svg(
    kind: str, size: tuple[float, float], inner: SafeString, *, name: str, title: Words, told: Words
) -> SafeString:
    if not _NAME.fullmatch(name):
        raise ValueError("the name of a drawing is an id")
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-told">'
        '<title id="{}-title">{}</title><desc id="{}-told">{}</desc>{}</svg>',
        *(kind, *size, name, name, name, title, name, told, inner),
    )
