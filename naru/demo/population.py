"""People who do not exist: the same ones at every start, from one seed.

Their resident numbers have a thirteenth month, so that none is anybody's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from naru.domain.person import Gender

SEED: Final = 20261120
SIZE: Final = 200

_SURNAMES: Final = (
    *("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권"),
    *("황", "안", "송", "류", "홍", "남궁", "황보", "제갈", "선우", "독고", "사공", "서문"),
)
_FIRST: Final = ("하", "서", "도", "지", "민", "은", "가", "나", "다", "보", "시", "예", "유", "태")
_SECOND: Final = (
    "늘",
    "윤",
    "담",
    "솔",
    "온",
    "람",
    "빛",
    "진",
    "현",
    "영",
    "아",
    "원",
    "결",
    "슬",
)
_OLDEST: Final = date(1931, 1, 1)
_DAYS: Final = 33_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of them. `number` counts from 1; the first is the patient of the story."""

    number: int
    family: str
    given: str
    gender: Gender
    born: date
    telephone: str = ""

    @property
    def name(self) -> str:
        """The whole name; never split again by counting syllables."""
        return self.family + self.given

    @property
    def resident_number(self) -> str:
        """Thirteen digits with a month that no year has."""
        century = 3 if self.born.year >= 2000 else 1  # noqa: PLR2004  # The digit's own rule.
        digit = century if self.gender is Gender.MALE else century + 1
        return f"{self.born:%y}13{self.born:%d}{digit}{self.number:06d}"

    @property
    def affinity_number(self) -> str:
        """The number by which every hospital of the exchange knows the person."""
        return f"TEST-P{self.number:06d}"

    def chart_number(self, hospital: str) -> str:
        """The hospital's own number (등록번호)."""
        return f"TEST-{hospital.upper()}-{self.number:05d}"


PATIENT: Final = Person(
    number=1,
    family="김",
    given="하늘",
    gender=Gender.FEMALE,
    born=date(1968, 4, 11),
    telephone="010-0000-0101",
)


MOTHER: Final = Person(
    number=2,
    family="한",
    given="가람",
    gender=Gender.FEMALE,
    born=date(1991, 9, 3),
    telephone="010-0000-0102",
)
INFANT: Final = Person(
    number=3, family="남궁", given="다온", gender=Gender.MALE, born=date(2026, 1, 14)
)
ELDER: Final = Person(
    number=4,
    family="박",
    given="서윤",
    gender=Gender.MALE,
    born=date(1942, 5, 20),
    telephone="010-0000-0104",
)
ISLANDER: Final = Person(
    number=5, family="황보", given="보영", gender=Gender.FEMALE, born=date(1944, 2, 8)
)
"""She has no telephone."""

NEWCOMER: Final = Person(
    number=6,
    family="서",
    given="도원",
    gender=Gender.MALE,
    born=date(1985, 10, 27),
    telephone="010-0000-0106",
)
"""Known at a hospital, and without an account."""

TOLD: Final = (PATIENT, MOTHER, INFANT, ELDER, ISLANDER, NEWCOMER)
"""Who plays in a story, by their numbers."""


def population(size: int = SIZE, seed: int = SEED) -> tuple[Person, ...]:
    """Who plays in a story and everyone else."""
    return (*TOLD, *_others(size, random.Random(seed)))  # noqa: S311  # To repeat, not to hide.


def _others(size: int, chance: random.Random) -> Iterator[Person]:
    for number in range(len(TOLD) + 1, size + 1):
        yield Person(
            number=number,
            family=chance.choice(_SURNAMES),
            given=chance.choice(_FIRST) + chance.choice(_SECOND),
            gender=chance.choice((Gender.FEMALE, Gender.MALE)),
            born=_OLDEST + timedelta(days=chance.randrange(_DAYS)),
        )
