"""Hospital A hands over a referral, hospital B opens it, the patient can stop it: over real TLS.

A whole node of its own: `naru serve`, and two institutions that an operator admitted to it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from naru.demo.documents import reply_message, summary_message
from naru.domain.clinical import Answered, Draft
from naru.formats.cda import read
from naru.link import (
    Box,
    CareInstitution,
    Link,
    LinkError,
    NodeRefused,
    Patient,
    PatientUnknown,
    Terms,
)
from naru.link.config import read_config
from naru.link.message import read_message
from tests.link.emr import CLINIC, HOSPITAL, PATIENT, REPOSITORY, TODAY, referral
from tests.ports import free_port

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "emr.py"
PATIENCE = 60.0
TICKED = Terms(boxes=(Box.PERSONAL, Box.SENSITIVE))
RESIDENT_NUMBERS = "2.999.10.3"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The configuration files of the two institutions' links, by name."""
    root = tmp_path_factory.mktemp("node")
    port, tls = free_port(), free_port()
    process = _serve(root, port, tls)
    (root / "pages").write_text(str(port), "utf-8")
    try:
        yield {
            "hospital": _admit(root, tls, HOSPITAL, "--repository", REPOSITORY),
            "clinic": _admit(root, tls, CLINIC, "--hub", HOSPITAL.oid),
        }
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def _environment() -> dict[str, str]:
    """Without what this process of tests has set for itself."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NARU_", "DJANGO_"))
    }


def _naru(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "naru.node.cli", *arguments]


def _serve(root: Path, port: int, tls: int) -> subprocess.Popen[bytes]:
    ready = root / "ready.json"
    ports = ("--port", str(port), "--tls-port", str(tls))
    process = subprocess.Popen(
        _naru(
            *("serve", "--data", str(root / "data"), *ports),
            *("--workers", "1", "--ready-file", str(ready)),
        ),
        env=_environment() | {"NARU_RRN_AUTHORITY": RESIDENT_NUMBERS},
    )
    deadline = time.monotonic() + PATIENCE
    while not ready.exists():
        assert process.poll() is None, "the node ended at its start"
        assert time.monotonic() < deadline, "the node is not ready in time"
        time.sleep(0.05)
    return process


def _admit(root: Path, tls: int, institution: CareInstitution, *keeper: str) -> Path:
    """As an operator does it: the link's configuration and certificate come out of it."""
    out = root / institution.code
    known = ("--oid", institution.oid, "--code", institution.code)
    place = ("--url", f"https://localhost:{tls}", "--out", str(out), "--data", str(root / "data"))
    telephone = ("--telephone", institution.telephone, "--past-the-procedure", "TEST")
    admit = _naru("institution", "admit", institution.name, *known, *telephone, *keeper, *place)
    subprocess.run(admit, env=_environment(), check=True, capture_output=True)
    return out / "link.toml"


@pytest.fixture
def pages(node: dict[str, Path]) -> int:
    """The port of the node's pages."""
    return int((node["clinic"].parents[1] / "pages").read_text("utf-8"))


@pytest.fixture
def clinic(node: dict[str, Path]) -> Iterator[Link]:
    with Link.from_file(node["clinic"]) as link:
        yield link


@pytest.fixture
def hospital(node: dict[str, Path]) -> Iterator[Link]:
    with Link.from_file(node["hospital"]) as link:
        yield link


def someone() -> Patient:
    return replace(PATIENT, mrn=f"TEST-{uuid4().hex[:12]}")


def test_what_was_sent_is_what_is_opened(clinic: Link, hospital: Link) -> None:
    patient = clinic.register_patient(someone())
    clinic.register_consent(patient, from_date=TODAY, terms=TICKED)
    receipt = clinic.send_referral(referral(patient), to=HOSPITAL)

    (found,) = [each for each in hospital.find(patient) if each.unique_id == receipt.unique_id]
    document = hospital.open(found)

    assert document.held.sha256 == receipt.sha256
    assert "관상동맥 조영술" in document.text
    assert read(document.octets).recipient == HOSPITAL


def test_a_summary_crosses_and_a_reply_goes_back_to_the_referral(
    clinic: Link, hospital: Link
) -> None:
    at_home = someone()
    patient = clinic.register_patient(at_home)
    clinic.register_consent(patient, from_date=TODAY, terms=TICKED)
    written = read_message(summary_message(TODAY), clinic.forms)
    assert isinstance(written, Draft)
    sent = clinic.send(replace(written, patient=patient))
    asked = clinic.prepare_referral(referral(patient), to=HOSPITAL)
    clinic.deliver(asked)

    hospital.receive(patient)
    (found,) = [each for each in hospital.find(patient) if each.unique_id == sent.unique_id]
    seen = read(hospital.open(found).octets)
    assert seen.kind == "summary"
    assert seen.content == written.content
    assert found.type_code is not None
    assert found.type_code.code == "34133-9"

    there = replace(at_home, affinity_id=patient.affinity_id)
    answer = read_message(reply_message(TODAY, asked.unique_id), hospital.forms)
    assert isinstance(answer, Draft)
    replied = hospital.send(replace(answer, patient=there, recipient=CLINIC))
    back = read(clinic.open(clinic.look_up(replied.unique_id)).octets)
    assert back.answers == Answered(id=asked.unique_id)
    assert back.recipient == CLINIC


def test_after_a_withdrawal_the_other_hospital_finds_nothing(clinic: Link, hospital: Link) -> None:
    patient = clinic.register_patient(someone())
    clinic.register_consent(patient, from_date=TODAY, terms=TICKED)
    receipt = clinic.send_referral(referral(patient), to=HOSPITAL)
    entry = hospital.look_up(receipt.unique_id)

    clinic.withdraw_consent(patient)

    assert hospital.find(patient) == ()
    with pytest.raises(NodeRefused) as refused:
        hospital.open(entry)
    assert refused.value.codes == ("XDSDocumentUniqueIdError",)


def test_a_referral_that_is_sent_again_stands_there_once(clinic: Link) -> None:
    patient = clinic.register_patient(someone())
    clinic.register_consent(patient, from_date=TODAY, terms=TICKED)
    prepared = clinic.prepare_referral(referral(patient), to=HOSPITAL)
    first, second = clinic.deliver(prepared), clinic.deliver(prepared)

    assert not first.repeated
    assert second.repeated
    assert first.sha256 == second.sha256
    held = [each.unique_id for each in clinic.find(patient)]
    assert held.count(prepared.unique_id) == 1


def test_a_repetition_gets_its_receipt_also_after_a_withdrawal(clinic: Link) -> None:
    patient = clinic.register_patient(someone())
    clinic.register_consent(patient, from_date=TODAY, terms=TICKED)
    prepared = clinic.prepare_referral(referral(patient), to=HOSPITAL)
    first = clinic.deliver(prepared)
    clinic.withdraw_consent(patient)
    assert clinic.deliver(prepared).sha256 == first.sha256


def test_registering_a_patient_again_changes_nothing(clinic: Link) -> None:
    patient = someone()
    assert clinic.register_patient(patient) == clinic.register_patient(patient)


def test_a_patient_whom_nobody_registered_is_unknown(clinic: Link) -> None:
    with pytest.raises(PatientUnknown):
        clinic.identify(someone())


def test_the_thirty_line_example_runs(node: dict[str, Path]) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(node["clinic"]), str(node["hospital"])],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.startswith("보냄: 2.25.")
    assert "의뢰사유" in done.stdout
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 36


def test_a_resident_number_leads_both_hospitals_to_one_patient(
    clinic: Link, hospital: Link
) -> None:
    # Synthetic: no month is the thirteenth.
    number = f"901332-1{uuid4().int % 10**6:06}"
    ours, theirs = (
        link.register_patient(replace(someone(), resident_number=number))
        for link in (clinic, hospital)
    )
    assert ours.mrn != theirs.mrn
    assert ours.affinity_id == theirs.affinity_id
    clinic.register_consent(ours, from_date=TODAY, terms=TICKED)
    receipt = clinic.send_referral(referral(ours), to=HOSPITAL)
    found = hospital.find(hospital.affinity_id(theirs.mrn))
    assert [each.unique_id for each in found].count(receipt.unique_id) == 1


def test_a_recipient_whom_nobody_admitted_is_told_in_words(clinic: Link) -> None:
    patient = clinic.register_patient(someone())
    with pytest.raises(NodeRefused) as refused:
        clinic.send_referral(referral(patient), to=replace(HOSPITAL, oid="2.999.404"))
    assert "to.oid" in refused.value.sentence


def test_numbers_of_a_foreign_authority_are_told_by_the_setting(node: dict[str, Path]) -> None:
    config = replace(read_config(node["clinic"]), patient_id_authority="2.999.404")
    with Link(config) as link:
        for ask in (lambda: link.register_patient(someone()), lambda: link.identify(someone())):
            with pytest.raises(NodeRefused) as refused:
                ask()
            assert "patient_id_authority" in refused.value.sentence


def test_the_port_of_the_pages_is_told_as_such(node: dict[str, Path], pages: int) -> None:
    config = node["clinic"].read_text("utf-8")
    tls = read_config(node["clinic"]).pix.port
    other = node["clinic"].with_name("pages.toml")
    other.write_text(config.replace(f":{tls}", f":{pages}"), "utf-8")
    with Link.from_file(other) as link, pytest.raises(LinkError) as wrong:
        link.identify(someone())
    assert "wire 포트가 맞는지 확인하십시오" in wrong.value.sentence
