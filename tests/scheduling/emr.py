"""A hospital's EMR at `/fhir`, known by its certificate, within this process."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from naru.directory import services as directory
from naru.domain.scheduling import Slot
from naru.formats.fhir import validation
from naru.node import peer
from naru.node.wsgi import application
from naru.security.authority import Authority, create_authority
from tests.exchange.hospitals import Hospital, Patient

JSON = {"content-type": "application/fhir+json"}


@cache
def _authority(keys: Path) -> Authority:
    return create_authority(keys, datetime.now(UTC))


def certificate(hospital: Hospital, folder: Path) -> bytes:
    """A certificate by which the node knows the hospital."""
    now = datetime.now(UTC)
    issued = _authority(folder).issue_client(hospital.oid, [hospital.oid], now)
    directory.add_certificate(hospital.id, issued.fingerprint_sha256, from_date=now.date())
    return x509.load_pem_x509_certificate(issued.certificate).public_bytes(Encoding.DER)


class Emr:
    """What the hospital's system asks; every answer is sound by R4."""

    def __init__(self, hospital: Hospital, folder: Path) -> None:
        self.hospital = hospital
        self.certificate = certificate(hospital, folder)
        transport = httpx.WSGITransport(app=application)
        self.client = httpx.Client(transport=transport, base_url="http://localhost/fhir/")

    def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        peer._current.certificate = self.certificate
        try:
            answer = self.client.request(method, path, headers=JSON, **more)
        finally:
            peer._current.certificate = None
        if answer.content:
            assert validation.faults(answer.json()) == ()
        return answer

    def reads(self, path: str) -> Any:
        answer = self.asks("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def found(self, path: str) -> list[Any]:
        return [one["resource"] for one in self.reads(path).get("entry", ())]

    def books(self, patient: Patient, slot: Slot, **more: Any) -> httpx.Response:
        return self.asks("POST", "Appointment", json=appointment(patient, slot, **more))

    def says(self, appointment: dict[str, Any], **more: Any) -> httpx.Response:
        path = f"Appointment/{appointment['id']}"
        return self.asks("PUT", path, json={**appointment, **more})


def appointment(patient: Patient, slot: Slot, **more: Any) -> dict[str, Any]:
    """As an EMR sends one, by its own number of the patient."""
    whose = {"system": f"urn:oid:{patient.own.authority}", "value": patient.own.value}
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "description": "혈압 재진",
        "slot": [{"reference": f"Slot/{slot.name}"}],
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "participant": [
            {"actor": {"type": "Patient", "identifier": whose}, "status": "accepted"},
        ],
        **more,
    }
