"""What a CDS client sends is bounded before anything of it is looked up."""

import json
from datetime import date
from uuid import uuid4

import pytest

from naru.domain.order_checks import OrderKind
from naru.formats.cds import HookRequest, read_request
from naru.formats.cds.feedback import read_feedback
from naru.formats.cds.request import MOST_CODINGS, MOST_IDENTIFIERS
from naru.formats.fhir.outcome import IssueType, Refused

ATC = "http://www.whocc.no/atc"


def read(identifiers: int, codings: int) -> HookRequest:
    order = {
        "resourceType": "MedicationRequest",
        "id": "1",
        "medicationCodeableConcept": {
            "coding": [{"system": ATC, "code": f"T{one}"} for one in range(codings)]
        },
    }
    known = [{"system": "urn:oid:2.999.1", "value": f"T{one}"} for one in range(identifiers)]
    asked = {
        "hook": "order-sign",
        "hookInstance": str(uuid4()),
        "context": {"patientId": "1", "draftOrders": {"entry": [{"resource": order}]}},
        "prefetch": {"patient": {"resourceType": "Patient", "identifier": known}},
    }
    return read_request(json.dumps(asked).encode(), "order-sign", on=date(2026, 11, 20))


def test_a_request_at_the_bounds_is_read() -> None:
    asked = read(MOST_IDENTIFIERS, MOST_CODINGS)
    assert len(asked.known_as) == MOST_IDENTIFIERS
    (order,) = asked.orders
    assert len(order.ingredients) == MOST_CODINGS


@pytest.mark.parametrize(("identifiers", "codings"), [(MOST_IDENTIFIERS + 1, 1), (1, 60)])
def test_one_beyond_them_is_refused_whole(identifiers: int, codings: int) -> None:
    with pytest.raises(Refused) as refusal:
        read(identifiers, codings)
    assert [one.code for one in refusal.value.issues] == [IssueType.TOO_COSTLY]


@pytest.mark.parametrize(
    ("name", "category", "kind"),
    [
        ("C-reactive protein", "", OrderKind.TEST),
        ("CT", "108252007", OrderKind.TEST),
        ("Computed tomography of abdomen", "", OrderKind.IMAGING),
        ("TEST", "363679005", OrderKind.IMAGING),
    ],
)
def test_a_category_goes_before_the_words_of_a_name(
    name: str, category: str, kind: OrderKind
) -> None:
    order = {
        "resourceType": "ServiceRequest",
        "id": "1",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": category}]}],
        "code": {"text": name},
    }
    asked = {
        "hook": "order-sign",
        "hookInstance": str(uuid4()),
        "context": {"patientId": "1", "draftOrders": {"entry": [{"resource": order}]}},
    }
    found = read_request(json.dumps(asked).encode(), "order-sign", on=date(2026, 11, 20))
    assert [one.kind for one in found.orders] == [kind]


@pytest.mark.parametrize("kind", [["MedicationRequest"], {"a": 1}, None, 1])
def test_a_draft_of_no_kind_is_no_order(kind: object) -> None:
    asked = {
        "hook": "order-sign",
        "hookInstance": str(uuid4()),
        "context": {
            "patientId": "1",
            "draftOrders": {"entry": [{"resource": {"resourceType": kind}}]},
        },
    }
    found = read_request(json.dumps(asked).encode(), "order-sign", on=date(2026, 11, 20))
    assert found.orders == ()


@pytest.mark.parametrize("outcome", [None, 1, ["accepted"], {"a": 1}, "maybe"])
def test_an_outcome_that_is_none_is_refused(outcome: object) -> None:
    told = {"feedback": [{"card": str(uuid4()), "outcome": outcome}]}
    with pytest.raises(Refused):
        read_feedback(json.dumps(told).encode())
