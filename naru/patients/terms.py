"""By what a record is proposed for a query: terms of the record, and of the query.

Terms only propose; `matching` opens what they propose and decides. Every record that matches must
therefore have, for each group of a query, at least one of its terms.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import (
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
from naru.patients.errors import TooLarge

MAX_TERMS: Final = 1000
"""A person with several long names in two scripts has a tenth of this."""
MAX_YEARS: Final = 20
"""A range of birth dates over more years narrows too little to propose by."""
BORN: Final = "born/"
"""What a term of a birth begins with."""
_DIGITS: Final = re.compile(r"\D+")
_YEAR, _MONTH, _DAY = 4, 6, 8


def birth_digits(birth_time: str) -> str:
    """Year, month and day of a birth time as far as sent, without time of day and zone."""
    if birth_time.isdigit():
        return birth_time[:_DAY]
    return re.split(r"[+\-.]", birth_time)[0][:_DAY]


def telecom(value: str) -> str:
    """A number's digits as dialled within Korea, or another address without its case."""
    if value.isdigit() and value.isascii():
        return value
    scheme, _, rest = value.partition(":")
    if rest and scheme.casefold() not in {"tel", "fax", "sms"}:
        return value.casefold()
    number = (rest or value).split(";")[0]
    digits = _DIGITS.sub("", number)
    if number.strip().startswith("+") and digits.startswith("82"):
        return "0" + digits[2:].removeprefix("0")
    return digits


def other_identifier(identifier: Identifier) -> str:
    """The term of a person's number that is no patient identifier (passport, licence)."""
    return f"other/{identifier.authority}/{identifier.value}"


def of_record(told: Demographics) -> set[str]:
    """All terms by which a record is found."""
    terms = {term for name in told.names for term in _of_name("name", name)}
    if told.mothers_maiden_name:
        terms |= set(_of_name("mother", told.mothers_maiden_name))
    if told.gender:
        terms.add(f"sex/{told.gender}")
    digits = birth_digits(told.birth_time or "")
    terms |= {f"born/{digits[:n]}" for n in (_YEAR, _MONTH, _DAY) if len(digits) >= n}
    terms |= {f"tel/{telecom(one.value)}" for one in told.telecoms}
    terms |= {term for address in told.addresses for term in _of_address(address)}
    return _bounded(terms | {other_identifier(one) for one in told.other_ids})


def of_query(query: PatientQuery) -> list[set[str]]:
    """Groups of which a matching record has a term each, the likely narrowest first.

    None where nothing can propose.
    """
    groups = [{f"tel/{telecom(one.value)}" for one in query.telecoms}]
    groups.append(_born(query.birth_time))
    groups.append(_born_within(query.born))
    if query.mothers_maiden_name:
        groups.append(_asked_names("mother", [query.mothers_maiden_name]))
    groups += _name_groups(query.names)
    groups.append(_asked_addresses(query.addresses))
    groups += map(_of_clause, query.clauses)
    if query.gender:
        groups.append({f"sex/{query.gender}"})
    found = [_bounded(group) for group in groups if group]
    return sorted(found, key=lambda group: min(map(_breadth, group)))


def _breadth(term: str) -> int:
    """How many people a term is likely to have; only the order of looking depends on it."""
    kind = term.partition("/")[0]
    if kind == "born":
        return _DAY - len(term.partition("/")[2])
    if kind in {"name", "mother"}:
        return _NAME_BREADTH[term.split("/")[1]]
    return _OTHER_BREADTH.get(kind, 0)


_NAME_BREADTH: Final = {"w": 1, "g": 2, "p": 3, "i": 5, "f": 6}
_OTHER_BREADTH: Final = {"post": 4, "city": 7, "sex": 8}


def _bounded(terms: set[str]) -> set[str]:
    if len(terms) > MAX_TERMS:
        raise TooLarge("More is named than any person has.")
    return terms


def _of_name(kind: str, name: PersonName) -> Iterator[str]:
    forms = names.keys(name)
    for letter, texts in (("w", forms.whole), ("f", forms.families), ("g", forms.givens)):
        yield from (f"{kind}/{letter}/{text}" for text in texts)
    yield from (f"{kind}/i/{found}" for text in forms.whole if (found := names.initials(text)))
    yield from (f"{kind}/p/{part[: names.PREFIX]}" for part in forms.parts | forms.whole)


def _name_groups(asked: tuple[PersonName, ...]) -> list[set[str]]:
    """Of one name in parts both parts narrow; of alternatives no part does by itself."""
    if len(asked) == 1 and asked[0].use != names.SEARCH_USE:
        family, given = names.sent(asked[0])
        if family and given:
            whole = {f"name/w/{text}" for text in names.keys(asked[0]).whole}
            joined = {f"name/g/{text}" for text in {"".join(given), *given}}
            return [whole | {f"name/f/{family}"}, whole | joined]
    return [_asked_names("name", asked)]


def _asked_names(kind: str, asked: Iterable[PersonName]) -> set[str]:
    return {term for name in asked for term in _asked_name(kind, name)}


def _asked_name(kind: str, name: PersonName) -> Iterator[str]:
    forms = names.keys(name)
    family, given = names.sent(name)
    yield from (f"{kind}/w/{text}" for text in forms.whole)
    if family:
        yield f"{kind}/f/{family}"
    elif given:
        yield from (f"{kind}/g/{text}" for text in {"".join(given), *given})
    if name.use == names.SEARCH_USE:
        yield from _alike(kind, name)


def _alike(kind: str, name: PersonName) -> Iterator[str]:
    forms = names.keys(name)
    family, given = names.sent(name)
    yield from (f"{kind}/i/{found}" for text in forms.whole if (found := names.initials(text)))
    letter = "f" if family else "g"
    for part in [family] if family else given or forms.whole:
        yield from (f"{kind}/{letter}/{form}" for form in names.hardened(part))
        if len(part) >= names.PREFIX:
            yield f"{kind}/p/{part[: names.PREFIX]}"


def _of_address(address: Address) -> Iterator[str]:
    if address.postal_code:
        yield f"post/{names.normal(address.postal_code)}"
    if address.city:
        yield f"city/{names.normal(address.city)}"


def _asked_addresses(asked: Iterable[Address]) -> set[str]:
    groups = [list(_of_address(address))[:1] for address in asked]
    # An alternative that proposes nobody leaves the whole group without use.
    return {group[0] for group in groups} if all(groups) else set()


def _of_clause(clause: Clause) -> set[str]:
    """The terms of all alternatives, or none: one that proposes nobody leaves it without use."""
    found = [set(_sought(one)) for one in clause]
    return set().union(*found) if all(found) else set()


def _sought(one: Sought) -> Iterable[str]:
    match one:
        case Named():
            return _named(one)
        case Born(start=start, end=end):
            return _born(start) if start == end else _born_within(TimeRange(start, end))
        case OfSex(gender=gender):
            return [f"sex/{gender}"] if gender else []
        case Reached(value=value):
            return [f"tel/{telecom(value)}"]
        case Lives(part=part, text=text, exact=True) if part in _INDEXED:
            return [f"{_INDEXED[part]}/{names.normal(text)}"]
    return []


_INDEXED: Final = {AddressPart.CITY: "city", AddressPart.POSTAL_CODE: "post"}


def _named(asked: Named) -> Iterator[str]:
    kind = "mother" if asked.part is NamePart.MOTHER else "name"
    text = names.normal(asked.text)
    if not asked.exact and len(text) >= names.PREFIX:
        yield f"{kind}/p/{text[: names.PREFIX]}"
        return
    letters = {NamePart.FAMILY: "f", NamePart.GIVEN: "g"}.get(asked.part, "wfg")
    yield from (f"{kind}/{letter}/{text}" for letter in letters)


def _born(birth_time: str | None) -> set[str]:
    digits = birth_digits(birth_time or "")
    return {f"born/{digits}"} if len(digits) in {_YEAR, _MONTH, _DAY} else set()


def _born_within(born: TimeRange | None) -> set[str]:
    if born is None or not born.start or not born.end:
        return set()
    first, last = born.start[:_YEAR], born.end[:_YEAR]
    # Other scripts' digits are no DTM, and some of them ("²") are no numbers either.
    if not all(year.isascii() and year.isdigit() for year in (first, last)):
        return set()
    if int(last) - int(first) >= MAX_YEARS:
        return set()
    return {f"born/{year:04}" for year in range(int(first), int(last) + 1)}
