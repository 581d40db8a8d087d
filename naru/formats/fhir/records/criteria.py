"""A search of single records as the criteria that the exchange answers."""

from collections.abc import Iterable
from uuid import UUID

from naru.domain.identifiers import Identifier, is_oid
from naru.domain.records import Criteria, Criterion, PatientReference, Sorting
from naru.formats.fhir import values
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import MISSING, Asked, ParameterType, Search
from naru.formats.fhir.records import terms
from naru.formats.fhir.records.searchable import SEARCHABLE, SUBJECT
from naru.formats.fhir.search_reading import defined, pairs, read_search
from naru.formats.fhir.values import Token

_OID = "urn:oid:"


def from_search(kind: str, search: Search) -> Criteria:
    """What a search of a type asks for. Raises Refused."""
    whose: tuple[PatientReference, ...] | None = None
    criteria: list[Criterion] = []
    for asked in search.asked:
        if asked.name in SUBJECT:
            if whose is not None:
                raise refused(IssueType.NOT_SUPPORTED, "Whose is asked for twice.", asked.name)
            whose = tuple(_patients(asked))
        else:
            criteria.append(_criterion(asked))
    return Criteria(type=kind, criteria=tuple(criteria), patients=whose)


def from_condition(kind: str, query: str) -> Criteria:
    """What a conditional create, update, delete or reference names. Raises Refused."""
    if kind == "Patient":
        return Criteria(type=kind, patients=(_patient_of(query),))
    if kind not in SEARCHABLE:
        raise refused(IssueType.NOT_SUPPORTED, f"A {kind} is not looked for by a condition.")
    search = read_search(pairs(query), defined(SEARCHABLE[kind].definitions))
    criteria = from_search(kind, search)
    if not criteria.criteria:
        raise refused(IssueType.REQUIRED, "A condition says what it looks for.")
    return criteria


def sorting(search: Search) -> tuple[Sorting, ...]:
    """By what to sort. Raises Refused."""
    dates = {"_lastUpdated"} | {
        one.definition.name
        for searchable in SEARCHABLE.values()
        for one in searchable.parameters
        if one.definition.type is ParameterType.DATE
    }
    for key in search.sort:
        if key.name not in dates:
            raise refused(IssueType.NOT_SUPPORTED, "Only dates are sorted by.", "_sort")
    return tuple(Sorting(key.name, key.descending) for key in search.sort)


def _criterion(asked: Asked) -> Criterion:
    if asked.modifier == MISSING:
        return Criterion(asked.name, missing=asked.values == ("true",))
    if asked.name == "_id":
        return Criterion("_id", tuple(values.unescape(one) for one in asked.values))
    match asked.definition.type:
        case ParameterType.TOKEN:
            negated = asked.modifier == "not"
            return Criterion(asked.name, terms.token_texts(asked), negated=negated)
        case ParameterType.STRING:
            return Criterion(asked.name, terms.string_texts(asked))
        case ParameterType.REFERENCE:
            return Criterion(asked.name, terms.reference_texts(asked))
        case _:
            return Criterion(asked.name, ranges=terms.date_ranges(asked))


def _patients(asked: Asked) -> Iterable[PatientReference]:
    """Those who are named in a way that can name anybody; others are nobody's."""
    for value in asked.values:
        if asked.name.endswith(".identifier"):
            found = identifier(values.token(value))
            if found is None:
                raise refused(
                    IssueType.VALUE, "An identifier has a system urn:oid:… and a value.", asked.name
                )
            yield found
            continue
        reference = values.reference(value)
        patient = patient_id(reference.id) if reference.type in {"", "Patient"} else None
        if patient is not None:
            yield patient


def identifier(token: Token) -> Identifier | None:
    """A patient's identifier, whose system is the OID of its authority (ITI TF-2 E.3)."""
    system = token.system or ""
    oid = system.removeprefix(_OID)
    if not token.code or not system.startswith(_OID) or not is_oid(oid):
        return None
    return Identifier(token.code, oid)


def patient_id(text: str) -> UUID | None:
    """The surrogate id in the one way of writing it."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def _patient_of(query: str) -> Identifier:
    named = dict(pairs(query))
    value = named.pop("identifier", "")
    found = identifier(values.token(value))
    if found is None or named:
        raise refused(
            IssueType.NOT_SUPPORTED, "A patient is referred to by `Patient?identifier=urn:oid:…|…`."
        )
    return found
