"""How well a record answers a demographics query (ITI TF-2 3.47.4.1.2.1), in percent."""

from collections.abc import Iterable

from naru.domain.patient_query import PatientQuery
from naru.domain.person import Address, Demographics
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
