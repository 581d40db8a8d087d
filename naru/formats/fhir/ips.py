"""International Patient Summary (HL7 IPS, document Bundle): the most needed of a patient.

The three sections that IPS demands always stand. Where nothing was found they say "no information",
never "no known": that nothing crossed the exchange does not say that there is nothing. No profile
of IPS is claimed: its definitions are no public package that anything here could judge by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from naru.formats.fhir.krcore.content import Sorting
from naru.formats.fhir.krcore.frame import moment
from naru.formats.fhir.krcore.narrative import line_of, of_lines, of_words
from naru.formats.fhir.krcore.provenance import led, name_of
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.krcore.systems import LOINC
from naru.formats.fhir.resource import Resource

ABSENT: Final = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"


@dataclass(frozen=True, slots=True)
class _Section:
    code: str
    title: str
    types: frozenset[str]
    category: str = ""
    """Of observation-category, where only such Observations belong here."""
    absent: str = ""
    """The code of absent-unknown where nothing is known; the section is left out without one."""


_SECTIONS: Final = (
    _Section(
        "10160-0",
        "약물",
        frozenset({"MedicationRequest", "MedicationStatement"}),
        absent="no-medication-info",
    ),
    _Section(
        "48765-2", "알레르기와 불내성", frozenset({"AllergyIntolerance"}), absent="no-allergy-info"
    ),
    _Section("11450-4", "문제 목록", frozenset({"Condition"}), absent="no-problem-info"),
    _Section("11369-6", "예방접종", frozenset({"Immunization"})),
    _Section("47519-4", "수술과 처치", frozenset({"Procedure"})),
    _Section("30954-2", "검사 결과", frozenset({"DiagnosticReport"})),
    _Section("8716-3", "생체신호", frozenset({"Observation"}), category="vital-signs"),
    _Section("29762-2", "사회력", frozenset({"Observation"}), category="social-history"),
)
_NO_INFORMATION: Final = "정보 없음: 교류된 기록에서 확인된 내용이 없습니다. 없다는 뜻은 아닙니다."


def to_summary(
    patient: Resource, resources: Sequence[Resource], *, base: str, time: datetime, author: str
) -> Resource:
    """The Bundle. `resources` are the patient's; relative references become those of the Bundle.

    `base` is the address of the door at which what is not in the Bundle can be had.
    """
    making = _Making(patient, resources, base, f"{name_of(patient)} {moment(time)}")
    device = making.new("Device")
    device["deviceName"] = [{"name": author, "type": "manufacturer-name"}]
    composition = making.new("Composition")
    composition |= {
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5"}], "text": "환자 요약"},
        "subject": {"reference": making.patient},
        "date": moment(time),
        "author": [{"reference": f"urn:uuid:{device['id']}", "display": author}],
        "title": "국제 환자 요약(IPS)",
        "section": [*making.sections()],
    }
    whole = [composition, making.whole(patient), device, *making.used()]
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(NAMESPACE_URL, f"{making.seed} Bundle")),
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{uuid5(NAMESPACE_URL, making.seed)}",
        },
        "type": "document",
        "timestamp": moment(time),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in whole],
    }


class _Making:
    """One summary while it is made; only what a section leads to comes into the Bundle."""

    def __init__(
        self, patient: Resource, resources: Sequence[Resource], base: str, seed: str
    ) -> None:
        self.seed = seed
        self._base = base
        self._all = {name_of(one): one for one in resources}
        self._ids = {
            name: str(uuid5(NAMESPACE_URL, f"{seed} {name}"))
            for name in (*self._all, name_of(patient))
        }
        self._used: dict[str, Resource] = {}
        self._made: list[Resource] = []
        self.patient = f"urn:uuid:{self._ids[name_of(patient)]}"

    def new(self, kind: str) -> Resource:
        """The beginning of a resource of the summary's own."""
        return {
            "resourceType": kind,
            "id": str(uuid5(NAMESPACE_URL, f"{self.seed} {kind} {len(self._made)}")),
        }

    def sections(self) -> Iterator[Resource]:
        """The sections that IPS demands, and the others where something is known."""
        for form in _SECTIONS:
            found = _newest(one for one in self._all.values() if _belongs(one, form))
            if not found and not form.absent:
                continue
            told: Resource = {
                "title": form.title,
                "code": {"coding": [{"system": LOINC, "code": form.code}]},
            }
            if found:
                told["text"] = of_lines(self._lines(found))
                told["entry"] = [{"reference": self._use(one)} for one in found]
            else:
                told["text"] = of_words(_NO_INFORMATION, "generated")
                told["entry"] = [{"reference": self._no_information(form)}]
            yield told

    def used(self) -> Iterator[Resource]:
        """What the sections lead to, each under its name in the Bundle, and what that leads to."""
        yield from self._made
        done: set[str] = set()
        while todo := [name for name in self._used if name not in done]:
            for name in todo:
                done.add(name)
                yield self.whole(self._used[name])

    def whole(self, resource: Resource) -> Resource:
        """A resource with its references within the Bundle; others lead to the door."""
        names = {}
        for sent in _references(resource):
            if sent in self._all:
                names[sent] = self._use(self._all[sent])
            elif sent in self._ids:
                names[sent] = f"urn:uuid:{self._ids[sent]}"
            elif not sent.startswith(("urn:", "http:", "https:", "#")):
                names[sent] = f"{self._base}/{sent}"
        found: Resource = led(resource, names)
        return {**found, "id": self._ids[name_of(resource)]}

    def _use(self, resource: Resource) -> str:
        name = name_of(resource)
        self._used.setdefault(name, resource)
        return f"urn:uuid:{self._ids[name]}"

    def _lines(self, found: Iterable[Resource]) -> Iterator[str]:
        """One line of each; a report of tests has one of each result, with its value."""
        names = {name: f"urn:uuid:{one['id']}" for name, one in self._all.items()}
        members = {names[name]: one for name, one in self._all.items()}
        for one in found:
            told = led(one, names)
            results = [word(result, "reference") for result in each(told, "result")]
            sorting = Sorting(members)
            sorting.all([told, *(members[name] for name in results if name in members)])
            content = sorting.content()
            items = [
                *content.diagnoses,
                *content.medications,
                *content.discharge_medications,
                *content.allergies,
                *content.immunizations,
                *content.procedures,
                *content.vital_signs,
                *content.smoking,
                *content.drinking,
                *content.readings,
            ][:1] or content.test_results
            yield from map(line_of, items) if items else (_words(one),)

    def _no_information(self, form: _Section) -> str:
        code = {"coding": [{"system": ABSENT, "code": form.absent}], "text": "정보 없음"}
        subject = {"reference": self.patient}
        if "Condition" in form.types:
            told = self.new("Condition") | {"code": code, "subject": subject}
        elif "AllergyIntolerance" in form.types:
            status = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
            told = self.new("AllergyIntolerance") | {
                "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
                "code": code,
                "patient": subject,
            }
        else:
            told = self.new("MedicationStatement") | {
                "status": "unknown",
                "medicationCodeableConcept": code,
                "subject": subject,
            }
        self._made.append(told)
        return f"urn:uuid:{told['id']}"


def _belongs(resource: Resource, form: _Section) -> bool:
    if resource["resourceType"] not in form.types:
        return False
    return not form.category or form.category == word(resource, "category", "coding", "code")


def _newest(found: Iterable[Resource]) -> list[Resource]:
    """Each thing once, by its newest record; the newest first."""
    told: dict[str, Resource] = {}
    for one in sorted(found, key=_time, reverse=True):
        told.setdefault(_what(one), one)
    return [*told.values()]


_TIMES: Final = (
    "recordedDate",
    "authoredOn",
    "effectiveDateTime",
    "occurrenceDateTime",
    "performedDateTime",
    "issued",
)


def _time(resource: Resource) -> str:
    return next((text for name in _TIMES if (text := word(resource, name))), "")


def _what(resource: Resource) -> str:
    """By which two records are of the same thing; readings at two times are two things."""
    for name in ("code", "medicationCodeableConcept", "vaccineCode"):
        told = resource.get(name)
        coded = f"{word(told, 'coding', 'system')}|{word(told, 'coding', 'code')}"
        words = word(told, "text") if coded == "|" else coded
        if words:
            fleeting = resource["resourceType"] in {"Observation", "DiagnosticReport"}
            fleeting = fleeting or resource["resourceType"] in {"Immunization", "Procedure"}
            return f"{words} {_time(resource)}" if fleeting else words
    return name_of(resource)


def _words(resource: Resource) -> str:
    names = ("code", "medicationCodeableConcept", "vaccineCode")
    texts = [word(resource, name, "text") for name in names]
    texts += [word(resource, name, "coding", "display") for name in names]
    what = next((one for one in texts if one), resource["resourceType"])
    said = (_time(resource)[:10], what, word(resource, "conclusion"))
    return " · ".join(one for one in said if one)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        sent = value.get("reference")
        if isinstance(sent, str):
            yield sent
        for member in value.values():
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)
