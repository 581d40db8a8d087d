"""krcore-diagnosticreport-diagnostic-imaging beside 판독결과."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from naru.domain.clinical import Reading
from naru.domain.terminology import System
from naru.formats.fhir.krcore.frame import Frame, moment, put, put_instant, reference
from naru.formats.fhir.krcore.imaging_study import Images, from_imaging_study, to_imaging_study
from naru.formats.fhir.krcore.observation import to_observation
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import child, each, when, word
from naru.formats.fhir.krcore.systems import LOINC, V2, coding, codings_of, concept, name_of, parted
from naru.formats.fhir.resource import Resource

_FINDINGS: Final = ("59776-5", "Procedure findings Narrative")


def to_imaging_report(frame: Frame, reading: Reading, place: str) -> list[Resource]:
    """The report, its findings as an Observation, and the images where they are named."""
    told = frame.new("DiagnosticReport", place, Profile.IMAGING_REPORT)
    told["status"] = "final"
    told["category"] = [{"coding": [{"system": f"{V2}0074", "code": "IMG"}]}]
    named = reading.code.strip()
    codes = [coding(System.EDI_PROCEDURE, reading.code, reading.name)] if named else []
    told["code"] = concept(codes, reading.name)
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["effectiveDateTime"] = moment(reading.time)
    put_instant(told, "issued", reading.time)
    if reading.radiologist.strip():
        told["resultsInterpreter"] = [{"display": reading.radiologist}]
    findings = _findings(frame, reading, f"{place}/findings")
    told["result"] = [reference(findings)]
    images = Images(accession=reading.accession, study=reading.study, modality=reading.modality)
    studies = [to_imaging_study(frame, images, reading.time, f"{place}/images")] if images else []
    if studies:
        told["imagingStudy"] = [reference(one) for one in studies]
    put(told, "conclusion", reading.conclusion)
    return [told, findings, *studies]


def _findings(frame: Frame, reading: Reading, place: str) -> Resource:
    loinc, display = _FINDINGS
    code = {"coding": [{"system": LOINC, "code": loinc, "display": display}], "text": "판독 소견"}
    told = to_observation(frame, place, "imaging", code)
    told["effectiveDateTime"] = moment(reading.time)
    if reading.findings.strip():
        told["valueString"] = reading.findings
    else:
        told["dataAbsentReason"] = {"text": "소견 없음"}
    if reading.body_site.strip():
        told["bodySite"] = {"text": reading.body_site}
    return told


def from_imaging_report(report: Resource, members: Mapping[str, Resource]) -> Reading | None:
    """The reading; None where it has no time."""
    time = when(word(report, "effectiveDateTime") or word(report, "issued"))
    if not isinstance(time, date | datetime):
        return None
    own, _ = parted(codings_of(report.get("code")), System.EDI_PROCEDURE)
    findings = _first(report, "result", members)
    images = from_imaging_study(_first(report, "imagingStudy", members))
    return Reading(
        time=time,
        name=name_of(report.get("code")),
        findings=word(findings, "valueString"),
        conclusion=word(report, "conclusion"),
        code="" if own is None else own.code,
        modality=images.modality,
        body_site=word(findings, "bodySite", "text"),
        accession=images.accession,
        study=images.study,
        radiologist=word(report, "resultsInterpreter", "display"),
    )


def _first(report: Resource, name: str, members: Mapping[str, Resource]) -> Resource:
    names = [word(one, "reference") for one in each(report, name)]
    return child([members[one] for one in names if one in members])
