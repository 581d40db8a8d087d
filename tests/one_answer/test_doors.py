"""Every door that the node lists is asked, or says why not."""

from tests.one_answer import (
    content_doors,
    delivery_doors,
    fhir_doors,
    iti_doors,
    own_doors,
    page_doors,
    people_doors,
    record_doors,
    referral_doors,
)
from tests.one_answer.adapters import ADAPTERS
from tests.one_answer.listing import EXEMPT, listed

ROOMS = (
    iti_doors,
    fhir_doors,
    content_doors,
    page_doors,
    own_doors,
    delivery_doors,
    referral_doors,
    people_doors,
    record_doors,
)
ASKED = {door for one in ADAPTERS for door in one.doors}


def test_every_door_has_an_adapter_or_a_reason() -> None:
    missing = set(listed()) - ASKED - EXEMPT.keys()
    assert not missing, f"doors without a test adapter: {sorted(missing)}"


def test_no_adapter_and_no_reason_is_of_a_door_that_is_gone() -> None:
    assert set(listed()) >= ASKED | EXEMPT.keys()
    assert not ASKED & EXEMPT.keys()
