"""CDS Hooks 2.0 inside an EMR: an order meets what another hospital recorded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from naru.audit.records import Outcome
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from tests.assertions import Provider
from tests.end_to_end.institutions import (
    GRANT,
    HUB_A,
    HUB_B,
    WITHDRAW,
    Exchange,
    consents,
    registers,
)
from tests.end_to_end.test_fhir_records import JSON, client_of, subject
from tests.end_to_end.test_iua import _TRUST, at
from tests.receptions import encounter

SIGN, SELECT, VIEW = (
    f"/cds-services/naru-{one}" for one in ("order-sign", "order-select", "past-history")
)
CLIENT = "urn:example:emr-of-b"
ATC = "http://www.whocc.no/atc"
TODAY = korean_day(datetime.now(UTC))


def drug(name: str, atc: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "1",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": ATC, "code": atc}], "text": name},
        **more,
    }


def ordered(name: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": "2",
        "status": "draft",
        "intent": "order",
        "code": {"text": name},
        **more,
    }


@dataclass
class Emr:
    """Hub B's EMR, and the patient whom hub A treated before."""

    exchange: Exchange
    client: httpx.Client
    patient: Identifier

    def hook(self, hook: str, *orders: dict[str, Any], **context: Any) -> dict[str, Any]:
        drafts = {
            "resourceType": "Bundle",
            "entry": [{"resource": {**one, "subject": subject(self.patient)}} for one in orders],
        }
        identifier = [subject(self.patient)["identifier"]]
        return {
            "hook": hook,
            "hookInstance": str(uuid4()),
            "context": {
                "userId": "Practitioner/TEST-1",
                "patientId": "TEST-EMR-1",
                "draftOrders": drafts,
                **context,
            },
            "prefetch": {"patient": {"resourceType": "Patient", "identifier": identifier}},
        }

    def cards(self, path: str, asked: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
        answer = self.client.post(path, json=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["cards"]
        return found

    def signs(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        return self.cards(SIGN, self.hook("order-sign", *orders))


@pytest.fixture
def emr(exchange: Exchange) -> Iterator[Emr]:
    """The patient consents; A keeps an allergy, a drug and a CT of ten days ago; B receives."""
    patient = exchange.registered(HUB_A)
    consents(exchange.caller(HUB_A), patient, GRANT)
    with client_of(exchange, HUB_A) as a:
        for one in kept(patient):
            answer = a.post(one["resourceType"], json=one, headers=JSON)
            assert answer.status_code == 201, answer.text
    with client_of(exchange, HUB_B) as b:
        assert b.post("Encounter", json=encounter(patient), headers=JSON).status_code < 300
    with at(exchange, HUB_B) as client:
        yield Emr(exchange, client, patient)


def kept(patient: Identifier) -> list[dict[str, Any]]:
    day = TODAY.isoformat()
    return [
        {
            "resourceType": "AllergyIntolerance",
            "category": ["medication"],
            "code": {"coding": [{"system": ATC, "code": "J01CA04"}], "text": "아목시실린"},
            "patient": subject(patient),
            "recordedDate": day,
            "reaction": [{"manifestation": [{"text": "호흡곤란"}]}],
        },
        drug("시험소염정 **굵게**", "M01AE01", status="active", subject=subject(patient))
        | {
            "id": "x",
            "authoredOn": day,
            "dosageInstruction": [
                {"timing": {"repeat": {"boundsDuration": {"value": 30, "unit": "d", "code": "d"}}}}
            ],
        },
        {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": [{"coding": [{"code": "RAD"}]}],
            "code": {"text": "복부 CT"},
            "subject": subject(patient),
            "effectiveDateTime": day,
            "issued": f"{day}T09:00:00+09:00",
            "conclusion": "간 낭종",
        },
    ]


def test_anybody_discovers_the_services(exchange: Exchange, emr: Emr) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{exchange.node.port}") as bare:
        told = bare.get("/cds-services").json()["services"]
    assert {one["id"]: one["hook"] for one in told} == {
        "naru-past-history": "patient-view",
        "naru-order-select": "order-select",
        "naru-order-sign": "order-sign",
    }
    assert all(one["prefetch"] == {"patient": "Patient/{{context.patientId}}"} for one in told)


def test_a_drug_to_which_the_patient_reacted_elsewhere_is_a_critical_card(emr: Emr) -> None:
    last = emr.exchange.node.last_record()
    (card,) = emr.signs(drug("시험항생제캡슐", "J01CA04"))
    assert card["indicator"] == "critical"
    assert len(card["summary"]) < 140
    assert "호흡곤란" in card["detail"]
    assert TODAY.isoformat() in card["detail"]
    assert card["overrideReasons"]
    (record,) = emr.exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("CDS Hooks order-sign", Outcome.SUCCESS)


def test_the_same_ingredient_of_another_hospital_is_quoted(emr: Emr) -> None:
    (card,) = emr.signs(drug("다른소염정", "M01AE01"))
    assert card["indicator"] == "warning"
    assert "시험소염정" in card["detail"]
    assert "**" not in card["detail"]  # What others wrote is no markup of ours.
    assert not emr.signs(drug("혈압약", "C08CA01"))


def test_a_ct_is_held_up_to_one_done_elsewhere(emr: Emr) -> None:
    (card,) = emr.signs(ordered("복부 CT"))
    assert "중복 영상검사" in card["summary"]
    assert "간 낭종" in card["detail"]


def test_only_what_is_selected_is_judged(emr: Emr) -> None:
    orders = (drug("시험항생제캡슐", "J01CA04"), ordered("복부 CT"))
    asked = emr.hook("order-select", *orders, selections=["ServiceRequest/2"])
    (card,) = emr.cards(SELECT, asked)
    assert "영상" in card["summary"]
    assert len(emr.cards(SELECT, emr.hook("order-select", *orders, selections=[]))) == 0


def test_the_view_of_a_patient_lists_allergies_and_drugs(emr: Emr) -> None:
    (card,) = emr.cards(VIEW, emr.hook("patient-view"))
    assert "아목시실린" in card["detail"]
    assert "시험소염정" in card["detail"]


def test_after_a_withdrawal_there_is_no_card_and_no_word_of_one(emr: Emr) -> None:
    assert registers(emr.exchange.caller(HUB_A), emr.patient)[1].errors == []
    consents(emr.exchange.caller(HUB_A), emr.patient, WITHDRAW)
    unknown = Identifier("TEST-NOBODY", emr.patient.authority)
    asked = emr.hook("order-sign", drug("시험항생제캡슐", "J01CA04"))
    answers = [
        emr.client.post(SIGN, json=asked),
        emr.client.post(
            SIGN,
            json=Emr(emr.exchange, emr.client, unknown).hook("order-sign", drug("x", "J01CA04")),
        ),
    ]
    assert [one.json() for one in answers] == [{"cards": []}] * 2


def signed(key: Provider, audience: str, **changed: Any) -> str:
    said = {
        "iss": CLIENT,
        "aud": audience,
        "jti": str(uuid4()),
        "iat": int(datetime.now(UTC).timestamp()),
        "exp": int((datetime.now(UTC) + timedelta(minutes=2)).timestamp()),
    }
    return jwt.encode(said | changed, key.key, algorithm="ES256")


def test_a_client_is_believed_by_its_jwt_once(emr: Emr) -> None:
    exchange = emr.exchange
    key = Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT)
    exchange.node.administer(_TRUST, CLIENT, key.der.hex(), exchange.institutions[HUB_B])
    address = f"https://localhost:{exchange.node.tls_port}{SIGN}"
    asked = emr.hook("order-sign", drug("시험항생제캡슐", "J01CA04"))
    with httpx.Client(base_url=f"http://127.0.0.1:{exchange.node.port}") as bare:
        token = signed(key, address)
        bearing = {"Authorization": f"Bearer {token}"}
        assert len(bare.post(SIGN, json=asked, headers=bearing).json()["cards"]) == 1
        for wrong in (
            token,  # Used before.
            signed(key, "https://other.example/cds-services"),
            signed(key, address, exp=int((datetime.now(UTC) - timedelta(hours=1)).timestamp())),
            signed(Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT), address),
            "x.y.z",
        ):
            last = exchange.node.last_record()
            answer = bare.post(SIGN, json=asked, headers={"Authorization": f"Bearer {wrong}"})
            assert answer.status_code == 401
            assert "WWW-Authenticate" in answer.headers
            assert len(exchange.node.records_after(last)) == 1
        assert bare.post(SIGN, json=asked).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (SIGN, b"{", 400),
        (SIGN, b"[]", 400),
        (SIGN, json.dumps({"hook": "order-select"}).encode(), 400),
        (SIGN, json.dumps({"hook": "order-sign", "context": {"patientId": "1"}}).encode(), 400),
        (SIGN, b'{"hook":' * 90, 400),
        (SIGN, b" " * (2 * 1024 * 1024 + 1), 413),
        ("/cds-services/other", b"{}", 404),
        (f"{SIGN}/feedback/more", b"{}", 404),
        (f"{SIGN}/feedback", b"{}", 400),
        (f"{SIGN}/feedback", b'{"feedback": [{"card": "1", "outcome": "accepted"}]}', 400),
        (f"{SIGN}/feedback", b'{"feedback": [{"card": "1", "outcome": "maybe"}]}', 400),
    ],
)
def test_what_is_wrong_is_refused_and_recorded(
    emr: Emr, path: str, body: bytes, status: int
) -> None:
    last = emr.exchange.node.last_record()
    headers = {"content-type": "application/json"}
    answer = emr.client.post(path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    assert len(emr.exchange.node.records_after(last)) == 1


def test_feedback_is_taken(emr: Emr) -> None:
    (card,) = emr.signs(drug("시험항생제캡슐", "J01CA04"))
    told = {"feedback": [{"card": card["uuid"], "outcome": "overridden"}]}
    assert emr.client.post(f"{SIGN}/feedback", json=told).status_code == 200
    assert emr.client.get(SIGN).status_code == 405
