"""Who of all that are known a record may be of: asked when it arrives, answered before it is kept.

The records to compare with are found by keyed tokens, so that the store tells nobody in the clear.
A block is an intersection of tokens that is narrow among a country's people; one that many share
says nothing, and narrower ones find their pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.domain.person import Demographics
from naru.patients import linking, looking, names, romanised, sealed, terms
from naru.patients.linkage import rules, traits, weights
from naru.patients.linkage.levels import Level, compare
from naru.patients.linkage.rules import Judgement, Reason, Verdict
from naru.patients.linkage.traits import Traits
from naru.patients.looking import Record

WIDEST: Final = 200
"""Records of one block that are opened."""
MAX_CASES: Final = 5
"""Of one record: more that look like it are a common name's, and the best are looked at first."""
_COUNTED: Final = 2_000
_EXPECTED: Final = 10_000
"""As many people as a share of a name is trusted for, before any were counted."""

Group = set[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Somebody who may be meant: the person now, whose record it is, and what was judged."""

    person: UUID
    patient: UUID
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A record that arrives. `number` and `former` are tokens of numbers of one person's own."""

    told: Demographics
    number: bytes | None
    former: frozenset[bytes]
    authority: str
    patient: UUID
    year: int

    @property
    def traits(self) -> Traits:
        """As it is compared."""
        return traits.of(self.told, self.number, frozenset(self.former))


def seen(asked: Asked) -> list[Seen]:
    """Everyone who may be meant, the likeliest first, each judged by the record most like it."""
    mine, table = asked.traits, weights.shipped()
    found = [one for one in _candidates(asked) if one.patient != asked.patient]
    told = linking.numbers_of(one.id for one in found)
    share: float | None = None
    best: dict[UUID, Seen] = {}
    for row in found:
        number, former = told.get(row.id, (None, frozenset()))
        theirs = traits.of(row.open(), number, former)
        compared = compare(mine, theirs)
        if share is None and compared.name in (Level.SAME, Level.SOFT):
            share = _share(asked.told)
        judgement = rules.weigh(mine, theirs, compared, table, year=asked.year, share=share)
        if judgement.verdict is Verdict.APART:
            continue
        kept = best.get(row.person)
        if kept is None or _rank(judgement) > _rank(kept.judgement):
            best[row.person] = Seen(person=row.person, patient=row.patient, judgement=judgement)
    return sorted(best.values(), key=lambda one: _rank(one.judgement), reverse=True)


def _rank(judgement: Judgement) -> tuple[bool, float]:
    return judgement.verdict is Verdict.LINK, judgement.bits


def settled(asked: Asked) -> tuple[Seen | None, list[Seen]]:
    """With whom the record is linked at once, and whom a steward looks at beside it.

    Linked only with the one person whom nothing speaks against; where two could be meant, neither.
    """
    found = [_checked(one, asked) for one in seen(asked)]
    linked = [one for one in found if one.judgement.verdict is Verdict.LINK]
    if len(linked) == 1:
        return linked[0], [one for one in found if one is not linked[0]][:MAX_CASES]
    several = [_doubted(one, Reason.SEVERAL) if one in linked else one for one in found]
    return None, several[:MAX_CASES]


def _checked(one: Seen, asked: Asked) -> Seen:
    """With what is known of the whole person, and not only of the record that looks alike."""
    if one.judgement.verdict is not Verdict.LINK:
        return one
    numbers = linking.numbers(one.person)
    if len(numbers | ({asked.number} - {None})) > 1 and one.judgement.found.number is not (
        Level.FORMER
    ):
        return _doubted(one, Reason.NUMBERS_DIFFER)
    same_source = linking.is_known_by(one.person, asked.authority)
    if same_source and one.judgement.found.number is not Level.SAME:
        # What a source tells of its own two numbers, it tells by a merge.
        return _doubted(one, Reason.SAME_SOURCE)
    return one


def _doubted(one: Seen, reason: Reason) -> Seen:
    judged = one.judgement
    doubted = Judgement(Verdict.REVIEW, reason, judged.bits, judged.found)
    return Seen(person=one.person, patient=one.patient, judgement=doubted)


def _candidates(asked: Asked) -> list[Record]:
    """Records that share a block with it, each once."""
    found: dict[int, Record] = {}
    for block in _blocks(asked.told):
        rows = looking.records_having(block[0], block[1:], WIDEST + 1)
        if len(rows) <= WIDEST:
            found |= {row.id: row for row in rows}
    numbers = {*asked.former, *([asked.number] if asked.number else [])}
    if numbers:
        rows = looking.records_numbered(numbers, WIDEST)
        found |= {row.id: row for row in rows}
    return list(found.values())


def _blocks(told: Demographics) -> Iterator[tuple[Group, ...]]:
    """The tokens of which a record must have one of each group, the leading group first."""
    telecoms = {f"tel/{one}" for one in traits.phones(one.value for one in told.telecoms)}
    if telecoms:
        yield (_tokens(telecoms),)
    day = traits.born(told.birth_time or "")
    whole = _tokens(_written(told))
    posted = _tokens(f"post/{names.normal(one.postal_code)}" for one in told.addresses
                     if one.postal_code)  # fmt: skip
    if traits.is_day(day):
        yield from _of_day(_tokens({f"born/{day}"}), told, posted)
        if whole:
            yield whole, _tokens({f"born/{day[:4]}"})
    if whole and posted:
        yield whole, posted


def _of_day(day: Group, told: Demographics, posted: Group) -> Iterator[tuple[Group, ...]]:
    """Everybody born on one day where they are few, else those with something more in common."""
    if looking.count(day, WIDEST + 1) <= WIDEST:
        yield (day,)
        return
    initials = {
        f"name/i/{found}"
        for name in told.names
        for text in names.keys(name).whole
        if (found := names.initials(text))
    }
    for group in (_tokens(initials), _tokens(_written(told)), posted):
        if group:
            yield day, group


def _written(told: Demographics) -> set[str]:
    """The names as they may be written elsewhere: by the 두음법칙, or in Latin letters."""
    found: set[str] = set()
    for name in told.names[: traits.MOST]:
        for text in names.keys(name).whole:
            found |= names.hardened(text)
            found |= romanised.forms(text)
    return {f"name/w/{text}" for text in found}


def _share(told: Demographics) -> float:
    """About which part of everybody has one of these names: counted here, trusted by and by."""
    usual = weights.shipped().usual_share
    count = looking.count(_tokens(_written(told)), _COUNTED)
    return (count + usual * _EXPECTED) / (looking.records_ever() + _EXPECTED)


def _tokens(of: "set[str] | Iterator[str]") -> Group:
    return sealed.search_tokens(of)


def block_token(told: Demographics) -> bytes | None:
    """What two registrations of one person that race each other have in common."""
    day = traits.born(told.birth_time or "")
    return next(iter(sealed.search_tokens({terms.BORN + day})), None) if day else None
