"""A map of our own making: the land's outline and dots, as SVG, without asking any map service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Final

from naru.domain.regions import Point, Region, outline

_NORTH: Final = 38.75
_WEST: Final = 124.4
_SCALE: Final = 100
"""Units to a degree of latitude."""

_NARROW: Final = cos(radians(36.3))
"""How much shorter a degree of longitude is in the middle of the country."""

WHOLE: Final = (0, 0, 535, 570)
"""The view of the whole country: left, top, width, height."""

_LEAST: Final = 60
"""Units of the narrowest view, about 65 km."""

_MARGIN: Final = 12
_DOT: Final = 0.012
_NUMBERED: Final = 0.024
"""A dot's radius, by the width of the view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """Something on the map; with a number where the list beside it has one."""

    x: float
    y: float
    radius: float
    number: str = ""
    low: float = 0.0
    """Where the number's line stands, so that it is in the dot's middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """What the template draws; `here` is the place from which it is measured."""

    view: str
    land: str
    size: float
    dots: tuple[Dot, ...]
    here: Dot | None


def drawn(
    numbered: Sequence[Point | None],
    others: Iterable[Point],
    here: Point | None,
    region: Region | None,
) -> Map:
    """The map of those that the list shows, by their numbers, and of the others."""
    view = _view(numbered, here, region)
    small, large = view[2] * _DOT, view[2] * _NUMBERED
    dots = [_dot(point, small) for point in others]
    # Drawn from the last to the first, so that the first are never hidden by others.
    for number, point in reversed([*enumerate(numbered, start=1)]):
        if point is not None:
            dots.append(_dot(point, large, str(number)))
    return Map(
        view=" ".join(f"{one:g}" for one in view),
        land=_land(),
        size=round(large * 1.1, 2),
        dots=tuple(dots),
        here=None if here is None else _dot(here, large),
    )


def _view(
    numbered: Sequence[Point | None], here: Point | None, region: Region | None
) -> tuple[float, float, float, float]:
    points = [one for one in numbered if one is not None]
    if region is not None:
        points += [place.point for place in region.places]
    if here is not None:
        points.append(here)
    if region is None and here is None:
        return WHOLE
    places = [_placed(one) for one in points]
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    size = max(right - left, bottom - top, _LEAST) + 2 * _MARGIN
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return round(middle_x - size / 2, 1), round(middle_y - size / 2, 1), size, size


def _dot(point: Point, radius: float, number: str = "") -> Dot:
    x, y = _placed(point)
    return Dot(
        x=round(x, 1),
        y=round(y, 1),
        radius=round(radius, 2),
        number=number,
        low=round(y + radius * 0.38, 2),
    )


def _placed(point: Point) -> tuple[float, float]:
    across = (point.longitude - _WEST) * _NARROW * _SCALE
    return across, (_NORTH - point.latitude) * _SCALE


@cache
def _land() -> str:
    return "".join(
        "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in map(_placed, ring)) + "Z"
        for ring in outline()
    )
