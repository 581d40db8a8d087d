"""Where the story's institutions are said to be: made up, at places that everybody knows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.demo.cast import EAST, HANBIT, HANGANG, IEUM, ISLAND, PUREUN, WEST
from naru.domain.departments import DepartmentSystem
from naru.domain.registers import DepartmentAt, Profile
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.institutions import registers

_WEEK: Final = tuple(f"{day} 09:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri"))
_SATURDAY: Final = "sat 09:00-13:00"


def _at(place: str, latitude: float, longitude: float, number: int) -> Profile:
    return Profile(
        address=f"{place} 가상로 {number}",
        telephone=f"000-0000-10{number:02}",
        latitude=latitude,
        longitude=longitude,
        hours=(*_WEEK, _SATURDAY) if number % 2 else _WEEK,
    )


_PROFILES: Final = {
    EAST.key: (_at("부산광역시 부산진구", 35.16, 129.05, 1), ("01", "04", "16", "24")),
    WEST.key: (_at("광주광역시 동구", 35.15, 126.92, 2), ("01", "06", "16", "24")),
    IEUM.key: (_at("경상남도 김해시", 35.23, 128.88, 3), ("01",)),
    PUREUN.key: (_at("전북특별자치도 전주시", 35.82, 127.13, 4), ("01", "03", "05", "16")),
    HANGANG.key: (_at("서울특별시 마포구", 37.55, 126.91, 5), ("16",)),
    ISLAND.key: (_at("경상북도 울릉군", 37.48, 130.9, 7), ("01",)),
    HANBIT.key: (_at("제주특별자치도 제주시", 33.49, 126.51, 6), ("21",)),
}


def describe(known: Mapping[str, UUID], now: datetime) -> None:
    """Say of each place of care where it is, when it serves, and which departments it has."""
    for key, institution in known.items():
        if key not in _PROFILES:
            continue  # A pharmacy stands on no map of places to be treated at.
        profile, codes = _PROFILES[key]
        departments = [DepartmentAt(system=DepartmentSystem.HIRA, code=one) for one in codes]
        access = Access(transaction="institution", caller=identify.operator(), time=now)
        registers.describe(access, institution, profile, departments)
