"""What is done with two records that are alike: linked, looked at by a steward, or nothing.

The weight alone does not decide: families share telephone, address and birthday more often than
chance has it. A rule can only make the answer more careful: never by name and birth date alone;
newborns, unknown people and twins never by the program.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from naru.patients.linkage.conventions import conventions
from naru.patients.linkage.levels import Comparison, Level, compare
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import Table

_NAMED: Final = frozenset({Level.SAME, Level.SOFT})
_CERTAIN: Final = frozenset({Level.SAME, Level.FORMER})
_NEAR: Final = frozenset({Level.SAME, Level.SLIP})


class Verdict(StrEnum):
    """What follows."""

    LINK = "link"
    REVIEW = "review"
    APART = "apart"


class Reason(StrEnum):
    """The rule that decided, named for what it saw."""

    NUMBER = "number"
    WEIGHT = "weight"
    TEMPORARY = "temporary"
    TWINS = "twins"
    CONTRADICTION = "contradiction"
    SAME_SOURCE = "same-source"
    SEVERAL = "several"
    NUMBERS_DIFFER = "numbers-differ"
    NAME_AND_BIRTH_ONLY = "name-and-birth-only"
    NAME_DIFFERS = "name-differs"
    BIRTH_DIFFERS = "birth-differs"
    SEX_DIFFERS = "sex-differs"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason, and what it rests on; `bits` is the weight."""

    verdict: Verdict
    reason: Reason
    bits: float
    found: Comparison


def judge(
    one: Traits, other: Traits, table: Table, *, year: int, share: float | None = None
) -> Judgement:
    """Weigh two records in the `year` of today; `share` is the part of all who have that name."""
    return weigh(one, other, compare(one, other), table, year=year, share=share)


def weigh(
    one: Traits,
    other: Traits,
    found: Comparison,
    table: Table,
    *,
    year: int,
    share: float | None = None,
) -> Judgement:
    """The same of two that were compared."""
    bits = table.bits(found, share)
    verdict, reason = _judged(one, other, found, bits, table, year)
    return Judgement(verdict, reason, bits, found)


_UNNAMED: Final = Traits(temporary=True)


def may_concern(found: Comparison, bits: float, table: Table) -> bool:
    """Whether any two records that compare so may be more than apart, whatever else they tell."""
    if found.number is Level.SAME:
        return True
    # Of those without a name most is allowed.
    return bits >= table.review and _resembles(_UNNAMED, _UNNAMED, found, 0)


def _judged(
    one: Traits, other: Traits, found: Comparison, bits: float, table: Table, year: int
) -> tuple[Verdict, Reason]:
    if found.number is Level.SAME:
        if _contradictions(found) > 1:
            return Verdict.REVIEW, Reason.CONTRADICTION
        temporary = one.temporary or other.temporary
        return (Verdict.REVIEW, Reason.TEMPORARY) if temporary else (Verdict.LINK, Reason.NUMBER)
    if bits < table.review or not _resembles(one, other, found, year):
        return Verdict.APART, Reason.UNLIKE
    forbidden = _forbidden(one, other, found, year)
    if forbidden:
        return Verdict.REVIEW, forbidden
    return (Verdict.LINK if bits >= table.link else Verdict.REVIEW), Reason.WEIGHT


def _contradictions(found: Comparison) -> int:
    """How much contradicts one number: one slip of the pen is a change of name, two are doubt."""
    return (found.name, found.birth, found.sex).count(Level.OTHER)


def _resembles(one: Traits, other: Traits, found: Comparison, year: int) -> bool:
    """Whether name and birth speak for one person at all: a family shares everything else."""
    if found.number is Level.FORMER:
        return True
    if found.name in _NAMED:
        return found.birth in _NEAR or Level.SAME in (found.phone, found.place)
    if found.name is Level.OTHER:
        # A name that was changed; a child's differing name is its twin's.
        own = found.birth is Level.SAME and found.phone is Level.SAME
        minors = not (_of_age(one, year) and _of_age(other, year))
        unnamed = one.temporary or other.temporary
        return own and found.sex is not Level.OTHER and (unnamed or not minors)
    return found.birth in _NEAR


def _forbidden(one: Traits, other: Traits, found: Comparison, year: int) -> Reason | None:
    """Why the program does not link by itself; the first that holds."""
    certain, named = found.number in _CERTAIN, found.name in _NAMED
    rules = (
        (one.temporary or other.temporary, Reason.TEMPORARY),
        (found.number is Level.OTHER, Reason.NUMBERS_DIFFER),
        ((one.multiple or other.multiple) and not certain, Reason.TWINS),
        (found.sex is Level.OTHER, Reason.SEX_DIFFERS),
        (found.birth not in _NEAR, Reason.BIRTH_DIFFERS),
        (not named and (certain or not _own_phone(one, other, found, year)), Reason.NAME_DIFFERS),
        (
            not certain and found.birth is not Level.SAME and found.phone is not Level.SAME,
            Reason.BIRTH_DIFFERS,
        ),
        (
            not certain and Level.SAME not in (found.phone, found.place),
            Reason.NAME_AND_BIRTH_ONLY,
        ),
    )
    return next((reason for holds, reason in rules if holds), None)


def _own_phone(one: Traits, other: Traits, found: Comparison, year: int) -> bool:
    """A name with a slip, of a grown person with one birth date and telephone: hardly a twin's."""
    slip = found.name is Level.SLIP and found.birth is Level.SAME and found.phone is Level.SAME
    return slip and _of_age(one, year) and _of_age(other, year)


def _of_age(one: Traits, year: int) -> bool:
    return one.born[:4].isdigit() and year - int(one.born[:4]) > conventions().of_age
