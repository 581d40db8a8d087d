"""Find Document References (ITI-67) as a FindDocuments query (MHD Table 2:3.67.4.1.3.1-1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.stored_query import STABLE_ONLY, FindDocuments, TimeRange
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentEntryType
from naru.formats.fhir import values
from naru.formats.fhir.mhd import identifiers, matching
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, Definition, ParameterType, Search

_CREATION: Final = "https://profiles.ihe.net/ITI/MHD/SearchParameter/DocumentReference-Creation"
_R4: Final = "http://hl7.org/fhir/SearchParameter/DocumentReference-"


def _token(name: str) -> Definition:
    return Definition(name, ParameterType.TOKEN, url=_R4 + name)


PARAMETERS: Final[tuple[Definition, ...]] = (
    Definition("_id", ParameterType.TOKEN, url="http://hl7.org/fhir/SearchParameter/Resource-id"),
    Definition("author.family", ParameterType.STRING),
    Definition("author.given", ParameterType.STRING),
    _token("category"),
    Definition("creation", ParameterType.DATE, url=_CREATION),
    Definition("date", ParameterType.DATE, url=_R4 + "date"),
    _token("event"),
    _token("facility"),
    _token("format"),
    _token("identifier"),
    # Of XDS: MHD has no parameter for it (2:3.67.4.1.3, Note 3) and allows further ones.
    Definition("object-type", ParameterType.TOKEN),
    Definition("patient", ParameterType.REFERENCE, targets=("Patient",), url=_R4 + "patient"),
    Definition("patient.identifier", ParameterType.TOKEN),
    Definition("period", ParameterType.DATE, url=_R4 + "period"),
    Definition(
        "related",
        ParameterType.REFERENCE,
        modifiers=frozenset({"identifier"}),
        url=_R4 + "related",
    ),
    Definition("related.identifier", ParameterType.TOKEN),
    _token("security-label"),
    _token("setting"),
    Definition("status", ParameterType.TOKEN, url=_R4 + "status", required=True),
    _token("type"),
)
STATUS: Final = {
    "current": AvailabilityStatus.APPROVED,
    "superseded": AvailabilityStatus.DEPRECATED,
}

_CODES: Final[Mapping[str, Callable[[DocumentEntry], Iterable[Code | None]]]] = {
    "category": lambda entry: [entry.class_code],
    "type": lambda entry: [entry.type_code],
    "setting": lambda entry: [entry.practice_setting_code],
    "facility": lambda entry: [entry.healthcare_facility_type_code],
    "format": lambda entry: [entry.format_code],
    "event": lambda entry: entry.event_codes,
    "security-label": lambda entry: entry.confidentiality_codes,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the registry is asked, and the whole of the search for what it finds."""

    query: FindDocuments
    _search: Search
    _registered: TimeRange

    def fits(self, entry: DocumentEntry, registered: datetime | None) -> bool:
        """Whether an entry is what every parameter asks for."""
        return matching.is_within(registered, self._registered) and all(
            _fits(asked, entry, registered) for asked in self._search.asked
        )


def from_search(search: Search, patient_id: Identifier, now: datetime) -> Question:
    """The question of a search at a moment. Raises Refused for what cannot be asked."""
    statuses = search.one("status")
    assert statuses is not None  # Its definition requires it.
    period = matching.time_range(search, "period", now)
    return Question(
        FindDocuments(
            patient_id=patient_id,
            status=matching.status(statuses, STATUS),
            class_codes=matching.first_alternatives(search, "category"),
            type_codes=matching.first_alternatives(search, "type"),
            practice_setting_codes=matching.first_alternatives(search, "setting"),
            healthcare_facility_type_codes=matching.first_alternatives(search, "facility"),
            format_codes=matching.first_alternatives(search, "format"),
            event_codes=matching.all_alternatives(search, "event"),
            confidentiality_codes=matching.all_alternatives(search, "security-label"),
            creation_time=matching.time_range(search, "creation", now),
            service_start_time=period,
            service_stop_time=period,
            object_types=_object_types(search),
        ),
        search,
        matching.time_range(search, "date", now),
    )


def _object_types(search: Search) -> tuple[DocumentEntryType, ...]:
    """$XDSDocumentEntryType, which ITI-18 takes for Stable alone where it is not asked."""
    asked = search.one("object-type")
    if asked is None:
        return STABLE_ONLY
    given = [values.token(one).code or "" for one in asked.values]
    known = {each.value: each for each in DocumentEntryType}
    if any(code not in known for code in given):
        raise refused(IssueType.CODE_INVALID, "The object-type is not one of XDS.", asked.name)
    return tuple(dict.fromkeys(known[code] for code in given))


def _fits(asked: Asked, entry: DocumentEntry, registered: datetime | None) -> bool:
    if asked.name in _CODES:
        return matching.has_code(asked, _CODES[asked.name](entry))
    if asked.name == "date":
        return matching.is_another_time(asked, [registered])
    # What has no place in any table the stored query has asked for.
    return asked.name not in _OTHERS or _OTHERS[asked.name](asked, entry)


def _has_id(asked: Asked, entry: DocumentEntry) -> bool:
    return entry.entry_uuid.removeprefix(identifiers.UUID) in asked.values


def _has_identifier(asked: Asked, entry: DocumentEntry) -> bool:
    own = identifiers.to_unique_id(entry.unique_id), identifiers.to_entry_uuid(entry.entry_uuid)
    return matching.has_identifier(asked, own)


def _is_related(asked: Asked, entry: DocumentEntry) -> bool:
    return matching.has_identifier(asked, [*map(identifiers.to_reference_id, entry.reference_ids)])


def _is_created_at_another_time(asked: Asked, entry: DocumentEntry) -> bool:
    # ITI TF-2 3.18.4.1.2.3.7.1: it is not looked at of an On-Demand entry, which has none.
    on_demand = entry.object_type is DocumentEntryType.ON_DEMAND
    return on_demand or matching.is_another_time(asked, [entry.creation_time])


def _is_of_another_time(asked: Asked, entry: DocumentEntry) -> bool:
    return matching.is_another_time(asked, [entry.service_start_time, entry.service_stop_time])


_OTHERS: Final[Mapping[str, Callable[[Asked, DocumentEntry], bool]]] = {
    "_id": _has_id,
    "author.family": lambda asked, one: matching.has_name(asked, one.authors, matching.family),
    "author.given": lambda asked, one: matching.has_name(asked, one.authors, matching.given),
    "creation": _is_created_at_another_time,
    "identifier": _has_identifier,
    "period": _is_of_another_time,
    "related": _is_related,
    "related.identifier": _is_related,
}


def patient_of(search: Search, base: str) -> tuple[str, Identifier | None]:
    """Whom a search names: the logical id of a Patient of the door at `base`, or an identifier.

    Raises Refused where it names nobody, or somebody in two ways.
    """
    reference, identifier = search.one("patient"), search.one("patient.identifier")
    if (reference is None) == (identifier is None):
        sentence = "One of patient and patient.identifier is required."
        raise refused(IssueType.REQUIRED, sentence, "patient")
    asked = reference or identifier
    assert asked is not None
    if len(asked.values) != 1:
        raise refused(IssueType.NOT_SUPPORTED, "One patient is asked for at a time.", asked.name)
    if reference is not None:
        named = values.reference(asked.values[0])
        if named.type not in {"", "Patient"}:
            raise refused(IssueType.VALUE, "The patient is no Patient.", asked.name)
        # Another server's Patient is nobody here, whatever its id.
        return (named.id if named.base in {"", f"{base}/"} else "", None)
    token = values.token(asked.values[0])
    oid = (token.system or "").removeprefix(identifiers.OID)
    if not token.code or not (token.system or "").startswith(identifiers.OID):
        sentence = "The patient's identifier is urn:oid:authority|id."
        raise refused(IssueType.VALUE, sentence, asked.name)
    return "", Identifier(token.code, oid)
