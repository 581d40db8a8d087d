"""What of a record says whose it is, brought into the form in which records are compared."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from naru.domain.person import Address, Demographics, Gender, PersonName
from naru.patients import names
from naru.patients.linkage.conventions import conventions
from naru.patients.terms import birth_digits, telecom

_DAY: Final = 8
MOST: Final = 4
"""Names and telephone numbers of one record that are compared; few have more, and no sender costs
us more than that."""
_NOBODYS: Final = frozenset[Hashable]()


@dataclass(frozen=True, slots=True)
class Spelling:
    """One name. `whole` is its normal form, words of other scripts than Hangul in one order.

    `jamo` is what is typed for it, its head as the 두음법칙 softens it.
    """

    whole: str
    jamo: str
    words: frozenset[str]
    hangul: bool


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of a record; what it does not tell is empty.

    `number` and `former` stand for a 주민등록번호 or 외국인등록번호 now and before: tokens, where a
    store keeps them; only numbers that are one person's own. `temporary` is a record of somebody
    who has no name or is not known yet; `multiple` one that was born with another.
    """

    names: tuple[Spelling, ...] = ()
    born: str = ""
    sex: str = ""
    phones: frozenset[str] = frozenset()
    place: str = ""
    area: str = ""
    number: Hashable = None
    former: frozenset[Hashable] = _NOBODYS
    temporary: bool = False
    multiple: bool = False


def of(
    told: Demographics, number: Hashable = None, former: frozenset[Hashable] = _NOBODYS
) -> Traits:
    """What a record tells, with the tokens of its number and of the numbers before it."""
    texts = [_text(one) for one in told.names[:MOST]]
    place, area = _address(told.addresses)
    return Traits(
        names=tuple(dict.fromkeys(filter(None, map(spelling, texts)))),
        born=born(told.birth_time or ""),
        sex=told.gender if told.gender in {Gender.MALE, Gender.FEMALE} else "",
        phones=phones(one.value for one in told.telecoms[:MOST]),
        place=place,
        area=area,
        number=number,
        former=former,
        temporary=any(map(is_temporary, texts)),
        multiple=bool(told.multiple_birth),
    )


def _text(name: PersonName) -> str:
    return name.text or " ".join(filter(None, [name.family, *name.given]))


@lru_cache(maxsize=65_536)
def spelling(text: str) -> Spelling | None:
    """A name as it is compared; `None` where the text names nobody."""
    bare = text
    for mark in conventions().temporary_marks:
        bare = bare.replace(mark, " ")
    whole = names.normal(bare)
    if not whole:
        return None
    hangul = any("가" <= letter <= "힣" for letter in whole)
    words = frozenset(filter(None, map(names.normal, bare.split())))
    if not hangul:
        whole = "".join(sorted(words))
    return Spelling(whole, names.jamo(whole), words if len(words) > 1 else frozenset(), hangul)


@lru_cache(maxsize=65_536)
def is_temporary(text: str) -> bool:
    """Whether a name is what a hospital writes until there is one."""
    written = text.casefold()
    return any(mark in written for mark in conventions().temporary_marks)


def born(birth_time: str) -> str:
    """Year, month and day as far as told; empty for a day that is written where none is known."""
    digits = birth_digits(birth_time)
    return "" if digits in conventions().unknown_births else digits


def phones(values: Iterable[str]) -> frozenset[str]:
    """Numbers as dialled within Korea; without those that are written where none is known."""
    unknown = conventions().unknown_phones
    return frozenset([one for one in map(telecom, values) if one and one not in unknown])


def _address(addresses: Iterable[Address]) -> tuple[str, str]:
    for one in addresses:
        place = place_of(one.lines)
        area = names.normal(one.postal_code or "") or names.normal(one.city or "")
        if place or area:
            return place, area
    return "", ""


def place_of(lines: Iterable[str]) -> str:
    """The lines of an address as they are compared."""
    return names.normal("".join(lines))


def is_day(digits: str) -> bool:
    """Whether a birth is known to the day."""
    return len(digits) == _DAY
