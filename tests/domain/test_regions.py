"""Places, how far it is between them, and in which region an address lies."""

import pytest

from naru.domain.regions import Point, distance_km, outline, places, region_of, table


def test_there_are_all_regions_and_every_place_once() -> None:
    assert len(table().regions) == 17
    assert len(places()) == sum(len(one.places) for one in table().regions) == 229
    assert table().status == "unofficial"


def test_every_place_lies_on_the_drawn_land_or_at_its_shore() -> None:
    for place in places().values():
        nearest = min(distance_km(place.point, corner) for ring in outline() for corner in ring)
        assert nearest < 25 or any(_holds(ring, place.point) for ring in outline()), place


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [("11-중구", "26-중구", 325), ("50-제주시", "46-목포시", 146), ("47-울릉군", "47-울진군", 145)],
)
def test_distances_are_those_of_the_atlas(one: str, other: str, km: int) -> None:
    known = places()

    assert distance_km(known[one].point, known[other].point) == pytest.approx(km, rel=0.03)
    assert distance_km(known[one].point, known[one].point) == 0


@pytest.mark.parametrize(
    ("address", "point", "code"),
    [
        ("강원도 춘천시 가상로 1", None, "51"),
        ("서울 중구 가상로 1", None, "11"),
        ("전북특별자치도 전주시", Point(33.5, 126.5), "52"),
        ("가상로 1", Point(33.4, 126.4), "50"),
        ("", None, None),
        ("가상로 1", Point(0.0, 0.0), None),
    ],
)
def test_a_region_is_that_of_the_address_else_of_the_nearest_place(
    address: str, point: Point | None, code: str | None
) -> None:
    found = region_of(address, point)

    assert (found and found.code) == code


def _holds(ring: tuple[Point, ...], point: Point) -> bool:
    inside = False
    for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (one.latitude > point.latitude) is not (other.latitude > point.latitude):
            part = (point.latitude - one.latitude) / (other.latitude - one.latitude)
            crossing = one.longitude + part * (other.longitude - one.longitude)
            inside ^= point.longitude < crossing
    return inside
