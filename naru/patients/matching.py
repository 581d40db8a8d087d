"""How well a record answers a demographics query (ITI TF-2 3.47.4.1.2.1), in percent."""

from collections.abc import Iterable

from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import (
    Active,
    AddressPart,
    Born,
    Clause,
    Lives,
    Named,
    NamePart,
    OfSex,
    Reached,
    Sought,
)
from naru.domain.person import Address, Demographics, PersonName
from naru.domain.stored_query import TimeRange
from naru.patients import names
from naru.patients.names import EXACT
from naru.patients.terms import birth_digits, telecom


def score(query: PatientQuery, told: Demographics) -> int:
    """The mean over the parameters sent; 0 as soon as one of them does not match at all."""
    degrees = list(_degrees(query, told))
    if not all(degrees):
        return 0
    return sum(degrees) // len(degrees) if degrees else EXACT


def _degrees(query: PatientQuery, told: Demographics) -> Iterable[int]:
    if query.names:
        pairs = ((asked, held) for asked in query.names for held in told.names)
        yield max((names.degree(asked, held) for asked, held in pairs), default=0)
    if query.mothers_maiden_name:
        mother = told.mothers_maiden_name
        yield names.degree(query.mothers_maiden_name, mother) if mother else 0
    if query.gender:
        yield EXACT * (query.gender is told.gender)
    born = birth_digits(told.birth_time or "")
    if query.birth_time:
        yield EXACT * born.startswith(birth_digits(query.birth_time))
    if query.born:
        yield EXACT * _within(query.born, born)
    if query.telecoms:
        held_numbers = {telecom(one.value) for one in told.telecoms}
        yield EXACT * any(telecom(one.value) in held_numbers for one in query.telecoms)
    if query.addresses:
        yield EXACT * any(_lives(one, held) for one in query.addresses for held in told.addresses)
    if query.clauses:
        composed = _composed_names(query.clauses, told)
        yield from (max(_degree(one, told, composed) for one in each) for each in query.clauses)


def knows(query: PatientQuery, told: Demographics) -> bool:
    """Whether who asks has said whom they mean, so that to be told so teaches them nothing.

    A beginning of a name or a span of births would let anybody spell a stranger out.
    """
    asked = [one for clause in query.clauses for one in clause]
    if any(isinstance(one, Born) and (one.start != one.end or not one.start) for one in asked):
        return False
    texts = [one for one in asked if isinstance(one, Named | Lives)]
    together = _together(asked)
    return all(_is_whole(one, told, together) for one in texts)


def _is_whole(asked: Named | Lives, told: Demographics, together: str) -> bool:
    if isinstance(asked, Lives):
        return asked.exact
    held = _names_of(asked.part, told)
    if any(names.part_degree(asked, one) == EXACT for one in held):
        return True
    # Of a name that its sender did not divide, both parts together may be the whole.
    parts = {NamePart.FAMILY, NamePart.GIVEN}
    return asked.part in parts and any(together in names.keys(one).whole for one in held)


def _together(asked: list[Sought]) -> str:
    """The surnames and then the given names, as a Korean name is written."""
    named = [one for one in asked if isinstance(one, Named)]
    in_order = sorted(named, key=lambda one: one.part is NamePart.GIVEN)
    parts = {NamePart.FAMILY, NamePart.GIVEN}
    return "".join(names.normal(one.text) for one in in_order if one.part in parts)


def _degree(one: Sought, told: Demographics, composed: tuple[PersonName, ...]) -> int:
    if isinstance(one, Named):
        held = _names_of(one.part, told) if one.part is NamePart.MOTHER else composed
        return max((names.part_degree(one, name) for name in held), default=0)
    return EXACT * _holds(one, told)


def _holds(one: Sought, told: Demographics) -> bool:
    match one:
        case Lives():
            return any(_lives_at(one, held) for held in told.addresses)
        case OfSex(gender=gender):
            return gender is told.gender
        case Born(start=start, end=end):
            return _within(TimeRange(start, end), birth_digits(told.birth_time or ""))
        case Reached():
            return any(_reached(one, held.value) for held in told.telecoms)
        case Active(active=active):
            return active
    return True  # Identifiers are looked up, not compared.


def _names_of(part: NamePart, told: Demographics) -> tuple[PersonName, ...]:
    if part is not NamePart.MOTHER:
        return told.names
    return (told.mothers_maiden_name,) if told.mothers_maiden_name else ()


def _composed_names(clauses: tuple[Clause, ...], told: Demographics) -> tuple[PersonName, ...]:
    """The names that may be any of the asked surnames with any of the asked given names."""
    asked = [one for clause in clauses for one in clause if isinstance(one, Named)]
    families = [one.text for one in asked if one.part is NamePart.FAMILY]
    givens = [one.text for one in asked if one.part is NamePart.GIVEN]
    pairs = [(family, given) for family in families for given in givens]
    return tuple(
        name
        for name in told.names
        if not pairs or any(names.composes(family, given, name) for family, given in pairs)
    )


def _reached(asked: Reached, held: str) -> bool:
    scheme = held.partition(":")[0].casefold() if ":" in held else "tel"
    return asked.scheme in {None, scheme} and telecom(asked.value) == telecom(held)


def _lives_at(asked: Lives, held: Address) -> bool:
    parts = {
        AddressPart.CITY: (held.city,),
        AddressPart.STATE: (held.state,),
        AddressPart.POSTAL_CODE: (held.postal_code,),
        AddressPart.COUNTRY: (held.country,),
    }.get(asked.part, (*held.lines, held.city, held.state, held.postal_code, held.country))
    present = [part for part in parts if part]
    if asked.exact:
        return names.composed(asked.text) in map(names.composed, present)
    text = names.normal(asked.text)
    return any(names.normal(part).startswith(text) for part in present)


def _within(asked: TimeRange, born: str) -> bool:
    # A day at either end belongs to the range, and so does what was sent less precisely.
    start, end = birth_digits(asked.start or ""), birth_digits(asked.end or "")
    return (
        born != ""
        and (not start or born >= start[: len(born)])
        and (not end or born[: len(end)] <= end)
    )


def _lives(asked: Address, held: Address) -> bool:
    pairs = [
        (asked.city, held.city),
        (asked.state, held.state),
        (asked.postal_code, held.postal_code),
        (asked.country, held.country),
    ]
    lines = {names.normal(line) for line in held.lines}
    return all(names.normal(line) in lines for line in asked.lines) and all(
        names.normal(one) == names.normal(other or "") for one, other in pairs if one
    )
