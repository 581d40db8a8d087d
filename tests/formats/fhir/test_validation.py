"""What is wrong with a resource is told by its element."""

from typing import Any

import pytest

from naru.formats.fhir import validation
from naru.formats.fhir.outcome import IssueType

CODE = {"text": "혈압"}
SOUND: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": CODE,
    "valueQuantity": {"value": 120, "unit": "mmHg"},
    "component": [{"code": CODE, "valueString": "x"}],
}


def test_a_sound_resource_has_no_faults() -> None:
    assert validation.faults(SOUND) == ()


@pytest.mark.parametrize(
    ("change", "code", "expression"),
    [
        ({"status": None}, IssueType.STRUCTURE, "Observation.status"),
        ({"status": "finished"}, IssueType.CODE_INVALID, "Observation.status"),
        ({"status": ["final"]}, IssueType.STRUCTURE, "Observation.status"),
        ({"status": 1}, IssueType.VALUE, "Observation.status"),
        ({"code": "x"}, IssueType.STRUCTURE, "Observation.code"),
        ({"code": {}}, IssueType.STRUCTURE, "Observation.code"),
        ({"category": CODE}, IssueType.STRUCTURE, "Observation.category"),
        ({"category": []}, IssueType.STRUCTURE, "Observation.category"),
        ({"category": [None]}, IssueType.STRUCTURE, "Observation.category[0]"),
        ({"category": None}, IssueType.STRUCTURE, "Observation.category"),
        ({"code": {"coding": None, "text": "x"}}, IssueType.STRUCTURE, "Observation.code.coding"),
        ({"shoe": None}, IssueType.STRUCTURE, "Observation"),
        ({"valueString": "x"}, IssueType.STRUCTURE, "Observation.value"),
        ({"value": "x"}, IssueType.STRUCTURE, "Observation.value"),
        ({"valueShoe": "x"}, IssueType.STRUCTURE, "Observation.valueShoe"),
        ({"shoe": 43}, IssueType.STRUCTURE, "Observation.shoe"),
        ({"_shoe": {"id": "1"}}, IssueType.STRUCTURE, "Observation._shoe"),
        ({"_code": {"id": "1"}}, IssueType.STRUCTURE, "Observation._code"),
        ({"_status": {}}, IssueType.STRUCTURE, "Observation.status"),
        ({"a b": 1}, IssueType.STRUCTURE, "Observation"),
        ({"effectiveDateTime": "2020-02-30"}, IssueType.VALUE, "Observation.effective"),
        ({"effectiveDateTime": "2020-02-01T10:00"}, IssueType.VALUE, "Observation.effective"),
        ({"effectiveDateTime": "2020-02-01T10:00:00"}, IssueType.VALUE, "Observation.effective"),
        ({"issued": "2020-02-01"}, IssueType.VALUE, "Observation.issued"),
        ({"id": "a b"}, IssueType.VALUE, "Observation.id"),
        ({"implicitRules": "a b"}, IssueType.VALUE, "Observation.implicitRules"),
        ({"note": [{"text": ""}]}, IssueType.VALUE, "Observation.note[0].text"),
        ({"note": [{"text": "a\x01"}]}, IssueType.VALUE, "Observation.note[0].text"),
        ({"note": [{"time": "2020"}]}, IssueType.REQUIRED, "Observation.note[0].text"),
        (
            {"component": [{"valueString": "x"}]},
            IssueType.REQUIRED,
            "Observation.component[0].code",
        ),
        ({"valueQuantity": {"value": "1"}}, IssueType.VALUE, "Observation.value.value"),
        ({"valueQuantity": {"value": True}}, IssueType.VALUE, "Observation.value.value"),
        ({"contained": [{"id": "1"}]}, IssueType.STRUCTURE, "Observation.contained[0]"),
        ({"contained": [{"resourceType": "X"}]}, IssueType.STRUCTURE, "Observation.contained[0]"),
        (
            {"contained": [{"resourceType": "Patient", "gender": "x"}]},
            IssueType.CODE_INVALID,
            "Observation.contained[0].gender",
        ),
        (
            {"text": {"status": "generated", "div": "x"}},
            IssueType.STRUCTURE,
            "Observation.text.div",
        ),
        ({"extension": [{"valueString": "x"}]}, IssueType.REQUIRED, "Observation.extension[0].url"),
    ],
)
def test_a_fault_is_named_by_its_element(
    change: dict[str, Any], code: IssueType, expression: str
) -> None:
    (fault,) = validation.faults(SOUND | change)

    assert (fault.code, fault.expression) == (code, (expression,))


def test_a_missing_element_is_named() -> None:
    bare = {name: value for name, value in SOUND.items() if name != "status"}

    (fault,) = validation.faults(bare)
    assert (fault.code, fault.expression) == (IssueType.REQUIRED, ("Observation.status",))


def test_an_extension_stands_for_a_value() -> None:
    beside = {"extension": [{"url": "urn:unknown", "valueCode": "unknown"}]}
    bare = {name: value for name, value in SOUND.items() if name != "status"}

    assert validation.faults({**bare, "_status": beside}) == ()


def test_faults_are_told_up_to_a_number() -> None:
    many = {"resourceType": "Patient", "name": [{"shoe": 1}] * 500}

    assert len(validation.faults(many)) == validation.MOST_ISSUES


def test_another_type_than_expected_is_refused() -> None:
    (fault,) = validation.faults(SOUND, "Patient", "Bundle")

    assert fault.expression == ("resourceType",)
