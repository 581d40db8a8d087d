"""An agency's own system finds what was submitted to it at `/fhir`, and nothing else of anybody."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from naru.audit.models import Record
from naru.deliveries.models import Submission
from naru.directory import services as directory
from naru.formats.fhir.json import from_json
from naru.formats.fhir.validation import faults
from naru.formats.fhir.xml import from_xml
from naru.node import peer
from naru.node.wsgi import application
from naru.security.authority import create_authority
from tests.deliveries.conftest import CONTENT, Place, submitted


@dataclass
class System:
    """A program of one institution, on connections of its certificate."""

    certificate: bytes
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.WSGITransport(app=application, raise_app_exceptions=False)
        self.client = httpx.Client(transport=transport, base_url="http://localhost")

    def get(self, target: str, accept: str = "application/fhir+json") -> httpx.Response:
        peer._current.certificate = self.certificate
        try:
            return self.client.get(target, headers={"Accept": accept})
        finally:
            peer._current.certificate = None

    def tasks(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.get(f"/fhir/Task{query}")
        assert answer.status_code == 200, answer.text
        assert not faults(from_json(answer.content), "Bundle")
        return [one["resource"] for one in answer.json().get("entry", [])]

    def task(self, task: str) -> dict[str, Any]:
        answer = self.get(f"/fhir/Task/{task}")
        assert answer.status_code == 200, answer.text
        assert not faults(from_json(answer.content), "Task")
        return dict(answer.json())


@pytest.fixture
def systems(place: Place, tmp_path: Path) -> Iterator[dict[UUID, System]]:
    now = datetime.now(UTC)
    authority = create_authority(tmp_path, now)
    found = {}
    for number, one in enumerate((place.agency, place.other_agency, place.hospital.id)):
        issued = authority.issue_client(f"2.999.30.{number}", [f"2.999.30.{number}"], now)
        directory.add_certificate(one, issued.fingerprint_sha256, from_date=now.date())
        read = x509.load_pem_x509_certificate(issued.certificate)
        found[one] = System(read.public_bytes(Encoding.DER))
    yield found
    for one in found.values():
        one.client.close()


def test_the_agency_lists_it_reads_it_with_its_proof_and_fetches_each_document_once(
    place: Place, systems: dict[UUID, System]
) -> None:
    first, second = place.documents
    where, _form = submitted(place, first)
    system = systems[place.agency]

    (listed,) = system.tasks()
    told = system.task(listed["id"])

    assert where.endswith(listed["id"])
    assert listed["status"] == "requested"
    assert "input" not in listed  # Titles are told where they are asked for.
    assert told["reasonCode"] == {"text": "병역판정검사"}
    everything = f"{listed}{told}"
    for secret in ("김나루", place.patient.affinity_id.value, f"{place.patient.key}"):
        assert secret not in everything
    assert second.unique_id not in everything
    (document, proof) = told["input"]
    attachment = document["valueAttachment"]
    (verification,) = told["contained"]
    assert proof["valueReference"] == {"reference": f"#{verification['id']}"}
    assert verification["target"][0]["identifier"]["value"] == f"urn:oid:{first.unique_id}"
    assert verification["status"] == "in-process"  # Committed, and not on the ledger yet.
    assert sha256(CONTENT).hexdigest() in f"{verification['validationProcess']}"

    path = attachment["url"].removeprefix("http://localhost")
    opened = system.get(path, attachment["contentType"])

    assert opened.content == CONTENT
    digest = base64.b64encode(sha1(CONTENT, usedforsecurity=False).digest()).decode()
    assert (attachment["size"], attachment["hash"]) == (len(CONTENT), digest)
    assert system.get(path, attachment["contentType"]).status_code == 404
    after = system.task(listed["id"])
    assert after["status"] == "completed"
    assert "url" not in after["input"][0]["valueAttachment"]
    assert "모두 열었음" in place.citizen.get(where).content.decode()


def test_recall_ends_it_on_the_next_look(place: Place, systems: dict[UUID, System]) -> None:
    where, _form = submitted(place)
    system = systems[place.agency]
    (listed,) = system.tasks("?status=requested")
    waiting = system.task(listed["id"])["input"][0]["valueAttachment"]

    place.citizen.post(f"{where}/recall")

    after = system.task(listed["id"])
    assert after["status"] == "cancelled"
    assert not after.keys() & {"input", "contained"}
    path = waiting["url"].removeprefix("http://localhost")
    assert system.get(path, waiting["contentType"]).status_code == 404
    assert system.tasks("?status=requested,in-progress") == []
    assert [one["status"] for one in system.tasks("?status=cancelled")] == ["cancelled"]


def test_whoever_else_asks_learns_nothing_that_nobody_could(
    place: Place, systems: dict[UUID, System]
) -> None:
    where, _form = submitted(place)
    task = where.rpartition("/")[2]
    url = systems[place.agency].task(task)["input"][0]["valueAttachment"]["url"]
    path, kind = url.removeprefix("http://localhost"), "application/octet-stream"
    for other in (place.other_agency, place.hospital.id):
        system = systems[other]
        assert system.tasks() == []
        theirs, nobodys = (system.get(f"/fhir/Task/{one}") for one in (task, uuid4()))
        assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    stranger = systems[place.other_agency]
    nothing = stranger.get(f"/fhir/Binary/{uuid4()}", kind)
    assert stranger.get(path, kind).content == nothing.content
    assert stranger.get("/fhir/Task/not-an-id").status_code == 404


def test_every_look_is_one_record_of_whom_it_concerns(
    place: Place, systems: dict[UUID, System]
) -> None:
    where, _form = submitted(place)
    system, task = systems[place.agency], where.rpartition("/")[2]
    for target in ("/fhir/Task", f"/fhir/Task/{task}", f"/fhir/Task/{uuid4()}", "/fhir/Task?x=1"):
        before = Record.objects.count()
        system.get(target)
        assert Record.objects.count() == before + 1, target
    crossings = place.citizen.get("/portal/accesses").content.decode()
    assert crossings.count("제출 접수") >= 2


def test_a_long_list_is_told_in_pages_that_miss_none(
    place: Place, systems: dict[UUID, System]
) -> None:
    made = [submitted(place)[0].rpartition("/")[2] for _ in range(3)]
    system, found, target = systems[place.agency], [], "/fhir/Task?_count=2"
    while target:
        page = system.get(target).json()
        found += [one["resource"]["id"] for one in page.get("entry", [])]
        links = {one["relation"]: one["url"] for one in page["link"]}
        target = links.get("next", "").removeprefix("http://localhost")
    assert found == list(reversed(made))
    assert Submission.objects.count() == 3
    assert system.get("/fhir/Task?_page=AAAA").status_code == 400
    assert system.get("/fhir/Task?_sort=status").status_code == 400
    assert system.get("/fhir/Task?owner=x").status_code == 400


def test_it_is_told_in_xml_too(place: Place, systems: dict[UUID, System]) -> None:
    task = submitted(place)[0].rpartition("/")[2]
    answer = systems[place.agency].get(f"/fhir/Task/{task}", "application/fhir+xml")
    assert not faults(from_xml(answer.content), "Task")
