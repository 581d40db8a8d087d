"""People who do not exist, as several hospitals write them down: the same ones for each seed.

Their resident numbers have a month between 21 and 32, their telephone numbers begin with 0100 and
their postal codes with 9, which none has: nobody real is meant. How often each error is made is an
assumption of ours (`Errors`), not a measurement.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from naru.patients import names
from naru.patients.linkage import traits
from naru.patients.linkage.traits import Traits

TODAY: Final = date(2026, 11, 20)
_OLDEST_DAYS: Final = 34_000
_NEW: Final = 45
"""Days until a newborn has a name and a number everywhere."""

_SURNAMES: Final = {
    "김": 2150, "이": 1470, "박": 840, "최": 470, "정": 430, "강": 235, "조": 210, "윤": 205,
    "장": 200, "임": 165, "한": 155, "오": 153, "서": 151, "신": 150, "권": 140, "황": 139,
    "안": 137, "송": 136, "류": 80, "유": 60, "홍": 112, "전": 110, "고": 94, "문": 93, "손": 91,
    "양": 90, "배": 80, "백": 76, "허": 65, "남": 55, "노": 50, "심": 54, "하": 46, "곽": 40,
    "성": 40, "차": 39, "주": 39, "우": 39, "구": 39, "나": 35, "라": 5, "진": 36, "엄": 29,
    "여": 17, "염": 14, "남궁": 4, "황보": 2, "제갈": 1, "선우": 1, "독고": 1, "사공": 1,
    "서문": 1,
}  # fmt: skip
"""Of ten thousand people, roughly; written from memory and unverified."""
_FIRST: Final = "민서지하도예준시은현수영정재성경미동승유진태상혜윤선주연가나다보"
_SECOND: Final = "준서윤우진현민아은연원호영희경수지숙자철훈석환빈율림결솔온람"
_LATIN_FAMILY: Final = (
    *("Nguyen", "Tran", "Pham", "Wang", "Zhang", "Chen", "Santos", "Reyes", "Ivanova", "Karimov"),
    *("Rai", "Gurung", "Tanaka", "Suzuki", "Bold", "Smith", "Garcia", "Sharma", "Khan", "Wijaya"),
)
_LATIN_GIVEN: Final = (
    *("Van An", "Thi Hoa", "Minh", "Xiaoming", "Li Na", "Maria", "Jose Luis", "Anna", "Timur"),
    *("Bishnu", "Yuki", "Haruto", "Bataar", "John", "Elena", "Priya", "Imran", "Dewi", "Thi Lan"),
    *("Aibek", "Sofia", "Arjun", "Mei", "Oleg", "Grace", "Duc", "Linh", "Kamal", "Siti", "Noor"),
)
_ROADS: Final = "갈대물결나루여울모래바람달빛샘터돌담솔밭들꽃노을미리내가람"
_VOWELS: Final = "ㅏㅐㅓㅔㅗㅜㅡㅣㅕㅛㅠㅑ"
_INITIALS: Final = 588
_MEDIALS: Final = 28
_HARD: Final = {"이": "리", "유": "류", "임": "림", "나": "라", "노": "로", "양": "량",
                "여": "려", "염": "렴", "류": "유", "라": "나"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How often a hospital writes something wrong, old, or not at all."""

    name_slip: float = 0.02
    initial_law: float = 0.04
    mark: float = 0.01
    blank: float = 0.02
    birth_slip: float = 0.008
    month_and_day: float = 0.003
    sex_wrong: float = 0.002
    sex_missing: float = 0.01
    phone_changed: float = 0.08
    phone_slip: float = 0.008
    phone_missing: float = 0.04
    moved: float = 0.10
    place_slip: float = 0.03
    place_missing: float = 0.05
    number_missing: float = 0.12
    number_slip: float = 0.003
    number_changed: float = 0.004
    latin_order: float = 0.25
    latin_slip: float = 0.08
    hangul_for_latin: float = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as they are."""

    id: int
    name: str
    latin: bool
    born: date
    male: bool
    number: str
    phone: str
    place: str
    area: str
    multiple: bool = False


class Row(NamedTuple):
    """A record as a hospital wrote it; `person` is the truth that no matcher is told."""

    record: int
    person: int
    hospital: int
    name: str
    born: str
    sex: str
    phone: str
    place: str
    area: str
    number: str
    former: str
    multiple: bool


def of_row(row: Row) -> Traits:
    """The row as records are compared."""
    spelled = traits.spelling(row.name)
    return Traits(
        names=(spelled,) if spelled else (),
        born=traits.born(row.born),
        sex=row.sex,
        phones=traits.phones((row.phone,)) if row.phone else frozenset(),
        place=names.normal(row.place),
        area=row.area,
        number=row.number or None,
        former=frozenset((row.former,)) if row.former else frozenset(),
        temporary=traits.is_temporary(row.name),
        multiple=row.multiple,
    )


@dataclass(slots=True)
class Population:
    """`size` people in households, and what hospitals wrote of them."""

    size: int
    seed: int = 20261121
    errors: Errors = field(default_factory=Errors)
    _chance: random.Random = field(init=False)
    _given: list[str] = field(init=False)
    _given_weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311  # Repeatable, nothing secret.
        pairs = [a + b for a in _FIRST for b in _SECOND if a != b]
        self._chance.shuffle(pairs)
        self._given = pairs
        self._given_weights = [1 / (n + 12) for n in range(len(pairs))]

    def rows(self) -> Iterator[Row]:
        """Every record; seven of ten people have one, the others two or three."""
        record = 0
        for person in self.people():
            for hospital in range(self._chance.choices((1, 2, 3), (70, 22, 8))[0]):
                yield self._written(record, person, hospital)
                record += 1

    def people(self) -> Iterator[Person]:
        """Everybody, household by household."""
        made = 0
        while made < self.size:
            for person in self._household(made):
                if made < self.size:
                    yield person
                    made += 1

    def _household(self, first: int) -> Iterator[Person]:
        chance = self._chance
        place, area = self._address()
        family = self._surname()
        parent: Person | None = None
        id_ = first
        for _ in range(chance.choices((1, 2), (45, 55))[0]):
            latin = chance.random() < 0.04
            born = TODAY - timedelta(days=chance.randrange(20 * 366, _OLDEST_DAYS))
            name = self._latin_name() if latin else self._surname() + self._given_name()
            grown = self._person(id_, name, born, place, area, self._phone(), latin=latin)
            parent = parent or grown
            yield grown
            id_ += 1
        if parent is None or chance.random() < 0.55:
            return
        for _ in range(chance.choices((1, 2), (60, 40))[0]):
            for child in self._births(id_, family, parent):
                yield child
                id_ += 1

    def _births(self, first: int, family: str, parent: Person) -> Iterator[Person]:
        """One child, or twins, who share whatever a registration form asks for but the name."""
        chance = self._chance
        born = TODAY - timedelta(days=chance.randrange(19 * 365))
        several = 2 if chance.random() < 0.02 else 1
        given = self._given_name()
        for n in range(several):
            # Parents like twins' names to sound alike.
            name = family + (given if n == 0 else given[0] + chance.choice(_SECOND))
            child = self._person(
                first + n, name, born, parent.place, parent.area, parent.phone, latin=False
            )
            yield replace(child, multiple=several > 1)

    def _person(
        self, id_: int, name: str, born: date, place: str, area: str, phone: str, *, latin: bool
    ) -> Person:
        male = self._chance.random() < 0.5
        return Person(
            id=id_,
            name=name,
            latin=latin,
            born=born,
            male=male,
            number=self._number(born, male=male, foreign=latin),
            phone=phone,
            place=place,
            area=area,
        )

    def _number(self, born: date, *, male: bool, foreign: bool) -> str:
        """Thirteen digits with a month that no year has."""
        century = 2000
        digit = (5 if foreign else 1) + (2 if born.year >= century else 0) + (not male)
        tail = self._chance.randrange(1, 1_000_000)
        return f"{born:%y}{born.month + 20}{born:%d}{digit}{tail:06}"

    def _surname(self) -> str:
        return self._chance.choices(tuple(_SURNAMES), tuple(_SURNAMES.values()))[0]

    def _given_name(self) -> str:
        chance = self._chance
        if chance.random() < 0.02:
            return chance.choice(_SECOND)
        if chance.random() < 0.10:
            return chance.choice(_FIRST) + chance.choice(_SECOND)
        return chance.choices(self._given, self._given_weights)[0]

    def _latin_name(self) -> str:
        return f"{self._chance.choice(_LATIN_FAMILY)} {self._chance.choice(_LATIN_GIVEN)}"

    def _phone(self) -> str:
        return f"0100{self._chance.randrange(10_000_000):07}"

    def _address(self) -> tuple[str, str]:
        chance = self._chance
        area = f"9{chance.randrange(9_000):04}"
        road = chance.choice(_ROADS) + chance.choice(_ROADS) + chance.choice(_ROADS)
        house, door = chance.randrange(1, 300), chance.randrange(101, 2500)
        return f"{road}로 {house}, {chance.randrange(101, 110)}동 {door}호", area

    def _written(self, record: int, person: Person, hospital: int) -> Row:
        number, former = self._told_number(person)
        newborn = (TODAY - person.born).days < _NEW
        place, area = self._told_place(person)
        return Row(
            record=record,
            person=person.id,
            hospital=hospital,
            name=self._told_name(person, newborn=newborn),
            born=self._told_birth(person.born),
            sex=self._told_sex(male=person.male),
            phone=self._told_phone(person.phone),
            place=place,
            area=area,
            number="" if newborn else number,
            former=former,
            multiple=person.multiple and self._chance.random() < 0.5,
        )

    def _told_name(self, person: Person, *, newborn: bool) -> str:
        chance, errors, name = self._chance, self.errors, person.name
        if newborn and chance.random() < 0.6:
            return f"{name[0]}아기"
        if person.latin:
            return self._told_latin(name)
        if chance.random() < errors.initial_law and name[0] in _HARD:
            name = _HARD[name[0]] + name[1:]
        if chance.random() < errors.name_slip:
            name = self._slipped(name)
        if chance.random() < errors.blank:
            name = f"{name[0]} {name[1:]}"
        if chance.random() < errors.mark:
            name += chance.choice(("(1)", "A", "(A)"))
        return name

    def _told_latin(self, name: str) -> str:
        chance, errors = self._chance, self.errors
        if chance.random() < errors.hangul_for_latin:
            return "".join(chance.choice("응웬반안티호아민린쩐팜왕장천") for _ in range(4))
        if chance.random() < errors.latin_slip:
            at = chance.randrange(1, len(name) - 1)
            name = name[:at] + chance.choice("aeioumnh") + name[at + chance.randrange(2) :]
        if chance.random() < errors.latin_order:
            name = " ".join([*name.split()[1:], name.split()[0]])
        return name.upper() if chance.random() < 0.6 else name

    def _slipped(self, name: str) -> str:
        """One jamo of the given name typed wrong: another vowel, or a final more or less."""
        at = self._chance.randrange(1, len(name))
        code = ord(name[at]) - 0xAC00
        initial, medial, final = code // _INITIALS, code % _INITIALS // _MEDIALS, code % _MEDIALS
        if self._chance.random() < 0.6:
            medial = self._chance.choice([n for n in (0, 1, 4, 5, 8, 13, 18, 20) if n != medial])
        else:
            final = self._chance.choice([n for n in (0, 1, 4, 8, 16, 17, 21) if n != final])
        letter = chr(0xAC00 + initial * _INITIALS + medial * _MEDIALS + final)
        return name[:at] + letter + name[at + 1 :]

    def _told_birth(self, born: date) -> str:
        chance, errors = self._chance, self.errors
        written = f"{born:%Y%m%d}"
        if chance.random() < errors.month_and_day:
            return f"{born:%Y%d%m}"
        return self._slipped_digits(written, 2) if chance.random() < errors.birth_slip else written

    def _slipped_digits(self, digits: str, first: int) -> str:
        """One digit wrong, or two neighbours swapped."""
        at = self._chance.randrange(first, len(digits) - 1)
        if self._chance.random() < 0.5:
            return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        return digits[:at] + str(self._chance.randrange(10)) + digits[at + 1 :]

    def _told_sex(self, *, male: bool) -> str:
        if self._chance.random() < self.errors.sex_missing:
            return ""
        return "M" if male is (self._chance.random() >= self.errors.sex_wrong) else "F"

    def _told_phone(self, phone: str) -> str:
        chance, errors = self._chance, self.errors
        if chance.random() < errors.phone_missing:
            return ""
        if chance.random() < errors.phone_changed:
            return self._phone()
        return self._slipped_digits(phone, 4) if chance.random() < errors.phone_slip else phone

    def _told_place(self, person: Person) -> tuple[str, str]:
        chance, errors = self._chance, self.errors
        if chance.random() < errors.place_missing:
            return "", ""
        if chance.random() < errors.moved:
            return self._address()
        if chance.random() < errors.place_slip:
            return person.place.replace("동 ", "-").replace("호", ""), person.area
        return person.place, person.area

    def _told_number(self, person: Person) -> tuple[str, str]:
        chance, errors, number = self._chance, self.errors, person.number
        if chance.random() < errors.number_missing:
            return "", ""
        if chance.random() < errors.number_changed:
            changed = number[:7] + f"{chance.randrange(1, 1_000_000):06}"
            return changed, number if chance.random() < 0.5 else ""
        if chance.random() < errors.number_slip:
            return self._slipped_digits(number, 7), ""
        return number, ""
