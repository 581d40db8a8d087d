"""The content of a document as sections of resources, and resources as content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from naru.domain.clinical import Content
from naru.formats.fhir.krcore.allergy_intolerance import from_allergy, to_allergy
from naru.formats.fhir.krcore.appointment import from_appointment, to_appointment
from naru.formats.fhir.krcore.condition import (
    from_diagnosis,
    from_infection,
    to_diagnosis,
    to_infection,
)
from naru.formats.fhir.krcore.frame import Frame
from naru.formats.fhir.krcore.imaging_report import from_imaging_report, to_imaging_report
from naru.formats.fhir.krcore.immunization import from_immunization, to_immunization
from naru.formats.fhir.krcore.medication_request import (
    from_medication_request,
    to_medication_request,
)
from naru.formats.fhir.krcore.narrative import line_of, of_lines, of_words
from naru.formats.fhir.krcore.procedure import from_procedure, to_procedure
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.krcore.social_history import (
    ALCOHOL,
    TOBACCO,
    from_drinking,
    from_smoking,
    to_drinking,
    to_smoking,
)
from naru.formats.fhir.krcore.systems import LOINC
from naru.formats.fhir.krcore.test_results import from_test_results, to_test_results
from naru.formats.fhir.krcore.transfer import from_transfer, is_transfer, to_transfer
from naru.formats.fhir.krcore.vital_signs import (
    from_observations,
    from_vital_signs,
    is_panel,
    is_vital_sign,
    to_vital_signs,
)
from naru.formats.fhir.resource import Resource

_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"


@dataclass(frozen=True, slots=True)
class SectionForm:
    """A section of a Composition: the field of `Content` that it carries, its code and title."""

    name: str
    code: str
    title: str
    system: str = LOINC


FORMS: Final = (
    SectionForm("vital_signs", "8716-3", "생체신호 및 상태"),
    SectionForm("diagnoses", "11450-4", "진단내역"),
    SectionForm("medications", "10160-0", "약물처방내역"),
    SectionForm("test_results", "30954-2", "검사내역"),
    SectionForm("procedures", "47519-4", "수술내역"),
    SectionForm("allergies", "48765-2", "알러지 및 부작용"),
    SectionForm("opinion", "51848-0", "소견 및 주의사항"),
    SectionForm("reason", "42349-1", "의뢰·회송 사유"),
    SectionForm("appointments", "18776-5", "예약관련 정보"),
    SectionForm("past_history", "11348-0", "과거 병력정보"),
    SectionForm("smoking", "29762-2", "흡연상태 및 음주상태"),
    SectionForm("infections", "56838-6", "법정 감염성 전염병"),
    SectionForm("immunizations", "11369-6", "예방접종내역"),
    SectionForm("discharge_medications", "10183-2", "퇴원투약내역"),
    SectionForm("readings", "121070", "판독결과", _DCM),
    SectionForm("transfer", "transfer", "전원 이송 정보", f"{OURS}/CodeSystem/section"),
)
"""In the order in which they are written; 음주 goes with 흡연."""

TEXTS: Final = frozenset({"opinion", "reason", "past_history"})
_BY_CODE: Final = {one.code: one.name for one in FORMS}


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it was made: its narrative and the resources to which it leads."""

    form: SectionForm
    text: Resource
    resources: list[Resource]


_ONE: Final[Mapping[str, Callable[[Frame, Any, str], Resource]]] = {
    "diagnoses": to_diagnosis,
    "medications": to_medication_request,
    "procedures": to_procedure,
    "allergies": to_allergy,
    "appointments": to_appointment,
    "infections": to_infection,
    "immunizations": to_immunization,
    "discharge_medications": lambda frame, item, place: to_medication_request(
        frame, item, place, at_discharge=True
    ),
}
_SEVERAL: Final[Mapping[str, Callable[[Frame, Any, str], list[Resource]]]] = {
    "vital_signs": to_vital_signs,
    "readings": to_imaging_report,
}


def to_sections(frame: Frame, content: Content) -> Iterator[Section]:
    """Every section in which something was said."""
    for form in FORMS:
        said = getattr(content, form.name)
        if form.name in TEXTS:
            if said.strip():
                yield Section(form, of_words(said), [])
            continue
        items = _items(content, form)
        if items:
            text = of_lines(line_of(one) for one in items)
            yield Section(form, text, _resources(frame, form, content, items))


def _items(content: Content, form: SectionForm) -> Sequence[Any]:
    if form.name == "smoking":
        return (*content.smoking, *content.drinking)
    if form.name == "transfer":
        return () if content.transfer is None else (content.transfer,)
    found: Sequence[Any] = getattr(content, form.name)
    return found


def _resources(
    frame: Frame, form: SectionForm, content: Content, items: Sequence[Any]
) -> list[Resource]:
    name = form.name
    if name in _ONE:
        return [_ONE[name](frame, one, f"{name}/{place}") for place, one in enumerate(items)]
    if name in _SEVERAL:
        return [
            resource
            for place, one in enumerate(items)
            for resource in _SEVERAL[name](frame, one, f"{name}/{place}")
        ]
    if name == "test_results":
        return to_test_results(frame, items)
    if name == "transfer":
        return [to_transfer(frame, one) for one in items]
    smoking = enumerate(content.smoking)
    drinking = enumerate(content.drinking)
    return [
        *(to_smoking(frame, one, f"smoking/{place}") for place, one in smoking),
        *(to_drinking(frame, one, f"drinking/{place}") for place, one in drinking),
    ]


def section_of(codes: Iterable[str]) -> str:
    """Which field of `Content` a section of these codes carries; empty where none of them."""
    return next((_BY_CODE[one] for one in codes if one in _BY_CODE), "")


_PLAIN: Final[Mapping[str, tuple[str, Callable[[Resource], Any]]]] = {
    "Procedure": ("procedures", from_procedure),
    "AllergyIntolerance": ("allergies", from_allergy),
    "Immunization": ("immunizations", from_immunization),
    "Appointment": ("appointments", from_appointment),
}
_IMAGING: Final = frozenset({"IMG", "RAD", "RX", "CT", "NMR", "RUS", "NMS"})
"""HL7 v2-0074: reports of images."""


@dataclass(slots=True)
class Sorting:
    """Resources on their way to be content: each with the section in which it stood."""

    members: Mapping[str, Resource]
    """Every resource by the reference that leads to it."""
    found: dict[str, list[Any]] = field(default_factory=dict)
    _tests: list[Resource] = field(default_factory=list)
    _held: set[str] = field(default_factory=set)

    def all(self, resources: Sequence[Resource], section: str = "") -> None:
        """Take these, in their order."""
        for one in resources:
            self._note_members(one)
        for one in resources:
            self._take(one, section)

    def content(self, **texts: Any) -> Content:
        """What they say."""
        results = from_test_results(self._tests, self.members)
        told: dict[str, Any] = {
            name: tuple(one) for name, one in self.found.items() if name != "transfer"
        }
        transfer = next(iter(self.found.get("transfer", ())), None)
        return Content(**told, test_results=results, transfer=transfer, **texts)

    def _note_members(self, resource: Resource) -> None:
        """What is told within another resource is told once."""
        if is_panel(resource) or self._is_reading(resource):
            name = "hasMember" if is_panel(resource) else "result"
            self._held |= {word(one, "reference") for one in each(resource, name)}

    def _is_reading(self, resource: Resource) -> bool:
        """A report of images whose result is its findings rather than a test."""
        if resource.get("resourceType") != "DiagnosticReport":
            return False
        codes = {word(one, "code") for one in each(resource, "category", "coding")}
        if not codes & _IMAGING:
            return False
        names = [word(one, "reference") for one in each(resource, "result")]
        results = [self.members[one] for one in names if one in self.members]
        return not results or any(
            word(one, "code", "coding", "code") == "59776-5" for one in results
        )

    def _take(self, resource: Resource, section: str) -> None:
        kind = str(resource.get("resourceType"))
        if kind in _PLAIN:
            name, read = _PLAIN[kind]
            self._add(name, read(resource))
        elif kind == "Condition":
            infection = section == "infections"
            name = "infections" if infection else "diagnoses"
            self._add(name, (from_infection if infection else from_diagnosis)(resource))
        elif kind == "MedicationRequest":
            codes = {word(one, "code") for one in each(resource, "category", "coding")}
            home = "discharge" in codes or section == "discharge_medications"
            name = "discharge_medications" if home else "medications"
            self._add(name, from_medication_request(resource))
        elif kind == "DiagnosticReport" and self._is_reading(resource):
            self._add("readings", from_imaging_report(resource, self.members))
        elif kind == "DiagnosticReport":
            self._tests.append(resource)
        elif kind == "Observation":
            self._observation(resource)

    def _observation(self, resource: Resource) -> None:
        code = word(resource, "code", "coding", "code")
        if f"urn:uuid:{resource.get('id')}" in self._held:
            return
        if is_panel(resource):
            self._add("vital_signs", from_vital_signs(resource, self.members)[0])
        elif is_vital_sign(resource):
            self._add("vital_signs", from_observations([resource], resource))
        elif is_transfer(resource):
            self._add("transfer", from_transfer(resource))
        elif code == TOBACCO:
            self._add("smoking", from_smoking(resource))
        elif code == ALCOHOL:
            self._add("drinking", from_drinking(resource))
        else:
            self._tests.append(resource)

    def _add(self, name: str, value: Any) -> None:
        if value is not None:
            self.found.setdefault(name, []).append(value)


def from_resources(
    resources: Sequence[Resource], members: Mapping[str, Resource] | None = None
) -> Content:
    """What single resources say, such as those that institutions keep at a FHIR door.

    `members` are those to which they refer, by reference; what has no time is left out.
    """
    sorting = Sorting(members or {})
    sorting.all(resources)
    return sorting.content()
