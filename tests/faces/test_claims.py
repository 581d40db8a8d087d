"""What claims a profile is judged when it is written, as the operator says."""

import pytest

from naru.domain.findings import Checking
from naru.faces.fhir import claims
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.outcome import Refused
from naru.formats.fhir.resource import Resource

pytestmark = pytest.mark.django_db  # Codes are asked of the terminology that was loaded.

HEIGHT: Resource = {
    "resourceType": "Observation",
    "meta": {"profile": [Profile.BODY_HEIGHT.url]},
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]},
    "subject": {"reference": "Patient/1"},
}


def test_off_judges_nothing() -> None:
    assert claims.judged(HEIGHT, Checking.OFF) is HEIGHT


def test_flag_keeps_it_with_a_tag() -> None:
    kept = claims.judged(HEIGHT, Checking.FLAG)

    assert kept["meta"]["tag"] == [claims.FLAG]
    assert {name: one for name, one in kept.items() if name != "meta"} == {
        name: one for name, one in HEIGHT.items() if name != "meta"
    }


def test_refuse_tells_every_fault() -> None:
    with pytest.raises(Refused) as refusal:
        claims.judged(HEIGHT, Checking.REFUSE)

    assert refusal.value.status == 422
    rules = [one.sentence for one in refusal.value.issues]
    assert rules == ["krcore-bodyheight:Observation.category:VitalSigns:min"]


@pytest.mark.parametrize("rule", Checking)
def test_what_claims_nothing_of_kr_core_is_left_as_it_is(rule: Checking) -> None:
    plain = {name: one for name, one in HEIGHT.items() if name != "meta"}

    assert claims.judged(plain, rule) is plain
