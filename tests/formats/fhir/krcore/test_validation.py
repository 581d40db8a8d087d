"""What a profile of KR Core demands is told by element and rule when it is missing or wrong."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from naru.formats.fhir.elements import type_of
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import to_bundle, validate
from naru.formats.fhir.krcore.definitions import read
from naru.formats.fhir.krcore.profile_tree import Node, tree
from naru.formats.fhir.krcore.profiles import Extension, Profile
from naru.formats.fhir.krcore.validation import MOST_CODES, claimed, faults, is_sound
from naru.formats.fhir.outcome import Severity
from naru.formats.fhir.resource import Resource
from tests.formats.fhir.krcore.example import DOCUMENT

BUNDLE = from_json(to_json(to_bundle(DOCUMENT)))
KCD_8 = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8"


def resource(profile: Profile) -> Resource:
    """The first resource of the example that claims the profile, for the test alone."""
    held = (entry["resource"] for entry in BUNDLE["entry"])
    return deepcopy(next(one for one in held if claimed(one) == (profile.url,)))


def errors(changed: Resource, profile: str) -> list[str]:
    """The rules that are broken, warnings left out."""
    found = faults(changed, profile)
    return [one.sentence for one in found if one.severity is Severity.ERROR]


def written() -> list[Profile]:
    held = {url for entry in BUNDLE["entry"] for url in claimed(entry["resource"])}
    return [one for one in Profile if one.url in held]


def test_every_profile_that_documents_are_written_by_is_in_the_example() -> None:
    of_papers = {Profile.MEDICAL_DOCTOR, Profile.MEDICAL_DOCTOR_ROLE}
    assert set(Profile) - {*written()} == {Profile.CHIEF_COMPLAINT} | of_papers


@pytest.mark.parametrize("profile", written())
def test_what_we_write_is_sound(profile: Profile) -> None:
    for entry in BUNDLE["entry"]:
        if profile.url in claimed(entry["resource"]):
            assert errors(entry["resource"], profile.url) == []


def test_every_profile_of_kr_core_is_read() -> None:
    structures = read()["structures"]

    assert len(structures) == 35
    assert all(tree(url) is not None for url in structures)
    assert {one.url for one in Profile} | {one.url for one in Extension} <= set(structures)


def _mandatory(
    node: Node, value: Any, kind: str, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """The places of all that KR Core demands within a resource and that stands there."""
    if not isinstance(value, dict):
        return
    elements = type_of(kind).elements
    for name, child in node.children.items():
        for element in elements.values():
            if name not in {element.group, element.name}:
                continue
            here = value.get(element.name, value.get(f"_{element.name}"))
            if here is None:
                continue
            if child.minimum:
                yield (*path, element.name)
            below = here[0] if isinstance(here, list) else here
            at = (*path, element.name, 0) if isinstance(here, list) else (*path, element.name)
            yield from _mandatory(child, below, element.type, at)


@pytest.mark.parametrize("profile", written())
def test_each_mandatory_element_that_is_missing_is_named(profile: Profile) -> None:
    held = tree(profile.url)
    assert held is not None
    places = [*_mandatory(held.root, resource(profile), held.type)]
    for place in places:
        changed = resource(profile)
        inner: Any = changed
        for step in place[:-1]:
            inner = inner[step]
        inner.pop(place[-1], None)
        inner.pop(f"_{place[-1]}", None)
        found = faults(changed, profile.url)
        last = next(step for step in reversed(place) if isinstance(step, str))
        group = next(
            (one for one in ("dose", "performed", "effective", "value") if last.startswith(one)),
            last,
        )
        named = [
            one
            for one in found
            if one.severity is Severity.ERROR
            and any(group in each or "reference" in each for each in one.expression)
        ]
        # An object is never empty: where only the missing element stood, its parent is named.
        empty = [one for one in found if not inner]
        assert named or empty, (place, found)


_MEDICATION = "krcore-medicationrequest:MedicationRequest.medication[x]:medicationCodeableConcept"
_REPORT = "krcore-diagnosticreport-function-tests:DiagnosticReport"
PATIENT = Profile.PATIENT
HEIGHT = Profile.BODY_HEIGHT


@pytest.mark.parametrize(
    ("profile", "path", "value", "rule"),
    [
        (PATIENT, ("name", 0), {"family": "홍"}, "krcore-patient:Patient.name.text:min"),
        (PATIENT, ("identifier",), None, "krcore-patient:Patient.identifier:min"),
        (PATIENT, ("birthDate",), None, "krcore-patient:Patient.birthDate:min"),
        (
            HEIGHT,
            ("valueQuantity", "code"),
            "m",
            "krcore-bodyheight:Observation.value[x].code:fixed",
        ),
        (
            HEIGHT,
            ("category", 0, "coding", 0, "code"),
            "exam",
            "krcore-bodyheight:Observation.category:VitalSigns:min",
        ),
        (
            HEIGHT,
            ("code", "coding", 0, "code"),
            "8310-5",
            "krcore-bodyheight:Observation.code.coding:LOINC.code:fixed",
        ),
        (
            Profile.BLOOD_PRESSURE,
            ("component", 0, "valueQuantity", "code"),
            "kPa",
            "krcore-bloodpressure:Observation.component:Systolic.value[x].code:fixed",
        ),
        (
            Profile.DIAGNOSIS,
            ("code", "coding", 0, "code"),
            "11.9",
            "krcore-condition-encounter-diagnosis:Condition.code:code",
        ),
        (
            Profile.DIAGNOSIS,
            ("code", "coding", 0, "system"),
            "http://hl7.org/fhir/sid/icd-10",
            "krcore-condition-encounter-diagnosis:Condition.code:required",
        ),
        (
            Profile.DIAGNOSIS,
            ("category", 0, "coding", 0, "code"),
            "주호소",
            "krcore-condition-encounter-diagnosis:Condition.category:EnctrDiag:min",
        ),
        (
            Profile.DIAGNOSIS,
            ("subject", "reference"),
            "Group/1",
            "krcore-condition-encounter-diagnosis:Condition.subject:target",
        ),
        (
            Profile.IMMUNIZATION,
            ("vaccineCode", "coding", 0, "code"),
            "99",
            "krcore-immunization:Immunization.vaccineCode.coding:VcntType:required",
        ),
        (
            Profile.ENCOUNTER,
            ("class", "code"),
            "XXX",
            "krcore-encounter:Encounter.class:required",
        ),
        (
            Profile.HEALTHCARE_ORGANIZATION,
            ("identifier", 0, "system"),
            "urn:oid:2.999",
            "",
        ),
        (
            Profile.MEDICATION_REQUEST,
            ("medicationCodeableConcept", "extension"),
            [{"url": "https://example.org/x", "valueString": "x"}],
            f"{_MEDICATION}.extension:krcore-medicationIngredient:min",
        ),
        (
            Profile.MEDICATION_REQUEST,
            ("medicationCodeableConcept", "extension", 0, "valueCodeableConcept", "coding"),
            [{"code": "A10BA02"}],
            "krcore-medicationIngredient:Extension.value[x].coding.system:min",
        ),
        (
            Profile.FUNCTION_REPORT,
            ("extension",),
            None,
            f"{_REPORT}.extension:krcore-testRequestDateTime:min",
        ),
        (Profile.ALLERGY, ("clinicalStatus",), None, "R4:ait-1"),
        (
            Profile.LABORATORY_RESULT,
            ("referenceRange",),
            [{"appliesTo": [{"text": "x"}]}],
            "R4:obs-3",
        ),
        (
            Profile.ENCOUNTER,
            ("period",),
            {"start": "2025-02-02", "end": "2025-02-01"},
            "R4:per-1",
        ),
    ],
)
def test_a_fault_is_named_by_its_rule(
    profile: Profile, path: tuple[str | int, ...], value: Any, rule: str
) -> None:
    changed = resource(profile)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value

    assert errors(changed, profile.url)[:1] == ([rule] if rule else [])


def test_a_ninth_code_is_remarked_on_since_kr_core_knows_the_eighth_alone() -> None:
    changed = resource(Profile.DIAGNOSIS)
    changed["recordedDate"] = "2026-03-02"
    changed["code"]["coding"][0]["system"] = "https://naru.invalid/CodeSystem/kcd-9"

    (found,) = faults(changed, Profile.DIAGNOSIS.url)
    assert found.severity is Severity.WARNING
    assert found.sentence.endswith(":kcd-9")


def test_a_ninth_code_of_a_day_before_it_was_in_force_is_a_fault() -> None:
    changed = resource(Profile.DIAGNOSIS)
    changed["code"]["coding"][0]["system"] = "https://naru.invalid/CodeSystem/kcd-9"

    assert errors(changed, Profile.DIAGNOSIS.url)


def test_a_code_that_is_not_in_force_is_told_by_whoever_knows_the_system() -> None:
    asked = []

    def known(system: str, code: str, on: date) -> bool:
        asked.append((system, code, on))
        return False

    found = faults(resource(Profile.DIAGNOSIS), Profile.DIAGNOSIS.url, known=known)

    assert asked == [(KCD_8, "E11.9", date(2025, 12, 1))]
    assert [one.sentence.rpartition(":")[2] for one in found] == ["code"]


def test_a_height_without_a_value_is_a_warning() -> None:
    changed = resource(HEIGHT)
    del changed["valueQuantity"]

    found = faults(changed, HEIGHT.url)
    assert is_sound(found)
    assert [one.sentence for one in found] == ["krcore-bodyheight:Observation:krcore-obs-01"]
    assert "dataAbsentReason" in found[0].detail


def test_a_resource_of_another_type_is_refused() -> None:
    assert errors(resource(Profile.PATIENT), HEIGHT.url) == ["krcore-bodyheight:Observation:type"]


def test_an_unknown_profile_is_not_guessed_at() -> None:
    with pytest.raises(KeyError):
        faults(resource(Profile.PATIENT), "https://example.org/StructureDefinition/x")


def test_the_outcome_of_a_sound_resource_says_so_in_korean() -> None:
    outcome = validate(resource(Profile.PATIENT))

    issue, *advice = outcome["issue"]
    assert {one["severity"] for one in advice} == {"warning"}
    assert issue["severity"] == "information"
    assert issue["details"]["text"] == "규칙에 맞습니다."


def test_the_structure_of_r4_is_checked_first() -> None:
    changed = resource(Profile.PATIENT)
    changed["gender"] = "여"

    (found,) = faults(changed, Profile.PATIENT.url)
    assert found.sentence.startswith("R4:")
    assert found.expression == ("Patient.gender",)


def test_a_profile_is_judged_once_however_often_it_is_claimed() -> None:
    named = written()[0]
    changed = resource(named)
    changed["meta"]["profile"] = [named.url] * 20_000
    assert claimed(changed) == (named.url,)


def test_no_resource_asks_for_more_codes_than_a_large_one_has() -> None:
    asked: list[str] = []

    def known(_system: str, code: str, _on: date) -> bool:
        asked.append(code)
        return False

    bundle = deepcopy(BUNDLE)
    for entry in bundle["entry"]:
        code = entry["resource"].get("code")
        if isinstance(code, dict) and code.get("coding"):
            first = code["coding"][0]
            code["coding"] = [{**first, "code": f"T{one}"} for one in range(3_000)] * 2
    for entry in bundle["entry"]:
        asked.clear()
        faults(entry["resource"], *claimed(entry["resource"]), known=known)
        assert len(asked) == len(set(asked)) <= MOST_CODES


def test_a_claimed_profile_that_is_unknown_is_said_not_to_be_judged() -> None:
    changed = resource(PATIENT)
    changed["meta"]["profile"].append("https://naru.invalid/StructureDefinition/other")
    told = validate(changed)["issue"]
    assert [one["severity"] for one in told if one["code"] == "not-supported"] == ["warning"]
    assert not any(one["severity"] == "error" for one in told)
    changed["meta"]["profile"] = ["https://naru.invalid/StructureDefinition/other"]
    assert "valid" not in [one.get("diagnostics") for one in validate(changed)["issue"]]
    changed["meta"]["profile"] = ["http://hl7.org/fhir/StructureDefinition/Patient"]
    assert "not-supported" not in [one["code"] for one in validate(changed)["issue"]]


def test_faults_of_the_structure_hide_none_of_the_profile() -> None:
    changed = resource(PATIENT)
    changed["birthDate"] = "gestern"
    del changed["identifier"]
    told = errors(changed, PATIENT.url)
    assert any(one.startswith("R4: ") for one in told), told
    assert any(one.startswith("krcore-patient:Patient.identifier") for one in told), told


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in members:
        yield (*path, name)
        if isinstance(one, dict | list):
            yield from _places(one, (*path, name))


@pytest.mark.parametrize("profile", written())
def test_whatever_is_broken_is_told_and_breaks_nothing(profile: Profile) -> None:
    for place in _places(resource(profile)):
        for value in ({}, [], "\u0000", 7, None, [None], {"code": [7]}):
            changed = resource(profile)
            inner: Any = changed
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = value
            faults(changed, profile.url)
