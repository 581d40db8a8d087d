"""The types that are kept one by one, and by which elements each is searched (FHIR R4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from naru.formats.fhir.parameters import MISSING, Definition, ParameterType

_TOKEN, _DATE = ParameterType.TOKEN, ParameterType.DATE
_STRING, _REFERENCE = ParameterType.STRING, ParameterType.REFERENCE


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter and the elements that it looks at; a path goes through every list."""

    definition: Definition
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searchable:
    """One type: its parameters, and where its patient and its day of care stand."""

    parameters: tuple[Parameter, ...]
    patient: str = "subject"
    """The path to whom it is about; empty for what is of nobody."""
    days: tuple[str, ...] = ()
    """The elements that tell the day of care; the first that is there does."""

    department: str = ""
    """The element that tells where it was, if any does."""

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What a search of the type may ask."""
        own = tuple(one.definition for one in self.parameters)
        return (*_EVERYWHERE, *(_PATIENT if self.patient else ()), *own)


_EVERYWHERE: Final = (Definition("_id", _TOKEN), Definition("_lastUpdated", _DATE))
_PATIENT: Final = (
    Definition("patient", _REFERENCE, targets=("Patient",)),
    Definition("patient.identifier", _TOKEN),
)
SUBJECT: Final = frozenset({"subject", "subject.identifier", "patient", "patient.identifier"})
"""The names by which a search says whose records it asks for."""

_MISSING: Final = frozenset({MISSING})
_NOT: Final = frozenset({"not", MISSING})

_SUBJECT: Final = (
    Parameter(Definition("subject", _REFERENCE, targets=("Patient",)), ()),
    Parameter(Definition("subject.identifier", _TOKEN), ()),
)


def _token(name: str, *paths: str) -> Parameter:
    return Parameter(Definition(name, _TOKEN, modifiers=_NOT), paths or (name,))


def _date(name: str, *paths: str) -> Parameter:
    return Parameter(Definition(name, _DATE, modifiers=_MISSING), paths or (name,))


def _string(name: str, *paths: str) -> Parameter:
    modifiers = frozenset({"exact", "contains", MISSING})
    return Parameter(Definition(name, _STRING, modifiers=modifiers), paths or (name,))


def _reference(name: str, *targets: str, path: str = "") -> Parameter:
    definition = Definition(name, _REFERENCE, targets=targets, modifiers=_MISSING)
    return Parameter(definition, (path or name,))


_IDENTIFIER: Final = _token("identifier")
_STATUS: Final = _token("status")
_CODE: Final = _token("code")
_CATEGORY: Final = _token("category")
_ENCOUNTER: Final = _reference("encounter", "Encounter")
_PERFORMER: Final = _reference("performer", "Practitioner", "Organization")

SEARCHABLE: Final[Mapping[str, Searchable]] = {
    "AllergyIntolerance": Searchable(
        (
            _IDENTIFIER,
            _CATEGORY,
            _token("clinical-status", "clinicalStatus"),
            _token("code", "code", "reaction.substance"),
            _token("criticality"),
            _date("date", "recordedDate"),
            _token("type"),
            _token("verification-status", "verificationStatus"),
        ),
        patient="patient",
        days=("onset", "recordedDate", "lastOccurrence"),
    ),
    "Appointment": Searchable(
        (
            _IDENTIFIER,
            _reference(
                "actor", "Practitioner", "PractitionerRole", "Location", path="participant.actor"
            ),
            _token("appointment-type", "appointmentType"),
            _date("date", "start"),
            _reference("location", "Location", path="participant.actor"),
            _token("part-status", "participant.status"),
            _reference("practitioner", "Practitioner", path="participant.actor"),
            _token("reason-code", "reasonCode"),
            _token("service-category", "serviceCategory"),
            _token("service-type", "serviceType"),
            _reference("slot", "Slot"),
            _token("specialty"),
            _STATUS,
        ),
        patient="participant.actor",
        days=("start", "requestedPeriod", "created"),
        department="specialty",
    ),
    "Condition": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _CATEGORY,
            _token("clinical-status", "clinicalStatus"),
            _CODE,
            _ENCOUNTER,
            _date("onset-date", "onset"),
            _date("recorded-date", "recordedDate"),
            _token("severity"),
            _token("verification-status", "verificationStatus"),
        ),
        days=("recordedDate", "onset"),
    ),
    "DiagnosticReport": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _CATEGORY,
            _CODE,
            _date("date", "effective"),
            _ENCOUNTER,
            _date("issued"),
            _PERFORMER,
            _reference("result", "Observation"),
            _STATUS,
        ),
        days=("effective", "issued"),
    ),
    "Encounter": Searchable(
        (*_SUBJECT, _IDENTIFIER, _token("class"), _date("date", "period"), _STATUS, _token("type")),
        days=("period",),
    ),
    "Immunization": Searchable(
        (_IDENTIFIER, _date("date", "occurrence"), _STATUS, _token("vaccine-code", "vaccineCode")),
        patient="patient",
        days=("occurrence", "recorded"),
    ),
    "MedicationRequest": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _date("authoredon", "authoredOn"),
            _CATEGORY,
            _token("code", "medication"),
            _ENCOUNTER,
            _token("intent"),
            _reference("requester", "Practitioner", "Organization"),
            _STATUS,
        ),
        days=("authoredOn",),
    ),
    "MedicationStatement": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _CATEGORY,
            _token("code", "medication"),
            _date("effective"),
            _STATUS,
        ),
        days=("effective", "dateAsserted"),
    ),
    "Observation": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _CATEGORY,
            _CODE,
            _token("component-code", "component.code"),
            _date("date", "effective"),
            _ENCOUNTER,
            _PERFORMER,
            _STATUS,
            _token("value-concept", "value"),
        ),
        days=("effective", "issued"),
    ),
    "Organization": Searchable(
        (
            _token("active"),
            _IDENTIFIER,
            _string("name", "name", "alias"),
            _reference("partof", "Organization", path="partOf"),
            _token("type"),
        ),
        patient="",
    ),
    "Practitioner": Searchable(
        (
            _token("active"),
            _string("family", "name.family"),
            _string("given", "name.given"),
            _IDENTIFIER,
            _string("name"),
        ),
        patient="",
    ),
    "Procedure": Searchable(
        (
            *_SUBJECT,
            _IDENTIFIER,
            _CATEGORY,
            _CODE,
            _date("date", "performed"),
            _ENCOUNTER,
            _STATUS,
        ),
        days=("performed",),
    ),
}
"""What hospitals send as single records; consents, patients and documents have other doors."""

INCLUDES: Final[Mapping[str, str]] = {
    f"{kind}:{one.definition.name}": one.paths[0]
    for kind, searchable in SEARCHABLE.items()
    for one in searchable.parameters
    if one.definition.type is _REFERENCE
    and one.paths
    and not SEARCHABLE.keys().isdisjoint(one.definition.targets)
}
"""The values of `_include` that are answered, and the element that each follows."""

_PATIENTS: Final = frozenset(kind for kind, one in SEARCHABLE.items() if one.patient)

REVINCLUDES: Final[Mapping[str, frozenset[str]]] = {
    target: frozenset(
        f"{kind}:{one.definition.name}"
        for kind, searchable in SEARCHABLE.items()
        for one in searchable.parameters
        if f"{kind}:{one.definition.name}" in INCLUDES and target in one.definition.targets
    )
    for target in SEARCHABLE
    if target in _PATIENTS
}
"""The values of `_revinclude` that a search of a type answers.

Only of a patient's records: to what is of nobody everybody's records may lead.
"""

TARGETS: Final[Mapping[str, tuple[str, ...]]] = {
    f"{kind}:{one.definition.name}": tuple(
        target for target in one.definition.targets if target in SEARCHABLE
    )
    for kind, searchable in SEARCHABLE.items()
    for one in searchable.parameters
    if f"{kind}:{one.definition.name}" in INCLUDES
}
"""To which types each value of INCLUDES leads."""
