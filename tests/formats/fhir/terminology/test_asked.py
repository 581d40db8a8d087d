"""What an operation of the terminology service is asked, and how much of it."""

import pytest

from naru.formats.fhir.outcome import IssueType, Refused
from naru.formats.fhir.terminology.asked import CODEABLE_CONCEPT, MOST_CODINGS, Asked


def asked(codings: int) -> Asked:
    told = [{"system": "http://loinc.org", "code": f"T{one}"} for one in range(codings)]
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": CODEABLE_CONCEPT, "valueCodeableConcept": {"coding": told}}],
    }
    return Asked.in_parameters(parameters, frozenset({CODEABLE_CONCEPT}))


def test_each_coding_is_asked_about() -> None:
    assert len(asked(MOST_CODINGS).code()) == MOST_CODINGS


def test_more_than_anybody_codes_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        asked(MOST_CODINGS + 1)
    assert [one.code for one in refusal.value.issues] == [IssueType.TOO_COSTLY]
