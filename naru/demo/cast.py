"""Where it plays: two hubs, their members, bodies that receive. All made up; OIDs under 2.999.

Numbers carry the prefix TEST-, so that none can be taken for a real 요양기관기호.
"""

from dataclasses import dataclass
from typing import Final

ROOT: Final = "2.999.8282"
"""Under ISO's arc for examples (2.999), where nothing real is ever registered."""

AFFINITY_DOMAIN: Final = f"{ROOT}.1"
RESIDENT_NUMBERS: Final = f"{ROOT}.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """거점의료기관 with its document repository."""

    key: str
    name: str
    repository_name: str
    oid: str
    repository_oid: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A hospital with the authority of its own patient numbers; `key` names its files."""

    key: str
    name: str
    hub: Hub
    oid: str
    numbers: str
    code: str
    telephone: str
    department: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """기관: somebody who is handed documents and treats nobody."""

    key: str
    name: str
    oid: str
    code: str


def _hub(key: str, name: str, repository_name: str, number: int) -> Hub:
    return Hub(
        key=key,
        name=name,
        repository_name=repository_name,
        oid=f"{ROOT}.10.{number}",
        repository_oid=f"{ROOT}.11.{number}",
        code=f"TEST-1000000{number}",
    )


def _hospital(key: str, name: str, hub: Hub, number: int, department: tuple[str, str]) -> Hospital:
    return Hospital(
        key=key,
        name=name,
        hub=hub,
        oid=f"{ROOT}.20.{number}",
        numbers=f"{ROOT}.20.{number}.1",
        code=f"TEST-2000000{number}",
        telephone=f"000-0000-000{number}",
        department=department,
    )


EAST: Final = _hub("east", "동부거점병원", "동부 거점문서저장소", 1)
WEST: Final = _hub("west", "서부거점병원", "서부 거점문서저장소", 2)
HUBS: Final = (EAST, WEST)

IEUM: Final = _hospital("ieum", "이음내과의원", EAST, 1, ("01", "내과"))
PUREUN: Final = _hospital("pureun", "푸른대학교병원", WEST, 2, ("01", "내과"))
HANGANG: Final = _hospital("hangang", "한강영상의학과의원", EAST, 3, ("16", "영상의학과"))
HANBIT: Final = _hospital("hanbit", "한빛재활병원", WEST, 4, ("21", "재활의학과"))
ISLAND: Final = _hospital("island", "솔섬보건지소", WEST, 5, ("01", "내과"))
PHARMACY: Final = _hospital("pharmacy", "바른약국", EAST, 6, ("90", "약국"))
HOSPITALS: Final = (IEUM, PUREUN, HANGANG, HANBIT, ISLAND)
MEMBERS: Final = (*HOSPITALS, PHARMACY)


def _body(key: str, name: str, number: int) -> Body:
    return Body(key=key, name=name, oid=f"{ROOT}.30.{number}", code=f"TEST-3000000{number}")


MMA: Final = _body("mma", "병무청 (모의)", 1)
COMWEL: Final = _body("comwel", "근로복지공단 (모의)", 2)
MPVA: Final = _body("mpva", "국가보훈부 (모의)", 3)
INSURER: Final = _body("insurer", "바른손해보험 (모의)", 4)
HIRA: Final = _body("hira", "건강보험심사평가원 (모의)", 5)
AGENCIES: Final = (MMA, COMWEL, MPVA)
BODIES: Final = (*AGENCIES, INSURER, HIRA)
