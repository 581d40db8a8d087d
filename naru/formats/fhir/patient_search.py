"""The search parameters of Patient (ITI TF-2 3.78.4.1.2.1, KR Core) as clauses of a search."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_search import (
    Active,
    AddressPart,
    Born,
    Clause,
    Holds,
    Is,
    KnownIn,
    Lives,
    Named,
    NamePart,
    OfSex,
    Reached,
    Sought,
)
from naru.formats.fhir import values
from naru.formats.fhir.identifier import authority_of, resident_numbers
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, Definition, ParameterType
from naru.formats.fhir.patient import gender_of
from naru.formats.fhir.values import Prefix

_MOTHER: Final = "http://hl7.org/fhir/SearchParameter/patient-extensions-Patient-mothersMaidenName"
_EXACT: Final = frozenset({"exact"})
NOBODY: Final = Is(UUID(int=0))
"""No person's key: what nobody can have finds nobody."""
_SCHEMES: Final = {"phone": "tel", "fax": "fax", "sms": "sms", "email": "mailto"}
_DAY: Final = 8


def _string(name: str, url: str = "") -> Definition:
    return Definition(name, ParameterType.STRING, modifiers=_EXACT, url=url)


DEFINITIONS: Final = (
    Definition("_id", ParameterType.TOKEN),
    Definition("active", ParameterType.TOKEN),
    Definition("identifier", ParameterType.TOKEN),
    *(_string(part.value) for part in NamePart if part is not NamePart.MOTHER),
    _string(NamePart.MOTHER.value, _MOTHER),
    Definition("birthdate", ParameterType.DATE),
    Definition("gender", ParameterType.TOKEN),
    *(Definition(name, ParameterType.TOKEN) for name in ("telecom", "phone", "email")),
    *(_string(part.value) for part in AddressPart),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the search is asked: the door's own address, and what it calls resident numbers.

    `in_address` says that the search stands in a URL, where no 주민등록번호 may.
    """

    base: str
    rrn_authority: str = ""
    in_address: bool = True


def from_search(asked: Iterable[Asked], place: Place) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """The clauses, and the domains whose identifiers alone are wanted. Raises Refused."""
    clauses = [tuple(_alternatives(one, place)) for one in asked]
    if any(_mixes(clause) for clause in clauses):
        raise refused(
            IssueType.NOT_SUPPORTED,
            "Identifiers and domains to return are no alternatives of each other.",
            "identifier",
        )
    domains = [one.domain for clause in clauses for one in clause if isinstance(one, KnownIn)]
    return _with_whole_ranges(clauses), tuple(dict.fromkeys(domains))


def _mixes(clause: Clause) -> bool:
    return len({isinstance(one, KnownIn) for one in clause}) > 1


def _alternatives(asked: Asked, place: Place) -> Iterable[Sought]:
    name = asked.name
    if name == "identifier":
        return (_identifier(value, place) for value in asked.values)
    if name in set(NamePart):
        return (Named(NamePart(name), one, bool(asked.modifier)) for one in _texts(asked))
    if name in set(AddressPart):
        return (Lives(AddressPart(name), one, bool(asked.modifier)) for one in _texts(asked))
    return map(_OTHERS[name], asked.values)


def _texts(asked: Asked) -> Iterable[str]:
    texts = [values.unescape(value).strip() for value in asked.values]
    if not all(texts):
        raise refused(IssueType.INVALID, f"A value of {asked.name} is blank.", asked.name)
    return texts


def _identifier(value: str, place: Place) -> Sought:
    token = values.token(value)
    if token.system == resident_numbers()["system"] and place.in_address:
        raise refused(
            IssueType.SECURITY, "A resident number stands in no address: POST it.", "identifier"
        )
    if token.system == place.base:
        return _own(token.code or "")
    if token.system is None:
        return Holds(Identifier(token.code or "", ""))
    authority = authority_of(token.system, place.rrn_authority)
    if not authority:
        return NOBODY
    return Holds(Identifier(token.code, authority)) if token.code else KnownIn(authority)


def _own(code: str) -> Sought:
    # ITI TF-2 3.83.4.1.2.1: the logical id of a server's resource is an identifier of the server.
    return _is(code.removeprefix("Patient/")) if code else Active(active=True)


def _is(value: str) -> Sought:
    try:
        return Is(UUID(values.unescape(value)))
    except ValueError:
        return NOBODY


def _active(value: str) -> Sought:
    code = values.token(value).code
    if code not in {"true", "false"}:
        raise refused(IssueType.VALUE, "active is true or false.", "active")
    return Active(active=code == "true")


def _gender(value: str) -> Sought:
    try:
        return OfSex(gender_of(values.token(value).code or ""))
    except KeyError:
        raise refused(
            IssueType.CODE_INVALID, "gender is no code of its value set.", "gender"
        ) from None


def _telecom(value: str) -> Sought:
    token = values.token(value)
    code = token.code or ""
    scheme = _SCHEMES.get(token.system or "", None)
    if scheme is None and "@" in code and ":" not in code:
        scheme = "mailto"
    return Reached(f"{scheme}:{code}" if scheme else code, scheme)


def _of_system(system: str) -> Callable[[str], Sought]:
    return lambda value: _telecom(f"{system}|{value}")


def _birthdate(value: str) -> Sought:
    date = values.date(value, "birthdate")
    digits = value.removeprefix(date.prefix).replace("-", "")
    if len(digits) > _DAY:
        raise refused(IssueType.VALUE, "birthdate is a day, a month or a year.", "birthdate")
    match date.prefix:
        case Prefix.EQUAL:
            return Born(digits, digits)
        case Prefix.GREATER_OR_EQUAL:
            return Born(start=digits)
        case Prefix.LESS_OR_EQUAL:
            return Born(end=digits)
        case Prefix.GREATER | Prefix.STARTS_AFTER:
            return Born(start=_day(date.interval.high))
        case Prefix.LESS | Prefix.ENDS_BEFORE:
            return Born(end=_day(date.interval.low - timedelta(days=1)))
    raise refused(
        IssueType.NOT_SUPPORTED, f"birthdate is not compared by {date.prefix}.", "birthdate"
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y%m%d}"


_OTHERS: Final[Mapping[str, Callable[[str], Sought]]] = {
    "_id": _is,
    "active": _active,
    "gender": _gender,
    "birthdate": _birthdate,
    "telecom": _telecom,
    "phone": _of_system("phone"),
    "email": _of_system("email"),
}


def _with_whole_ranges(clauses: list[Clause]) -> tuple[Clause, ...]:
    """A beginning and an end that stand in two parameters are one range, which narrows."""
    alone = [one[0] for one in clauses if len(one) == 1 and isinstance(one[0], Born)]
    starts = [one for one in alone if one.start and not one.end]
    ends = [one for one in alone if one.end and not one.start]
    if len(starts) != 1 or len(ends) != 1:
        return tuple(clauses)
    rest = [one for one in clauses if one not in {(starts[0],), (ends[0],)}]
    return (*rest, (replace(starts[0], end=ends[0].end),))
