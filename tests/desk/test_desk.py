"""At the desk: only one's own patients, each act seen, signed, printed and told of."""

import base64
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from naru.audit import queries as audit
from naru.consent import papers
from naru.consent import queries as consent
from naru.consent.acts import Act
from naru.demo.cast import IEUM, PUREUN
from naru.demo.population import PATIENT, population
from naru.demo.story import Story
from naru.domain.arrangements import RelationKind
from naru.domain.caller import Role
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import Identification, Signed
from naru.formats.cda import read_consent
from naru.notifications.queries import Recipient, inbox
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient
from tests.formats.test_png import drawn
from tests.staging import looking_as, read_text

PSYCHIATRY = "03^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
SEEN = {"identity": "resident-card", "seen_by": "접수 하나"}
WITNESSED = {**SEEN, "signed": "witness", "witness": "입회 둘"}
BOXES = {"box": ["personal", "sensitive"]}


def desk(told: Story, institution: UUID | None = None) -> Client:
    """A desk that serves the story's patient."""
    client = looking_as(told.patient, institution or told.sender)
    client.post("/desk/choose", {"patient": str(told.patient)})
    return client


def last(told: Story) -> Act:
    return consent.acts(told.patient)[-1]


def paper(act: Act) -> ConsentDocument:
    kept = papers.of_act(act.id)
    assert kept is not None
    return read_consent(kept.content)


def test_a_patient_is_found_by_number_and_by_name(told: Story) -> None:
    client = looking_as(told.patient, told.sender)
    number = PATIENT.chart_number(IEUM.key)

    by_number = client.post("/desk", {"number": number}).content.decode()
    by_name = client.post("/desk", {"name": PATIENT.name, "born": f"{PATIENT.born}"})

    assert PATIENT.name in by_number
    assert number in by_name.content.decode()


def test_another_institution_s_patient_is_nobody(told: Story) -> None:
    other = next(
        one
        for one in population(3)
        if one != PATIENT and one.chart_number(IEUM.key) != PATIENT.chart_number(IEUM.key)
    )
    client = looking_as(told.patient, told.sender)

    found = client.post("/desk", {"name": other.name, "born": f"{other.born}"}).content.decode()

    assert other.chart_number(PUREUN.key) not in found


def test_a_newcomer_is_registered_and_consents_on_the_pad(told: Story) -> None:
    client = looking_as(told.patient, told.sender)
    form = {"number": "TEST-9001", "name": "나새롬", "born": "1950-05-05", "gender": "F"}
    assert client.post("/desk/register", form).status_code == 302
    assert "나새롬" in client.get("/desk/patient").content.decode()

    picture = "data:image/png;base64," + base64.b64encode(drawn()).decode()
    signed = {**SEEN, "identity": "foreigner-card", "signed": "pad", "signature": picture}
    answer = client.post("/desk/consent", {**read_text(), **BOXES, **signed})

    assert answer.status_code == 302
    receipt = client.get(answer["Location"])
    assert "외국인등록증 · 접수 하나" in receipt.content.decode()
    printed = client.get(f"{answer['Location']}.pdf")
    assert printed.content.startswith(b"%PDF-")


def test_a_consent_at_the_desk_is_on_paper_with_all_that_was_seen(told: Story) -> None:
    client = desk(told)
    form = {**read_text(), "box": ["personal", "sensitive", "evaluation"], **WITNESSED}
    assert client.post("/desk/consent", {**form, "until": "2999-12-31"}).status_code == 302

    document, act = paper(last(told)), last(told)

    assert document.identified is not None
    assert document.identified.by is Identification.RESIDENT_CARD
    assert (document.identified.signed, document.identified.witness) == (Signed.WITNESS, "입회 둘")
    assert document.until == date(2999, 12, 31)
    assert document.header.custodian.oid == IEUM.oid
    assert act.actor.institution == told.sender
    told_of = inbox([Recipient.patient(told.patient)], language="ko")
    assert [one.kind for one in told_of] == ["consent-at-desk"]
    assert (
        "이음내과의원 접수처에서"
        in looking_as(told.patient).get("/portal/consent/acts").content.decode()
    )


def test_a_scanned_paper_is_kept_and_its_hash_is_signed(told: Story) -> None:
    client = desk(told)
    scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7 signed", content_type="application/pdf")
    form = {**read_text(), **BOXES, **SEEN, "signed": "scan", "scan": scan}
    assert client.post("/desk/consent", form).status_code == 302

    kept, document = papers.of_act(last(told).id), paper(last(told))

    assert kept is not None
    assert kept.scan == b"%PDF-1.7 signed"
    assert document.identified is not None
    assert len(document.identified.scan_sha256) == 64


def test_a_representative_is_named_beside_the_patient(told: Story) -> None:
    client = desk(told)
    form = {**read_text(), **BOXES, **WITNESSED}
    both = {"representative": "이어른", "relationship": "모"}
    unproven = client.post("/desk/consent", {**form, **both})
    assert unproven.status_code == 422
    assert "위임장이나 후견등기사항증명서" in unproven.content.decode()
    both |= {"authority": "power-of-attorney", "authority_number": "TEST-위임-7"}
    assert client.post("/desk/consent", {**form, **both}).status_code == 302

    receipt = client.get(f"/desk/receipt/{last(told).id}").content.decode()

    assert "이어른 (모)" in receipt
    assert "위임장 TEST-위임-7" in receipt
    assert PATIENT.name in receipt


def test_a_withdrawal_and_a_part_are_taken_at_the_desk(told: Story) -> None:
    client = desk(told)
    assert client.post("/desk/consent", {**read_text(), **BOXES, **WITNESSED}).status_code == 302
    form = {**read_text(), "department": PSYCHIATRY, **WITNESSED}
    assert client.post("/desk/part/department", form).status_code == 302
    stands = consent.snapshot(told.patient)
    assert stands is not None
    assert stands.exclusions.departments == {PSYCHIATRY}

    assert client.post("/desk/withdraw", {**read_text(), **WITNESSED}).status_code == 302

    stands = consent.snapshot(told.patient)
    assert stands is not None
    assert not stands.consented


WRONG = {
    "no box": ({"box": ["personal"]}, "민감정보에 모두"),
    "another version": ({"version": "1999-01"}, "동의문이 바뀌었습니다"),
    "other words": ({"sha256": "0" * 64}, "동의문이 바뀌었습니다"),
    "nothing seen": ({"identity": "face"}, "본인을 확인했는지"),
    "a session is no card": ({"identity": "session"}, "본인을 확인했는지"),
    "seen by nobody": ({"seen_by": " "}, "직원의 이름"),
    "not signed": ({"signed": ""}, "어떻게 서명"),
    "an empty pad": (
        {
            "signed": "pad",
            "signature": "data:image/png;base64," + base64.b64encode(drawn(ink=b"\x00")).decode(),
        },
        "서명 패드에",
    ),
    "no picture": ({"signed": "pad", "signature": "data:text/html;base64,PGI+"}, "서명 패드에"),
    "no scan": ({"signed": "scan"}, "PDF로 올려"),
    "the witness is the clerk": ({"witness": "접수 하나"}, "입회인의 이름"),
    "a proof without its number": (
        {"representative": "이어른", "relationship": "모", "authority": "power-of-attorney"},
        "서면의 번호",
    ),
    "an unknown proof": (
        {"representative": "이어른", "relationship": "모", "authority": "word"},
        "증명한 서면을 골라",
    ),
    "a representative of no relation": ({"representative": "이어른"}, "어떤 관계"),
}


@pytest.mark.parametrize(("changed", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_is_missing_is_said_and_nothing_is_registered(
    told: Story, changed: dict[str, str], sentence: str
) -> None:
    answer = desk(told).post("/desk/consent", {**read_text(), **BOXES, **WITNESSED, **changed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert consent.snapshot(told.patient) is None


def test_a_scan_that_is_no_pdf_is_refused(told: Story) -> None:
    scan = SimpleUploadedFile("a.pdf", b"<script>", content_type="application/pdf")
    form = {**read_text(), **BOXES, **SEEN, "signed": "scan", "scan": scan}

    assert desk(told).post("/desk/consent", form).status_code == 422


def test_an_institution_serves_nobody_whom_it_has_not_registered(told: Story) -> None:
    from naru.directory import queries as directory
    from naru.ui.clock import now, today

    stranger = next(
        one.id
        for one in directory.all_institutions(on=today(now()))
        if one.id not in {told.sender, told.receiver}
    )
    client = desk(told, stranger)

    assert client.get("/desk/patient").status_code == 302
    assert client.post("/desk/consent", {**read_text(), **BOXES, **WITNESSED}).status_code == 302
    assert consent.snapshot(told.patient) is None


def test_a_receipt_of_another_desk_is_not_there(told: Story) -> None:
    desk(told).post("/desk/consent", {**read_text(), **BOXES, **WITNESSED})
    act = last(told).id

    other = desk(told, told.receiver)

    own = desk(told).get(f"/desk/receipt/{act}").content.decode()
    assert "좁힌 것은 다시 동의할 때까지 남습니다" in own  # What an objection does, no more.
    assert other.get(f"/desk/receipt/{act}").status_code == 404
    assert other.get(f"/desk/receipt/{act}.pdf").status_code == 404


def test_the_desk_is_not_told_what_a_patient_keeps_out(told: Story) -> None:
    portal = looking_as(told.patient)
    portal.post("/portal/consent/part/department", {**read_text(), "department": PSYCHIATRY})

    page = desk(told).get("/desk/patient").content.decode()

    assert "정신건강의학과" not in page


def test_a_child_of_thirteen_needs_a_representative(told: Story) -> None:
    client = looking_as(told.patient, told.sender)
    from naru.ui.clock import now, today

    born = today(now()).replace(year=today(now()).year - 13, day=1)
    form = {"number": "TEST-9002", "name": "나어린", "born": f"{born}", "gender": "M"}
    client.post("/desk/register", form)
    form = {**read_text(), **BOXES, **WITNESSED}

    alone = client.post("/desk/consent", form)
    both = client.post("/desk/consent", {**form, "representative": "나큰", "relationship": "부"})

    assert alone.status_code == 422
    assert "법정대리인이 동의합니다" in alone.content.decode()
    assert both.status_code == 302


def test_a_reception_says_that_the_institution_treats_the_patient(told: Story) -> None:
    page = desk(told).post("/desk/reception").content.decode()

    assert "접수됨" in page
    standing = consent.standings([told.patient], told.sender)[told.patient]
    (relation,) = standing.relations
    assert (relation.institution, relation.kind) == (told.sender, RelationKind.RECEPTION)
    assert "desk reception" in {one.transaction for one in audit.of_person([told.patient])}


def test_each_look_and_each_act_of_a_desk_leaves_its_record(told: Story) -> None:
    client = desk(told)
    client.get("/desk/patient")
    client.post("/desk/consent", {**read_text(), **BOXES, **WITNESSED})

    seen = {one.transaction for one in audit.of_person([told.patient])}

    assert {"desk patient", "desk consent"} <= seen


@pytest.mark.usefixtures("transactional_db")
def test_a_document_that_the_institution_wrote_is_hidden_at_its_desk_with_a_receipt(
    transactional_db: None,
) -> None:
    with node():
        here, there = Hospital(), Hospital()
        patient = here.patient()
        patient.consents()
        sent, others = here.sends(patient), there.sends(patient)
        clerk = serving(here, patient)
        page = clerk.get("/desk/document").content.decode()
        assert sent.unique_id in page
        assert others.unique_id not in page
        form = {**read_text(), **WITNESSED, "document": sent.unique_id}

        refused = clerk.post("/desk/document", form | {"document": others.unique_id})
        assert refused.status_code == 422
        answer = clerk.post("/desk/document", form)

        assert answer.status_code == 302
        act = consent.acts(patient.key)[-1]
        assert act.exclusion is not None
        assert act.exclusion.document == sent.unique_id
        assert papers.of_act(act.id) is not None
        assert sent.unique_id in clerk.get(answer["Location"]).content.decode()
        assert clerk.get(f"{answer['Location']}.pdf").content.startswith(b"%PDF-")
        assert there.finds(patient) == {others.unique_id}
        assert told_of(patient) == ["consent-at-desk"]


@pytest.mark.usefixtures("transactional_db")
def test_not_even_in_an_emergency_is_said_at_the_desk_and_holds() -> None:
    with node():
        here = Hospital()
        patient = here.patient()
        patient.consents()
        clerk = serving(here, patient)
        assert "약과 알레르기를 모를 수 있습니다" in clerk.get("/desk/emergency").content.decode()
        picture = "data:image/png;base64," + base64.b64encode(drawn()).decode()
        drawn_on_a_pad = {**read_text(), **SEEN, "signed": "pad", "signature": picture}
        assert clerk.post("/desk/emergency", drawn_on_a_pad).status_code == 422

        answer = clerk.post("/desk/emergency", {**read_text(), **WITNESSED})

        assert answer.status_code == 302
        (standing,) = consent.standings([patient.key], here.id).values()
        assert standing.arrangements.never_in_emergency
        receipt = clerk.get(answer["Location"]).content.decode()
        assert "응급에도 보이지 않기 접수증" in receipt
        assert "입회 둘" in receipt
        assert clerk.get(f"{answer['Location']}.pdf").content.startswith(b"%PDF-")
        assert told_of(patient) == ["consent-at-desk"]


@pytest.mark.usefixtures("transactional_db")
def test_a_desk_refuses_what_it_may_not_say_for_somebody_it_does_not_know(
    transactional_db: None,
) -> None:
    with node():
        here, there = Hospital(), Hospital()
        patient = here.patient()
        patient.consents()
        clerk = serving(there, patient)
        for page in ("document", "emergency"):
            answer = clerk.post(f"/desk/{page}", {**read_text(), **WITNESSED})
            assert answer.headers["Location"] == "/desk"
        (standing,) = consent.standings([patient.key], here.id).values()
        assert not standing.arrangements.never_in_emergency


def serving(hospital: Hospital, patient: Patient) -> Client:
    """A clerk's browser that serves the patient."""
    client = staff(Role.RECEPTION, hospital.id, "한접수")
    client.post("/desk/choose", {"patient": str(patient.key)})
    return client


def told_of(patient: Patient) -> list[str]:
    return [one.kind for one in inbox([Recipient.patient(patient.key)], language="ko")]
