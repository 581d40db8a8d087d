"""A clinical document becomes a FHIR document and is read back as it was."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given

from naru.domain.clinical import ClinicalDocument, Content, Diagnosis, Medication
from naru.formats.fhir import validation
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import from_bundle, to_bundle
from naru.formats.fhir.krcore.medication_request import quantity
from naru.formats.fhir.outcome import Refused
from tests.formats.fhir.krcore.clinical import documents
from tests.formats.fhir.krcore.example import DOCUMENT


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
