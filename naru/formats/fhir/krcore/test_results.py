"""KR Core's Observations and DiagnosticReports beside 검사결과.

Every result is one Observation; those of one order make one DiagnosticReport, which tells the
order's name and leads to images. KR Core has no Observation of pathology and imaging: these are
R4's, under KR Core's reports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from naru.domain.clinical import Interpretation, TestKind, TestResult
from naru.domain.terminology import System
from naru.formats.fhir.krcore.frame import (
    Frame,
    absent,
    moment,
    put,
    put_instant,
    reference,
)
from naru.formats.fhir.krcore.imaging_study import Images, from_imaging_study, to_imaging_study
from naru.formats.fhir.krcore.observation import from_value, to_observation, to_value
from naru.formats.fhir.krcore.profiles import Extension, Profile
from naru.formats.fhir.krcore.reading import child, each, when, word
from naru.formats.fhir.krcore.systems import (
    V2,
    V3,
    coding,
    codings_of,
    concept,
    name_of,
    parted,
    translations,
)
from naru.formats.fhir.resource import Resource


@dataclass(frozen=True, slots=True)
class _Kind:
    category: str
    """Of observation-category."""
    observation: Profile | None
    section: str
    """Of v2 table 0074."""
    report: Profile
    display: str


_KINDS: Final = {
    TestKind.SPECIMEN: _Kind(
        "laboratory", Profile.LABORATORY_RESULT, "LAB", Profile.LABORATORY_REPORT, "Laboratory"
    ),
    TestKind.PATHOLOGY: _Kind(
        "laboratory",
        None,
        "PAT",
        Profile.PATHOLOGY_REPORT,
        "Pathology (gross & histopath, not surgical)",
    ),
    TestKind.FUNCTION: _Kind(
        "exam", Profile.FUNCTION_TEST, "OSL", Profile.FUNCTION_REPORT, "Outside Lab"
    ),
    TestKind.IMAGING: _Kind("imaging", None, "IMG", Profile.IMAGING_REPORT, "Diagnostic Imaging"),
}
_SECTIONS: Final = {one.section: kind for kind, one in _KINDS.items()}
_CATEGORIES: Final = {
    "laboratory": TestKind.SPECIMEN,
    "exam": TestKind.FUNCTION,
    "procedure": TestKind.FUNCTION,
    "imaging": TestKind.IMAGING,
}


def to_test_results(frame: Frame, results: Iterable[TestResult]) -> list[Resource]:
    """The results in their order, then their reports and image studies."""
    found: list[Resource] = []
    orders: dict[tuple[object, ...], list[tuple[TestResult, Resource]]] = {}
    for place, one in enumerate(results):
        observation = to_result(frame, one, f"tests/{place}")
        found.append(observation)
        order = (one.kind, one.item, one.time, one.accession, one.study)
        orders.setdefault(order, []).append((one, observation))
    for place, group in enumerate(orders.values()):
        found += _report(frame, group, f"reports/{place}")
    return found


def to_result(frame: Frame, result: TestResult, place: str) -> Resource:
    """The Observation of one result."""
    kind = _KINDS[result.kind]
    codes = []
    if result.code.strip():
        codes.append(coding(System.EDI_PROCEDURE, result.code, result.name))
    codes += translations(result.translations, System.EDI_PROCEDURE)
    code = concept(codes, result.name)
    told = to_observation(frame, place, kind.category, code, kind.observation)
    told["effectiveDateTime"] = moment(result.time)
    put_instant(told, "issued", result.time)
    value = to_value(result.result, result.unit)
    told |= value or {"dataAbsentReason": {"text": "결과 없음"}}
    if result.interpretation is not None:
        told["interpretation"] = [
            {
                "coding": [
                    {
                        "system": f"{V3}ObservationInterpretation",
                        "code": result.interpretation.value,
                    }
                ]
            }
        ]
    if result.reference.strip():
        told["referenceRange"] = [{"text": result.reference}]
    return told


def _report(frame: Frame, group: list[tuple[TestResult, Resource]], place: str) -> list[Resource]:
    one, kind = group[0][0], _KINDS[group[0][0].kind]
    told = frame.new("DiagnosticReport", place, kind.report)
    if extension := _asked(one):
        told["extension"] = [extension]
    told["status"] = "final"
    section = {"system": f"{V2}0074", "code": kind.section, "display": kind.display}
    told["category"] = [{"coding": [section]}]
    # An order without a name is called by its section.
    told["code"] = {"text": one.item} if one.item.strip() else {"coding": [section]}
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["effectiveDateTime"] = moment(one.time)
    put_instant(told, "issued", one.time)
    told["result"] = [reference(observation) for _, observation in group]
    images = Images(accession=one.accession, study=one.study)
    studies = [to_imaging_study(frame, images, one.time, f"{place}/images")] if images else []
    if studies:
        told["imagingStudy"] = [reference(each) for each in studies]
    if one.kind in {TestKind.PATHOLOGY, TestKind.IMAGING}:
        put(told, "conclusion", "\n".join(result.result for result, _ in group))
    return [told, *studies]


def _asked(result: TestResult) -> Resource | None:
    """KR Core's date: of a function test the day it was done, of pathology when it was asked."""
    url = Extension.TEST_REQUEST_DATE_TIME.url
    if result.kind is TestKind.FUNCTION:
        return {"url": url, "valueDateTime": moment(result.time)}
    if result.kind is TestKind.PATHOLOGY:
        return {"url": url, "_valueDateTime": absent()}
    return None


def from_test_results(
    found: Iterable[Resource], members: Mapping[str, Resource]
) -> tuple[TestResult, ...]:
    """The results of a section, with what their reports say of them."""
    reports = [one for one in found if one.get("resourceType") == "DiagnosticReport"]
    reported = {
        word(one, "reference"): report for report in reports for one in each(report, "result")
    }
    results = []
    for one in found:
        if one.get("resourceType") == "Observation":
            report = reported.get(f"urn:uuid:{one.get('id')}", {})
            images = _images(report, members)
            results.append(from_result(one, report, images))
    return tuple(one for one in results if one is not None)


def _images(report: Resource, members: Mapping[str, Resource]) -> Images:
    names = [word(one, "reference") for one in each(report, "imagingStudy")]
    return next((from_imaging_study(members[one]) for one in names if one in members), Images())


def from_result(
    resource: Resource, report: Resource | None = None, images: Images | None = None
) -> TestResult | None:
    """One result; None where it has no time. Components are told by name within the words."""
    time = when(
        word(resource, "effectiveDateTime")
        or word(resource, "effectivePeriod", "start")
        or word(resource, "issued")
    )
    if not isinstance(time, date | datetime):
        return None
    report, images = report or {}, images or Images()
    own, others = parted(codings_of(resource.get("code")), System.EDI_PROCEDURE)
    result, unit = from_value(resource)
    coded = word(resource, "interpretation", "coding", "code")
    return TestResult(
        time=time,
        name=name_of(resource.get("code")),
        result=result or _components(resource),
        kind=_kind(resource, report),
        code="" if own is None else own.code,
        item="" if each(report, "code", "coding") else word(report, "code", "text"),
        reference=_range(child(resource, "referenceRange")),
        unit=unit,
        interpretation=Interpretation(coded) if coded in set(Interpretation) else None,
        accession=images.accession,
        study=images.study,
        translations=others,
    )


def _kind(resource: Resource, report: Resource) -> TestKind:
    for one in each(report, "category", "coding"):
        if word(one, "code") in _SECTIONS:
            return _SECTIONS[word(one, "code")]
    for one in each(resource, "category", "coding"):
        if word(one, "code") in _CATEGORIES:
            return _CATEGORIES[word(one, "code")]
    return TestKind.SPECIMEN


def _components(resource: Resource) -> str:
    told = []
    for one in each(resource, "component"):
        value, unit = from_value(one)
        name = name_of(one.get("code"))
        told.append(f"{name}: {value}{unit}")
    return "\n".join(told)


def _range(told: Resource) -> str:
    if text := word(told, "text"):
        return text
    low, high = (from_value({"valueQuantity": child(told, one)}) for one in ("low", "high"))
    unit = low[1] or high[1]
    return f"{low[0]}~{high[0]} {unit}".strip() if low[0] or high[0] else ""
