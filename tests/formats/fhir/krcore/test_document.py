"""A clinical document becomes a FHIR document and is read back as it was."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given

from naru.domain.clinical import (
    ClinicalDocument,
    Coding,
    Content,
    Diagnosis,
    Medication,
    Procedure,
    Reading,
    TestResult,
)
from naru.formats.fhir import validation
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import from_bundle, to_bundle
from naru.formats.fhir.krcore.medication_request import quantity
from naru.formats.fhir.outcome import Refused
from tests.formats.fhir.krcore.clinical import documents
from tests.formats.fhir.krcore.example import DOCUMENT, TIME

DIABETES = Content(diagnoses=(Diagnosis(date=date(2025, 12, 31), code="E119", name="당뇨병"),))


@given(documents())
def test_every_document_is_read_back_as_it_was(document: ClinicalDocument) -> None:
    bundle = from_json(to_json(to_bundle(document)))

    assert validation.faults(bundle) == ()
    assert from_bundle(bundle) == document


def test_the_same_document_gives_the_same_resources() -> None:
    assert to_bundle(DOCUMENT) == to_bundle(DOCUMENT)


def test_a_resident_number_is_written_nowhere() -> None:
    patient = dataclasses.replace(DOCUMENT.patient, resident_number="TEST-000000-0000000")
    document = dataclasses.replace(DOCUMENT, patient=patient)

    assert b"TEST-000000" not in to_json(to_bundle(document))


@pytest.mark.parametrize(
    ("day", "url", "code"),
    [
        (date(2025, 12, 31), "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8", "E11.9"),
        (date(2026, 1, 1), "https://naru.invalid/CodeSystem/kcd-9", "E11.9"),
    ],
)
def test_a_diagnosis_is_coded_by_the_revision_in_force(day: date, url: str, code: str) -> None:
    content = Content(diagnoses=(Diagnosis(date=day, code="E119", name="당뇨병"),))
    bundle = to_bundle(dataclasses.replace(DOCUMENT, content=content))

    (condition,) = _of_type(bundle, "Condition")
    (coding,) = condition["code"]["coding"]
    assert (coding["system"], coding["code"]) == (url, code)
    assert condition["category"][0]["coding"][0]["code"] == "진단"


@pytest.mark.parametrize(
    ("said", "written", "marked"),
    [
        ("E119", "E11.9", False),
        ("e119", "e119", False),
        ("E11.9", "E11.9", True),
        ("e11.9", "e11.9", False),
        ("A150†", "A150†", False),
        (" E119\n", "E119", True),
    ],
)
def test_a_code_comes_back_as_it_was_said(said: str, written: str, *, marked: bool) -> None:
    content = Content(
        diagnoses=(Diagnosis(date=date(2025, 12, 31), code=said, name="당뇨병"),),
        procedures=(Procedure(date=date(2025, 12, 31), code="s1234a ", name="봉합"),),
        test_results=(TestResult(time=TIME, code="d2280b", name="혈색소", result="1"),),
        readings=(Reading(time=TIME, code="ha451", name="CT", findings="없음"),),
    )
    bundle = from_json(to_json(to_bundle(dataclasses.replace(DOCUMENT, content=content))))

    assert validation.faults(bundle) == ()
    (condition,) = _of_type(bundle, "Condition")
    (coding,) = condition["code"]["coding"]
    assert coding["code"] == written
    assert ("extension" in coding) is marked
    assert from_bundle(bundle).content == content


def test_what_has_no_name_is_not_called_by_a_term_of_its_codes() -> None:
    term = Coding("KOSTOM", "TEST-H00000001", "제2형 당뇨병")
    diagnosis = Diagnosis(date=date(2025, 12, 31), code="E119", name="", translations=(term,))
    content = Content(diagnoses=(diagnosis,))
    bundle = to_bundle(dataclasses.replace(DOCUMENT, content=content))

    (condition,) = _of_type(bundle, "Condition")
    assert "text" not in condition["code"]
    assert [one.get("display") for one in condition["code"]["coding"]] == [None, term.display]
    assert from_bundle(bundle).content == content


def test_what_others_name_by_a_display_alone_has_that_name() -> None:
    bundle = to_bundle(dataclasses.replace(DOCUMENT, content=DIABETES))
    (condition,) = _of_type(bundle, "Condition")
    condition["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}]}
    condition["code"]["coding"][0]["display"] = "Type 2 diabetes mellitus"

    (diagnosis,) = from_bundle(bundle).content.diagnoses
    assert diagnosis.name == "Type 2 diabetes mellitus"


@pytest.mark.parametrize(
    ("words", "value", "unit", "code"),
    [
        ("1정", "1", "정", "{tbl}"),
        ("0.5 mL", "0.5", "mL", "mL"),
        ("1/2정", "0.5", "정", "{tbl}"),
        ("2캡슐", "2", "캡슐", "{cap}"),
        ("3", "3", None, None),
        ("10 단위", "10", "단위", None),
    ],
)
def test_a_dose_is_counted(words: str, value: str, unit: str | None, code: str | None) -> None:
    found = quantity(words)

    assert str(found["value"]) == value
    assert (found.get("unit"), found.get("code")) == (unit, code)


@pytest.mark.parametrize(
    ("words", "reason"), [("적당량", "as-text"), ("1/3정", "as-text"), ("", "unknown")]
)
def test_a_dose_that_is_no_number_says_so(words: str, reason: str) -> None:
    (extension,) = quantity(words)["extension"]

    assert extension["valueCode"] == reason


def test_times_and_days_are_counted_beside_the_words() -> None:
    taken = Medication(time=date(2026, 3, 2), code="1", name="약", times="1일 3회", days="7일")
    bundle = to_bundle(dataclasses.replace(DOCUMENT, content=Content(medications=(taken,))))

    (request,) = _of_type(bundle, "MedicationRequest")
    (dosage,) = request["dosageInstruction"]
    repeat = dosage["timing"]["repeat"]
    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (3, 1, "d")
    assert repeat["boundsDuration"]["value"] == 7
    assert dosage["text"] == "횟수: 1일 3회\n투여기간: 7일"


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle", "type": "collection"},
        {"resourceType": "Bundle", "type": "document", "entry": [{"resource": {}}]},
        {
            "resourceType": "Bundle",
            "type": "document",
            "entry": [{"resource": {"resourceType": "Composition"}}],
        },
    ],
)
def test_what_is_no_document_is_refused(bundle: dict[str, object]) -> None:
    with pytest.raises(Refused):
        from_bundle(bundle)


def _of_type(bundle: dict[str, object], kind: str) -> list[dict[str, object]]:
    entries = bundle["entry"]
    assert isinstance(entries, list)
    return [one["resource"] for one in entries if one["resource"]["resourceType"] == kind]
