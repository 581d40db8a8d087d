"""Each invariant of R4 that is judged is named where it is broken, and nowhere else."""

from typing import Any

import pytest

from naru.formats.fhir import validation
from naru.formats.fhir.krcore.invariants import RULES, broken
from naru.formats.fhir.krcore.invariants_of_resources import OF_CONTAINED
from naru.formats.fhir.krcore.validation import faults, validate
from tests.formats.fhir.krcore.broken import ADVISED, BROKEN


def test_each_that_is_judged_has_an_example() -> None:
    of_types = {key for rules in RULES.values() for key, _, _ in rules}

    assert of_types | {key for key, _, _ in OF_CONTAINED} | {"ele-1", "ref-1"} == set(BROKEN)


@pytest.mark.parametrize("key", BROKEN)
def test_what_breaks_one_is_told_by_its_name_alone(key: str) -> None:
    assert validation.faults(BROKEN[key]) == ()

    assert [one.sentence for one in faults(BROKEN[key])] == [f"R4:{key}"]


@pytest.mark.parametrize(
    "resource",
    [
        {
            "resourceType": "Patient",
            "contained": [
                {"resourceType": "Organization", "id": "w", "partOf": {"reference": "#p"}},
                {"resourceType": "Organization", "id": "p", "name": "시험재단"},
            ],
            "managingOrganization": {"reference": "#w"},
        },
        {
            "resourceType": "Patient",
            "contained": [
                {
                    "resourceType": "RelatedPerson",
                    "id": "r",
                    "patient": {"reference": "#"},
                }
            ],
        },
    ],
)
def test_what_is_contained_and_used_is_sound(resource: dict[str, Any]) -> None:
    found = [one.sentence for one in broken(resource)]

    assert [one for one in found if one != "R4:org-1"] == []


@pytest.mark.parametrize("key", ADVISED)
def test_what_is_recommended_is_a_warning_beside_being_sound(key: str) -> None:
    for resource in (ADVISED[key], _holding(ADVISED[key])):
        assert faults(resource) == ()
        told = [(one["severity"], one["diagnostics"]) for one in validate(resource)["issue"]]
        assert told == [("information", "valid"), ("warning", f"R4:{key}")]


def _holding(resource: dict[str, Any]) -> dict[str, Any]:
    entry = {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": resource}
    return {"resourceType": "Bundle", "type": "collection", "entry": [entry]}


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Bundle", "type": "collection"},
        ADVISED["dom-6"] | {"text": ADVISED["con-3"]["text"]},
        ADVISED["con-3"] | {"category": [{"text": "문제"}]},
        BROKEN["con-5"] | {name: ADVISED["con-3"][name] for name in ("category", "text")},
    ],
)
def test_what_follows_a_recommendation_is_not_remarked_on(resource: dict[str, Any]) -> None:
    assert not [one for one in validate(resource)["issue"] if one["severity"] == "warning"]
