"""An institution says that a patient comes, or is to come, by its own Encounter or Appointment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.fhir import validation
from tests.end_to_end.institutions import (
    GRANT,
    HUB_A,
    HUB_B,
    WITHDRAW,
    Exchange,
    consents,
    registers,
)
from tests.end_to_end.test_fhir_records import JSON, client_of, ids, subject, token
from tests.receptions import encounter

APPROVED = (AvailabilityStatus.APPROVED,)


@dataclass
class Other:
    """Hub B, of which the patient of hub A is to be received."""

    client: httpx.Client
    exchange: Exchange
    patient: Identifier

    def finds(self) -> int:
        """How many documents of others it is shown."""
        asked = FindDocuments(patient_id=self.patient, status=APPROVED)
        return len(self.exchange.caller(HUB_B).ask(asked).objects.entries)

    def consented(self) -> None:
        """The patient consents at hub A, which sends one document."""
        consents(self.exchange.caller(HUB_A), self.patient, GRANT)
        assert registers(self.exchange.caller(HUB_A), self.patient)[1].errors == []

    def writes(self, kind: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        answer = self.client.post(kind, json=body, headers=JSON)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        assert validation.faults(told) == ()
        return told


@pytest.fixture
def other(exchange: Exchange) -> Iterator[Other]:
    with client_of(exchange, HUB_B) as client:
        yield Other(client, exchange, exchange.registered(HUB_A))


def own_name() -> dict[str, Any]:
    return {"identifier": [{"system": "urn:oid:2.999.200.7", "value": str(uuid4())}]}


def appointment(patient: Identifier, days: float, **more: Any) -> dict[str, Any]:
    start = datetime.now(UTC) + timedelta(days=days)
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "start": start.isoformat(timespec="seconds"),
        "end": (start + timedelta(minutes=15)).isoformat(timespec="seconds"),
        "participant": [
            {"actor": {"type": "Patient", **subject(patient)}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/TEST-1"}, "status": "accepted"},
        ],
        **more,
    }


def test_a_visit_is_noted_though_its_record_may_not_be_kept(other: Other) -> None:
    visit = encounter(other.patient) | own_name()
    last = other.exchange.node.last_record()

    told = other.writes("Encounter", visit, 202)

    assert [(one["severity"], one["code"]) for one in told["issue"]] == [
        ("information", "informational"),
        ("warning", "suppressed"),
    ]
    assert "counts as treatment until" in told["issue"][0]["diagnostics"]
    assert told["issue"][1]["diagnostics"].startswith("not taken")
    found = other.client.get(f"Encounter?patient.identifier={token(other.patient)}").json()
    assert found["total"] == 0
    (record,) = other.exchange.node.records_after(last)[:1]
    assert record.transaction == "FHIR create"
    assert {one.kind for one in record.objects} == {"treatment relation"}

    other.consented()
    assert other.finds() > 0
    other.writes("Encounter", visit | {"status": "cancelled"}, 201)
    assert other.finds() == 0


def test_what_is_cancelled_ends_also_where_no_record_is_kept(other: Other) -> None:
    other.consented()
    visit = encounter(other.patient) | own_name()
    other.writes("Encounter", visit, 201)
    assert other.finds() > 0
    consents(other.exchange.caller(HUB_A), other.patient, WITHDRAW)

    again = encounter(other.patient) | own_name()
    other.writes("Encounter", again, 202)
    told = other.writes("Encounter", again | {"status": "entered-in-error"}, 202)

    assert "not count" in told["issue"][0]["diagnostics"]


def test_a_transaction_notes_no_visit_whose_record_is_refused(other: Other) -> None:
    visit = encounter(other.patient)
    request = {"method": "POST", "url": "Encounter"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": visit, "request": request}],
    }
    assert other.client.post("", json=bundle, headers=JSON).status_code == 403

    batch = other.client.post("", json=bundle | {"type": "batch"}, headers=JSON)
    (done,) = batch.json()["entry"]
    assert done["response"]["status"] == "202 Accepted"
    assert done["response"]["outcome"]["issue"][1]["code"] == "suppressed"
    assert validation.faults(batch.json()) == ()


def test_an_appointment_opens_the_record_some_days_before_and_what_is_missed_closes_it(
    other: Other,
) -> None:
    other.consented()
    other.writes("Appointment", appointment(other.patient, 30), 201)
    assert other.finds() == 0  # Too early.
    kept = other.writes("Appointment", appointment(other.patient, 3), 201)
    assert other.finds() > 0

    whose, read = f"patient.identifier={token(other.patient)}", f"Appointment/{kept['id']}"
    assert other.client.get(read).json() == kept
    for asked, number in (
        ("", 2),
        ("&status=booked", 2),
        ("&status=noshow", 0),
        (f"&date=lt{kept['end'][:10]}", 0),
        ("&practitioner=Practitioner/TEST-1", 2),
        ("&part-status=declined", 0),
        (f"&_id={kept['id']}", 1),
    ):
        found = other.client.get(f"Appointment?{whose}{asked}").json()
        assert found["total"] == number, asked
        assert validation.faults(found) == ()
    assert kept["id"] in ids(other.client.get(f"Appointment?{whose}").json())

    missed = other.client.put(read, json=kept | {"status": "noshow"}, headers=JSON)
    assert missed.status_code == 200, missed.text
    assert other.finds() == 0


def test_an_appointment_of_nobody_or_of_several_is_not_taken(other: Other) -> None:
    one = appointment(other.patient, 1)
    several = one | {"participant": [one["participant"][0]] * 2}
    nobody = one | {"participant": one["participant"][1:]}

    for body in (several, nobody):
        answer = other.client.post("Appointment", json=body, headers=JSON)
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "business-rule")


def test_the_statement_tells_of_appointments(other: Other) -> None:
    (rest,) = other.client.get("metadata").json()["rest"]
    (told,) = [one for one in rest["resource"] if one["type"] == "Appointment"]

    assert {"create", "read", "search-type", "update"} <= {
        one["code"] for one in told["interaction"]
    }
    assert {"patient", "date", "status"} <= {one["name"] for one in told["searchParam"]}
