"""시·도 and 시·군·구, where they roughly lie, and how far it is from place to place: as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

EARTH_KM: Final = 6_371.0
"""The mean radius."""

NEAR_KM: Final = 60.0
"""As far from the middle of every place as somewhere in Korea may lie."""


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere on the earth (WGS 84), in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A 시·군·구; `key` is the region's code and the name, as `11-종로구`."""

    key: str
    name: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A 시·도 by its two digits; `also` are the other names with which addresses begin."""

    code: str
    korean: str
    english: str
    also: frozenset[str]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The whole table, in its own order."""

    version: str
    status: str
    regions: tuple[Region, ...]


@cache
def table() -> Regions:
    """What the data file says."""
    read = _read("regions.json")
    return Regions(
        version=read["version"],
        status=read["status"],
        regions=tuple(
            Region(
                code=row["code"],
                korean=row["ko"],
                english=row["en"],
                also=frozenset(row["also"]),
                places=tuple(
                    Place(key=f"{row['code']}-{name}", name=name, point=Point(north, east))
                    for name, north, east in row["places"]
                ),
            )
            for row in read["regions"]
        ),
    )


@cache
def places() -> Mapping[str, Place]:
    """Every place by its key."""
    return {place.key: place for region in table().regions for place in region.places}


@cache
def outline() -> tuple[tuple[Point, ...], ...]:
    """The rings of the land, to draw on."""
    rings = _read("outline.json")["rings"]
    return tuple(tuple(Point(north, east) for east, north in ring) for ring in rings)


def region_of(address: str, point: Point | None = None) -> Region | None:
    """The 시·도 with whose name an address begins; else that of the nearest place; else None."""
    first = address.split(maxsplit=1)[:1]
    for one in table().regions:
        if first and (first[0] == one.korean or first[0] in one.also):
            return one
    if point is None:
        return None
    nearest = min(places().values(), key=lambda place: distance_km(place.point, point))
    if distance_km(nearest.point, point) > NEAR_KM:
        return None
    return region(nearest.key.partition("-")[0])


def region(code: str) -> Region | None:
    """The 시·도 of this code."""
    return next((one for one in table().regions if one.code == code), None)


def distance_km(one: Point, other: Point) -> float:
    """The way between two points along a great circle, in kilometres."""
    north, south = radians(one.latitude), radians(other.latitude)
    up, along = (south - north) / 2, radians(other.longitude - one.longitude) / 2
    chord = sin(up) ** 2 + cos(north) * cos(south) * sin(along) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def _read(name: str) -> Any:
    file = resources.files("naru.domain") / "data" / name
    return json.loads(file.read_text("utf-8"))
