"""Made-up releases of code systems, of the size and shape of the true ones, from a fixed seed.

Every code begins with TEST-, so that none can be taken for one that was given. The terms are put
together from common words; what stands beside them is nobody's classification. The demo's node
knows beside these what the story's documents say.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from naru.domain.terminology import TEST, System

SEED: Final = 20_261_121

KOSTOM_TERMS: Final = 321_757
"""Terms of KOSTOM as of 2018-03."""

KCD_CODES: Final = (2_084, 12_506, 6_113)
"""소분류, 세분류 and 세세분류 of KCD-9."""

DRUGS: Final = 30_000

_NOT_IN_EIGHT: Final = 17
_NOT_IN_NINE: Final = 13

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Words:
    sites: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str, str], ...]
    manners: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]
    forms: tuple[str, ...]
    sounds: str
    diagnoses: tuple[tuple[str, str, str], ...]
    drugs: tuple[tuple[str, str], ...]
    said_by_forms: tuple[tuple[str, str], ...]


@cache
def _words() -> _Words:
    file = resources.files("naru.demo") / "data" / "terms.json"
    return msgspec.json.decode(file.read_bytes(), type=_Words)


def files(terms: int = KOSTOM_TERMS) -> Mapping[str, Callable[[], str]]:
    """What makes the text of each file, by its name; `terms` is how many KOSTOM has."""
    share = min(1.0, terms / KOSTOM_TERMS)
    first = [max(1, round(number * share)) for number in KCD_CODES]
    drugs = max(50, round(DRUGS * share))
    return {
        "kostom.csv": lambda: _text(kostom(terms, first)),
        "kcd-8.csv": lambda: _text(kcd(first, nine=False)),
        "kcd-9.csv": lambda: _text(kcd(first, nine=True)),
        "kcd-8-to-kcd-9.csv": lambda: _text(kcd_map(first)),
        "atc.csv": lambda: _text(atc(drugs)),
        "edi-medication.csv": lambda: _text(medication(drugs)),
        "kd.csv": lambda: _text(products(drugs)),
        "edi-procedure.csv": lambda: _text(procedures(drugs)),
    }


def of_the_story() -> Mapping[System, str]:
    """Lines to be added to the files: the story's diagnoses and drugs, what forms say by KOSTOM."""
    diagnoses = _text(iter(_words().diagnoses))
    said = ((code, "Y", korean, "", "") for code, korean in _words().said_by_forms)
    drugs = _text((code, korean, "", "") for code, korean in _words().drugs)
    return {
        System.KCD_8: diagnoses,
        System.KCD_9: diagnoses,
        System.KD: drugs,
        System.KOSTOM: _text(said),
    }


def kostom(terms: int, numbers: Sequence[int]) -> Iterator[Row]:
    """Concepts of a representative term, an English one and synonyms; a row each, heads first."""
    yield ("개념코드", "대표어여부", "한글용어", "영문용어", "KCD-9")
    chance = random.Random(SEED)  # noqa: S311  # Made-up data, the same each time.
    number, order = 0, _shuffled(chance)
    codes = list(_kcd_codes(numbers))
    for concept in range(terms):
        korean, english, others = _named(order(concept))
        code = f"{TEST}H{concept + 1:08}"
        told = [(korean, "", "Y"), ("", english, "N"), *((one, "", "N") for one in others)]
        for one, in_english, preferred in told[: 2 + chance.randrange(3)]:
            yield (code, preferred, one, in_english, codes[concept % len(codes)])
            number += 1
            if number == terms:
                return


def kcd(numbers: Sequence[int], *, nine: bool) -> Iterator[Row]:
    """So many codes of three, four and five signs; the ninth lacks some and has some more."""
    yield ("상병코드", "한글명칭", "영문명칭")
    for place, code in enumerate(_kcd_codes(numbers)):
        if _is_apart(place, code, _NOT_IN_NINE if nine else _NOT_IN_EIGHT):
            continue
        korean, english, _ = _named(place * 7)
        yield (code, f"{korean}({code[len(TEST) :]})", english)


def kcd_map(numbers: Sequence[int]) -> Iterator[Row]:
    """What became of codes that the ninth does not have: the class above."""
    yield ("source", "target", "relation")
    for place, code in enumerate(_kcd_codes(numbers)):
        if _is_apart(place, code, _NOT_IN_NINE):
            yield (code, code[:-1], "wider")


def _is_apart(place: int, code: str, which: int) -> bool:
    """Whether a code is one of those that the one KCD has and the other has not."""
    return place % 97 == which and len(code) > len(f"{TEST}A00")


def atc(drugs: int) -> Iterator[Row]:
    """Five levels under made-up letters, as far as so many drugs have them."""
    yield ("ATC코드", "한글명", "Name")
    used = {_substance(place)[0] for place in range(drugs)}
    above = {one[:length] for one in used for length in range(len(TEST) + 1, len(one) + 1)}
    for code, name in _ingredients():
        if code not in above:
            continue
        yield (code, f"{name} 성분" if len(code) > len(f"{TEST}A00AA") else f"{name} 계열", "")


def medication(number: int) -> Iterator[Row]:
    """Drugs by their EDI code, with their ingredient."""
    yield ("제품코드", "제품명", "ATC코드")
    for place in range(number):
        ingredient, name = _substance(place)
        yield (f"{TEST}{600_000_000 + place:09}", _product(name, place), ingredient)


def products(number: int) -> Iterator[Row]:
    """Packs by their KD code, with the EDI code and the ingredient."""
    yield ("표준코드", "한글상품명", "ATC코드", "보험코드")
    for place in range(number):
        ingredient, name = _substance(place)
        drug = f"{TEST}{600_000_000 + place:09}"
        yield (f"{TEST}{8_800_000_000_000 + place:013}", _product(name, place), ingredient, drug)


def procedures(number: int) -> Iterator[Row]:
    """Acts by their EDI code."""
    yield ("수가코드", "한글명", "영문명")
    for place in range(number):
        act, at = divmod(place, len(_words().sites))
        (site, english), acts = _words().sites[at], _words().acts
        name = f"{site} {acts[act % len(acts)]} {act // len(acts) + 1}형"
        yield (f"{TEST}{'BCDEHLMNQRS'[place % 11]}{place:05}00"[: len(TEST) + 8], name, english)


def _named(number: int) -> tuple[str, str, tuple[str, ...]]:
    """The Korean and English term of a number, and Korean synonyms."""
    words = _words()
    number, site = divmod(number, len(words.sites))
    number, condition = divmod(number, len(words.conditions))
    number, manner = divmod(number, len(words.manners))
    more, side = divmod(number, len(words.sides))
    where, what = words.sites[site], words.conditions[condition]
    how, on = words.manners[manner], words.sides[side]
    grade = f", {more + 1}단계" if more else ""
    korean = " ".join(filter(None, (how[0], on[0], f"{where[0]} {what[0]}"))) + grade
    english = " ".join(filter(None, (how[1], what[1], "of", on[1], where[1])))
    english = f"{english}, stage {more + 1}" if more else english
    close = f"{how[0]}{on[0]}{where[0]}{what[2]}{grade}"
    spelt = " ".join(filter(None, (f"{on[0]}{where[0]}의", how[0], what[2]))) + grade
    return korean, english, (close, spelt)


def _shuffled(chance: random.Random) -> Callable[[int], int]:
    """A fixed order of all names in which neighbours have nothing in common."""
    words = _words()
    total = len(words.sites) * len(words.conditions) * len(words.manners) * len(words.sides)
    start = chance.randrange(total)
    return lambda place: (place // total) * total + (start + (place % total) * 100_003) % total


def _kcd_codes(numbers: Sequence[int]) -> Iterator[str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    first, second, third = numbers
    above = [f"{TEST}{letters[place % 26]}{place // 26:02}" for place in range(first)]
    yield from above
    below = [f"{above[place % first]}{place // first}" for place in range(second)]
    yield from below
    yield from (f"{below[place % second]}{place // second}" for place in range(third))


def _ingredients() -> Iterator[tuple[str, str]]:
    for group in range(14):
        top = f"{TEST}{'ABCDGHJLMNPRSV'[group]}"
        yield top, _word(group)
        for second in range(1, 6):
            yield f"{top}{second:02}", _word(group * 7 + second)
            yield f"{top}{second:02}A", _word(group * 11 + second)
            yield f"{top}{second:02}AA", _word(group * 13 + second)
            for last in range(1, 41):
                yield (
                    f"{top}{second:02}AA{last:02}",
                    _word(10_000 + group * 1_000 + second * 100 + last),
                )


@cache
def _substances() -> tuple[tuple[str, str], ...]:
    return tuple(one for one in _ingredients() if len(one[0]) == len(f"{TEST}A00AA00"))


def _substance(place: int) -> tuple[str, str]:
    return _substances()[place % len(_substances())]


def _product(name: str, place: int) -> str:
    strength = (5, 10, 25, 50, 100, 250, 500)[place % 7]
    form = _words().forms[place % len(_words().forms)]
    return f"{name}{form} {strength}밀리그램 {place // 5_000 + 1}호"


def _word(number: int) -> str:
    """A word that sounds like a substance and is none."""
    sounds = ""
    for _ in range(3):
        number, sound = divmod(number * 31 + 7, len(_words().sounds))
        sounds += _words().sounds[sound]
    return f"시험{sounds}린"


def _text(rows: Iterator[Row]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
