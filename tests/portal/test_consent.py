"""The citizen's pages of consent: what is refused is said, what stands is proved."""

import subprocess
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from naru.consent import queries as consent
from naru.consent import services, texts
from naru.consent.acts import Act, ActKind
from naru.consent.errors import NotMandated
from naru.demo.story import Story
from naru.domain import roles
from naru.domain.arrangements import Mandate, Relationship
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User
from naru.domain.consent_paper import NEEDED
from naru.exchange import identify
from naru.formats.cda import read_consent
from naru.formats.xml.namespaces import XADES
from naru.portal import acts
from naru.portal import consent_presenters as presenters
from naru.ui.clock import now, today
from tests.peers.installed import program
from tests.staging import by, consents, looking_as, read_text, withdraws

PSYCHIATRY = "03^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"


MOTHER = uuid4()


def mandated(patient: UUID, until: date) -> None:
    """The patient lets somebody speak for them up to a day."""
    services.perform(
        ActKind.MANDATE,
        patient,
        identify.patient(patient, address=""),
        "TEST-1",
        now(),
        mandate=Mandate(
            id=uuid4(),
            representative=MOTHER,
            relationship=Relationship.MANDATARY,
            first=until - timedelta(days=9),
            last=until,
        ),
    )


def test_a_mandate_that_ended_yesterday_lets_nobody_consent(told: Story) -> None:
    caller = Caller(
        role=Role.REPRESENTATIVE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=told.patient,
        person=MOTHER,
        user=User(name="TEST-mother", text="이어른"),
    )
    mandated(told.patient, today(now()) - timedelta(days=1))

    with pytest.raises(NotMandated):
        acts.give(
            by(acts.CONSENT, caller),
            told.patient,
            texts.of("ko", on=today(now())).wording,
            boxes=NEEDED,
        )

    stands = consent.snapshot(told.patient)
    assert stands is None or not stands.consented


def last(told: Story) -> Act:
    return consent.acts(told.patient)[-1]


def test_a_text_that_has_changed_meanwhile_is_read_again(told: Story) -> None:
    form = {**read_text(), "sha256": "0" * 64, "box": ["personal", "sensitive"]}
    answer = looking_as(told.patient).post("/portal/consent/give", form)

    assert answer.status_code == 422
    assert "동의문이 바뀌었습니다" in answer.content.decode()
    assert consent.snapshot(told.patient) is None


def test_a_withdrawal_is_proved_and_downloaded_signed(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    withdraws(client)
    act = last(told)

    page = client.get(f"/portal/consent/acts/{act.id}").content.decode()
    paper = client.get(f"/portal/consent/acts/{act.id}/paper.xml")
    signature = client.get(f"/portal/consent/acts/{act.id}/signature.xml")

    assert "지금 적용됩니다" in page
    assert read_text()["sha256"] in page
    assert "사본은" in page
    assert "동의 철회서" in paper.content.decode()
    assert b"SignedProperties" in signature.content
    assert paper["Cache-Control"] == "no-store"


def test_what_is_downloaded_is_verified_by_xmlsec1_alone(told: Story, tmp_path: Path) -> None:
    client = looking_as(told.patient)
    consents(client)
    path = f"/portal/consent/acts/{last(told).id}"
    known = client.get("/.well-known/naru").json()
    paper = client.get(f"{path}/paper.xml").content
    (tmp_path / "consent.xml").write_bytes(paper)
    (tmp_path / "changed.xml").write_bytes(paper.replace("김하늘".encode(), "김바다".encode()))
    (tmp_path / "signature.xml").write_bytes(client.get(f"{path}/signature.xml").content)
    (tmp_path / "node.pem").write_text(known["signing_certificate"])
    document = read_consent(paper).header.id

    def verifies(content: str) -> bool:
        command = [
            program("xmlsec1"),
            *("--verify", "--id-attr:Id", f"{XADES}:SignedProperties"),
            *("--pubkey-cert-pem", tmp_path / "node.pem"),
            *(f"--url-map:urn:oid:{document}", tmp_path / content),
            tmp_path / "signature.xml",
        ]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        return done.returncode == 0

    assert verifies("consent.xml")
    assert not verifies("changed.xml")


def test_a_department_goes_out_by_its_code_and_no_other_word(told: Story) -> None:
    client = looking_as(told.patient)
    path = "/portal/consent/part/department"

    assert client.post(path, {**read_text(), "department": "99^^nowhere"}).status_code == 422
    assert client.post(path, {**read_text(), "department": PSYCHIATRY}).status_code == 302

    stands = consent.snapshot(told.patient)
    assert stands is not None
    assert stands.exclusions.departments == {PSYCHIATRY}


def test_an_institution_is_kept_out_by_the_sides_that_are_ticked(told: Story) -> None:
    client = looking_as(told.patient)
    form = {**read_text(), "institution": str(told.receiver), "side": "v"}

    assert client.post("/portal/consent/part/institution", form).status_code == 302
    form = {**read_text(), "institution": str(told.receiver)}
    assert client.post("/portal/consent/part/institution", form).status_code == 422

    stands = consent.snapshot(told.patient)
    assert stands is not None
    assert (stands.exclusions.viewers, stands.exclusions.sources) == (
        {told.receiver},
        frozenset(),
    )


def test_an_empty_page_says_why(told: Story) -> None:
    client = looking_as(told.patient)
    path = "/portal/consent/documents"

    assert "동의하지 않아 모인 기록이 없습니다" in client.get(path).content.decode()
    consents(client)
    assert "아직 올라온 기록이 없습니다" in client.get(path).content.decode()


@pytest.mark.parametrize("part", ["", "/paper.xml", "/signature.xml"])
def test_another_person_s_act_is_not_there(told: Story, part: str) -> None:
    consents(looking_as(told.patient))
    act = last(told)

    answer = looking_as(uuid4()).get(f"/portal/consent/acts/{act.id}{part}")

    assert answer.status_code == 404


def test_to_a_representative_the_page_and_the_paper_name_both(told: Story) -> None:
    caller = Caller(
        role=Role.REPRESENTATIVE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=told.patient,
        person=MOTHER,
        user=User(name="TEST-mother", text="이어른"),
    )
    mandated(told.patient, today(now()))
    acts.turn(by(acts.CONSENT, caller), told.patient, on=True)

    said = last(told).said.representative
    assert said is not None
    assert (said.name, said.relationship) == ("이어른", "위임받은 사람")
    words = presenters.on_behalf("김하늘", acts.represents(by(acts.LOOK, caller), told.patient))
    assert "이어른" in words
    assert "김하늘" in words


def test_what_a_desk_registered_is_objected_to_on_the_page(told: Story) -> None:
    desk = identify.at_clinic(told.sender, role=Role.RECEPTION, address="", now=now())
    services.grant(told.patient, today(now()), desk, "2026-01", now())
    act = last(told).id
    client = looking_as(told.patient)
    assert "내가 하지 않았습니다" in client.get(f"/portal/consent/acts/{act}").content.decode()

    assert client.post(f"/portal/consent/acts/{act}/object").status_code == 302

    stands = consent.snapshot(told.patient)
    assert stands is not None
    assert not stands.consented
    page = client.get(f"/portal/consent/acts/{act}").content.decode()
    assert "신고하여 효력을 멈췄습니다" in page


def test_nobody_objects_to_what_they_did_themselves(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)

    answer = client.post(f"/portal/consent/acts/{last(told).id}/object")

    assert answer.status_code == 404


def test_a_document_is_shown_again_only_where_a_factor_is_asked_for(told: Story) -> None:
    """Hiding asks for nothing; what widens is `lift`, as for all else that was kept out."""
    client = looking_as(told.patient)
    assert client.get("/portal/consent/documents").headers["Cache-Control"] == "no-store"
    sent = read_text() | {"key": "o:2.999.1.7"}
    assert client.post("/portal/consent/hide", sent).status_code == 302
    hidden = consent.acts(told.patient)
    assert hidden[-1].kind is ActKind.EXCLUDE

    assert client.post("/portal/consent/hide", sent | {"wanted": "shown"}).status_code == 422
    assert consent.acts(told.patient) == hidden
    assert roles.step_up("give-consent") is not None
    assert client.post("/portal/consent/lift", sent).status_code == 302
    assert consent.acts(told.patient)[-1].kind is ActKind.INCLUDE
