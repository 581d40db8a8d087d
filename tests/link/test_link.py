import ssl
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha1
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from naru.domain import consent_paper
from naru.domain.clinical import EncounterKind
from naru.domain.consent_paper import (
    NEEDED,
    Box,
    Identification,
    Identified,
    Part,
    Representative,
    Side,
    Signed,
)
from naru.domain.identifiers import Identifier
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.registry_errors import ErrorCode
from naru.formats.cda import read_consent
from naru.link import Link, NodeRefused, NodeUnreachable, PatientUnknown
from naru.link.config import read_config
from naru.link.errors import DocumentAltered, MessageWrong, NodeNotTrusted
from naru.link.terms import Terms
from naru.security.authority import Authority, create_authority
from tests.link.conftest import Running, write_configuration
from tests.link.emr import AFFINITY, CLINIC, HOSPITAL, PATIENT, TODAY, referral
from tests.link.recorded_node import RecordedNode, Server

PROVIDE = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"


class Once:
    """Cuts the connection at the first request of an action."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.cut = 0

    def __call__(self, action: str) -> None:
        if action == self.action and not self.cut:
            self.cut += 1
            raise ConnectionAbortedError


def test_a_patient_gets_the_id_of_the_exchange(link: Link) -> None:
    patient = link.register_patient(PATIENT)
    assert patient.affinity_id is not None
    assert patient.affinity_id.authority == AFFINITY


def test_a_referral_names_its_recipient_and_its_day(link: Link, running: Running) -> None:
    prepared = link.prepare_referral(referral(link.register_patient(PATIENT)), to=HOSPITAL)
    receipt = link.deliver(prepared)
    (recipient,) = prepared.submission.submission_set.intended_recipients
    assert recipient == f"{HOSPITAL.name}^^^^^^^^^{HOSPITAL.oid}|"
    entry = running.node.entries[receipt.unique_id]
    assert entry.hash == prepared.sha1
    assert entry.service_start_time is not None
    # Midnight in Korea is 15:00 of the day before in UTC.
    assert entry.service_start_time.endswith("150000")


def test_a_consent_is_a_bppc_document(link: Link, running: Running) -> None:
    receipt = link.register_consent(
        link.register_patient(PATIENT), from_date=TODAY, terms=Terms(boxes=tuple(NEEDED))
    )
    entry, policies = running.node.entries[receipt.unique_id], privacy_policies()
    assert policies.is_consent_document(entry)
    assert policies.acknowledged(entry) == (Policy.CONSENT_WHOLE,)
    assert read_consent(running.node.documents[receipt.unique_id]).from_date == TODAY


def test_a_consent_names_its_end_its_boxes_what_is_out_and_who_signed(
    link: Link, running: Running
) -> None:
    terms = Terms(
        until=TODAY,
        boxes=(Box.PERSONAL, Box.SENSITIVE),
        parts=(Part(department="0300", side=Side.SOURCE),),
        representative=Representative(
            name="이어른",
            relationship="모",
            authority=consent_paper.Authority.POWER_OF_ATTORNEY,
            authority_number="TEST-1",
        ),
        identified=Identified(
            by=Identification.RESIDENT_CARD, signed=Signed.WITNESS, seen_by="가", witness="나"
        ),
    )
    patient = link.register_patient(PATIENT)
    receipt = link.register_consent(patient, from_date=TODAY, terms=terms)

    entry = running.node.entries[receipt.unique_id]
    read = read_consent(running.node.documents[receipt.unique_id])

    assert privacy_policies().acknowledged(entry) == (Policy.CONSENT_PARTIAL,)
    assert (read.until, read.boxes, read.representative) == (
        terms.until,
        frozenset(terms.boxes or ()),
        terms.representative,
    )
    assert [one.department for one in read.parts] == ["0300"]
    assert read.identified == terms.identified


@pytest.mark.parametrize("boxes", [None, (), (Box.PERSONAL,), (Box.SENSITIVE, Box.IDENTIFYING)])
def test_a_consent_without_both_boxes_is_never_sent(
    link: Link, running: Running, boxes: tuple[Box, ...] | None
) -> None:
    patient = link.register_patient(PATIENT)
    with pytest.raises(MessageWrong, match=r"terms\.boxes"):
        link.register_consent(patient, from_date=TODAY, terms=Terms(boxes=boxes))
    assert not running.node.documents


def test_a_part_is_withdrawn_alone(link: Link, running: Running) -> None:
    terms = Terms(parts=(Part(institution="2.999.1"),))
    receipt = link.withdraw_consent(link.register_patient(PATIENT), terms=terms)

    entry = running.node.entries[receipt.unique_id]

    assert privacy_policies().acknowledged(entry) == (Policy.WITHDRAWAL_PARTIAL,)


def test_a_withdrawal_acknowledges_the_policy_of_withdrawal(link: Link, running: Running) -> None:
    receipt = link.withdraw_consent(link.register_patient(PATIENT))
    entry = running.node.entries[receipt.unique_id]
    assert privacy_policies().acknowledged(entry) == (Policy.WITHDRAWAL_WHOLE,)


def test_a_patient_who_has_come_is_told_of_once(link: Link, running: Running) -> None:
    whose, key = Identifier("P-1", AFFINITY), uuid4()
    running.node.after = Once("Encounter")
    visit = link.receive(whose, kind=EncounterKind.INPATIENT, key=key)

    assert link.receive(whose, key=key) == visit
    assert running.node.asked == ["Encounter"] * 3
    (kept,) = running.node.encounters.values()
    assert (kept["status"], kept["class"]["code"]) == ("in-progress", "IMP")
    assert kept["subject"]["identifier"] == {"system": f"urn:oid:{AFFINITY}", "value": "P-1"}
    assert kept["period"]["start"].startswith(f"{TODAY}T")


def test_a_refused_visit_is_told_with_the_node_s_words(link: Link, running: Running) -> None:
    running.node.status, running.node.says = 422, "nobody has this number"
    with pytest.raises(NodeRefused) as refused:
        link.receive(Identifier("P-1", AFFINITY))
    assert refused.value.codes == ("forbidden",)
    assert "nobody has this number" in str(refused.value)


def test_what_is_opened_is_what_was_sent(link: Link) -> None:
    patient = link.register_patient(PATIENT)
    receipt = link.send_referral(referral(patient), to=HOSPITAL)
    (found,) = link.find(patient)
    with link.open(found) as document:
        assert document.held.sha256 == receipt.sha256


def test_a_lost_answer_is_asked_for_again_and_nothing_stands_twice(
    link: Link, running: Running
) -> None:
    running.node.after = Once(PROVIDE)
    receipt = link.send_referral(referral(link.register_patient(PATIENT)), to=HOSPITAL)
    assert receipt.repeated
    assert len(running.node.documents) == 1


def test_a_request_that_never_arrived_is_sent_again(link: Link, running: Running) -> None:
    running.node.before = Once(PROVIDE)
    receipt = link.send_referral(referral(link.register_patient(PATIENT)), to=HOSPITAL)
    assert not receipt.repeated
    assert len(running.node.documents) == 1


def test_an_answer_that_does_not_come_in_time_is_no_receipt(running: Running) -> None:
    def slow(action: str) -> None:
        if action == PROVIDE:
            time.sleep(1)

    with Link(read_config(running.config)) as link:
        patient = link.register_patient(PATIENT)
    running.node.before = slow
    config = replace(read_config(running.config), timeout=0.2)
    with Link(config, retries=(0.0,)) as hasty, pytest.raises(NodeUnreachable) as away:
        hasty.send_referral(referral(patient), to=HOSPITAL)
    assert "다시 시도" in away.value.sentence


def test_the_same_key_and_time_give_the_same_octets_and_ids(link: Link) -> None:
    patient = link.register_patient(PATIENT)
    key, written = uuid4(), datetime.now(UTC)
    first, second = (
        link.prepare_referral(referral(patient), to=HOSPITAL, key=key, written=written)
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ErrorCode.XDSUnknownPatientId, "등록되지 않은 환자"),
        (ErrorCode.XDSRepositoryBusy, "잠시 후"),
        (ErrorCode.XDSRegistryMetadataError, "받아들이지"),
    ],
)
def test_the_servers_code_comes_with_words_for_the_clerk(
    link: Link, running: Running, code: ErrorCode, words: str
) -> None:
    running.node.refuses = [code]
    with pytest.raises(NodeRefused) as refused:
        link.send_referral(referral(link.register_patient(PATIENT)), to=HOSPITAL)
    assert refused.value.codes == (code,)
    assert words in refused.value.sentence
    assert PATIENT.name not in f"{refused.value}{refused.value.sentence}"


def test_a_patient_who_is_not_registered_is_unknown(link: Link) -> None:
    with pytest.raises(PatientUnknown):
        link.identify(replace(PATIENT, mrn="TEST-none"))


def test_altered_octets_are_refused(link: Link, running: Running) -> None:
    patient = link.register_patient(PATIENT)
    receipt = link.send_referral(referral(patient), to=HOSPITAL)
    octets = running.node.documents[receipt.unique_id]
    running.node.documents[receipt.unique_id] = octets.replace(b"I20.9", b"I20.8")
    with pytest.raises(DocumentAltered):
        link.open(link.find(patient)[0])


def test_a_large_document_waits_in_a_file_and_is_whole(
    link: Link, running: Running, tmp_path: Path
) -> None:
    patient = link.register_patient(PATIENT)
    receipt = link.send_referral(referral(patient), to=HOSPITAL)
    octets = bytes(range(256)) * 40_000
    running.node.documents[receipt.unique_id] = octets
    entry = replace(link.find(patient)[0], hash=sha1(octets).hexdigest(), size=len(octets))
    with link.open(entry) as document:
        assert not isinstance(document.held.file, BytesIO)
        document.save(tmp_path / "large")
    assert (tmp_path / "large").read_bytes() == octets


def test_what_is_missing_is_told_before_anything_is_sent(link: Link, running: Running) -> None:
    patient = link.register_patient(PATIENT)
    running.node.asked.clear()
    with pytest.raises(MessageWrong, match="진단내역") as wrong:
        link.send_referral(replace(referral(patient), diagnoses=()), to=HOSPITAL)
    assert "진단내역" in wrong.value.sentence
    assert running.node.asked == []


@pytest.mark.parametrize("mrn", ["", " ", "a^b", "a&b", "a|b", "a\nb"])
def test_an_mrn_that_would_become_another_id_is_refused(link: Link, mrn: str) -> None:
    with pytest.raises(MessageWrong):
        link.register_patient(replace(PATIENT, mrn=mrn))


@pytest.mark.parametrize("name", ["가\x00", "가\ud800"])
def test_a_name_that_xml_cannot_carry_is_refused(link: Link, name: str) -> None:
    with pytest.raises(MessageWrong):
        link.register_patient(replace(PATIENT, name=name))


def test_a_connection_is_kept_alive(link: Link, running: Running) -> None:
    link.register_patient(PATIENT)
    door = link.config.pix
    held = link._connections._connection(door).sock
    link.register_patient(PATIENT)
    assert link._connections._connection(door).sock is held is not None


def test_a_link_without_a_certificate_of_the_authority_is_not_admitted(
    running: Running, tmp_path: Path
) -> None:
    other = create_authority(tmp_path / "other", datetime.now(UTC))
    file = write_configuration(tmp_path / "stranger", other, f"https://localhost:{running.port}")
    ours = (running.config.parent / "ca.pem").read_bytes()
    (file.parent / "ca.pem").write_bytes(ours)
    with (
        Link(read_config(file), retries=(0.0,)) as link,
        pytest.raises((NodeNotTrusted, NodeUnreachable)),
    ):
        link.register_patient(PATIENT)
    assert running.node.asked == []


def test_a_node_of_another_authority_is_not_believed(running: Running, tmp_path: Path) -> None:
    other = create_authority(tmp_path / "other", datetime.now(UTC))
    file = write_configuration(tmp_path / "wary", other, f"https://localhost:{running.port}")
    with Link(read_config(file), retries=(0.0,)) as link, pytest.raises(NodeNotTrusted):
        link.register_patient(PATIENT)
    assert running.node.asked == []


def test_an_institutions_certificate_does_not_make_a_node(
    tmp_path: Path, authority: Authority
) -> None:
    node, file = RecordedNode(), write_configuration(tmp_path / "a", authority, "https://localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file.parent / "link.pem", file.parent / "link.key")
    with Server(node, ("127.0.0.1", 0), context) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        url = f"https://localhost:{server.server_address[1]}"
        file = write_configuration(tmp_path / "b", authority, url)
        with Link(read_config(file), retries=(0.0,)) as link, pytest.raises(NodeNotTrusted):
            link.register_patient(PATIENT)
        server.shutdown()
    assert node.asked == []


def test_nothing_older_than_tls_1_2_is_spoken(link: Link) -> None:
    assert link._connections._tls is not None
    assert link._connections._tls.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("status", [403, 404, 502, 503])
def test_an_answer_of_a_gate_on_the_way_is_no_receipt(
    link: Link, running: Running, status: int
) -> None:
    patient = link.register_patient(PATIENT)
    running.node.status = status
    with pytest.raises((NodeUnreachable, NodeRefused)):
        link.send_referral(referral(patient), to=HOSPITAL)


def test_dates_of_birth_stay_what_they_are(link: Link, running: Running) -> None:
    born = date(1908, 1, 1)  # Korea's offset differed then, which must not move a day.
    patient = link.register_patient(replace(PATIENT, birth_date=born))
    receipt = link.send_referral(referral(patient), to=replace(HOSPITAL, address="나루길"))
    assert b'<birthTime value="19080101"/>' in running.node.documents[receipt.unique_id]


def test_names_with_delimiters_stay_one_component(link: Link) -> None:
    patient = link.register_patient(PATIENT)
    to = replace(HOSPITAL, name="나루^병원|a&b")
    prepared = link.prepare_referral(referral(patient), to=to)
    (recipient,) = prepared.submission.submission_set.intended_recipients
    assert recipient == f"나루\\S\\병원\\F\\a\\T\\b^^^^^^^^^{HOSPITAL.oid}|"
    assert CLINIC.oid == prepared.submission.submission_set.source_id


def test_a_resident_number_goes_to_the_node_alone(running: Running) -> None:
    config = replace(read_config(running.config), resident_number_authority="2.999.10.3")
    # Synthetic: no month is the thirteenth.
    someone = replace(PATIENT, resident_number="901332-1234567")
    assert "1234567" not in repr(someone)
    with Link(config, retries=(0.0,)) as link:
        patient = link.register_patient(someone)
        receipt = link.send_referral(referral(patient), to=HOSPITAL)
        (found,) = link.find(patient)
    (record,) = running.node.records
    assert record.demographics.other_ids == (Identifier("9013321234567", "2.999.10.3"),)
    assert "1234567" not in f"{receipt}{found}"
    assert b"1234567" not in running.node.documents[receipt.unique_id]


def test_the_repositorys_oid_is_left_to_the_repository(link: Link, running: Running) -> None:
    receipt = link.send_referral(referral(link.register_patient(PATIENT)), to=HOSPITAL)
    assert running.node.entries[receipt.unique_id].repository_unique_id is None
