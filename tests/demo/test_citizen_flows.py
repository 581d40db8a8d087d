"""마이차트 from one act to the next: what a citizen says, sees, gives out and is answered."""

import json
import zipfile
from datetime import date, timedelta
from uuid import UUID

from django.test import override_settings
from playwright.sync_api import Page, expect

from naru.directory import services as directory
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange.consent import mandates
from naru.exchange.documents.stored_query import stored_query
from naru.node.settings import AFFINITY_DOMAIN
from naru.referrals import sending
from naru.ui.clock import now, today
from tests.acting import citizen, staff
from tests.console.test_standing import born
from tests.demo.browsing import EVERY_WAY, Walk
from tests.exchange.hospitals import Patient
from tests.portal.test_notices import told_of
from tests.referrals.hospitals import Hospital, draft


def charted() -> tuple[Hospital, Patient]:
    """A hospital, and a patient who consented and of whom it wrote."""
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    hospital.chart(patient)
    return hospital, patient


def agency(name: str) -> UUID:
    return directory.admit(name=name, kind=InstitutionKind.AGENCY, on=date(2026, 1, 1)).id


def main(page: Page) -> object:
    return expect(page.get_by_role("main"))


@EVERY_WAY
@override_settings(AFFINITY_DOMAIN=AFFINITY_DOMAIN)  # Its departments can be chosen.
def test_consent_is_given_narrowed_in_three_taps_proved_and_withdrawn(walk: Walk) -> None:
    hospital = Hospital()
    patient = hospital.patient()
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/consent")
    seen.is_calm_at_both_widths()
    page.get_by_role("link", name="읽고 동의하기").click()
    seen.is_calm_at_both_widths()
    for box in ("개인정보의 수집", "민감정보의 제공"):
        page.get_by_role("checkbox", name=box).check()
    page.get_by_role("button", name="표시한 대로 동의하기").click()
    main(page).to_contain_text("지금 적용됩니다")

    seen.go("/portal")
    page.get_by_role("link", name="일부만 빼기").click()
    seen.is_calm_at_both_widths()
    page.get_by_role("radio", name="정신건강의학과").check()
    page.get_by_role("button", name="교류에서 빼기").click()
    main(page).to_contain_text("지금 적용됩니다")
    main(page).to_contain_text("원장 영수증")
    seen.is_calm_at_both_widths()
    seen.go("/portal/consent/acts")
    main(page).to_contain_text("정신건강의학과")
    seen.go("/portal/consent")
    page.get_by_role("button", name="다시 교류하기 정신건강의학과").click()
    main(page).to_contain_text("다시 교류하게 했습니다")
    seen.go("/portal/consent")
    page.get_by_role("button", name="전부 철회하기").click()
    main(page).to_contain_text("지금 적용됩니다")


@EVERY_WAY
def test_one_document_is_hidden_from_the_timeline_and_shown_again(walk: Walk) -> None:
    hospital, patient = charted()
    other = Hospital()
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/records")
    main(page).to_contain_text(f"의뢰병원 {hospital.oid}")
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="이 문서 빼기").click()
    main(page).to_contain_text("교류에서 뺐습니다")
    assert other.finds(patient) == set()
    seen.go("/portal/consent/documents")
    main(page).to_contain_text("빼 둠")
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="다시 교류하기").click()
    assert len(other.finds(patient)) == 1


@EVERY_WAY
def test_who_saw_the_record_is_told_proved_questioned_and_kept(walk: Walk) -> None:
    _hospital, patient = charted()
    looks = Hospital()
    looks.receives(patient)
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    stored_query(looks.access("ITI-18"), query, leaf=True)
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal")
    visits = page.get_by_role("region", name="내 기록을 본 곳")
    expect(visits).to_contain_text(f"의뢰병원 {looks.oid}")
    seen.is_calm_at_both_widths()
    visits.get_by_role("link", name="증명").first.click()
    main(page).to_contain_text("다시 계산해 일치함")
    seen.is_calm_at_both_widths()

    seen.go("/portal/accesses")
    if (fold := page.get_by_text("조건으로 좁히기")).is_visible():  # On a phone.
        fold.click()
    page.get_by_label("종류").select_option("find")
    page.get_by_role("button", name="좁히기").click()
    seen.is_calm_at_both_widths()
    with page.expect_download() as begun:
        page.get_by_role("link", name="표로 내려받기 (CSV)").click()
    assert f"의뢰병원 {looks.oid}" in begun.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="모르는 열람입니다").first.click()
    page.get_by_label("틀린 점이나 묻고 싶은 것").fill("이 병원에 간 적이 없습니다")
    page.get_by_role("button", name="알리기").click()
    main(page).to_contain_text("이 병원에 간 적이 없습니다")


@EVERY_WAY
def test_the_state_of_a_referral_stands_on_the_first_page(walk: Walk) -> None:
    hospital, patient = charted()
    other = Hospital()
    sent = sending.send(hospital.doctor(), draft(hospital, other, patient, "상세불명의 흉통"))
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal")
    course = page.get_by_role("region", name="진료의뢰 진행")
    expect(course).to_contain_text(f"의뢰병원 {other.oid}")
    expect(course).to_contain_text(sent.number)
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_a_document_goes_to_an_agency_which_opens_it_and_the_rest_is_recalled(walk: Walk) -> None:
    hospital, patient = charted()
    hospital.chart(patient)
    place = agency("병무청")
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/deliveries")
    seen.is_calm_at_both_widths()
    page.get_by_role("link", name="병무청").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="보낼 것 미리 보기").click()
    main(page).to_contain_text("병무청에 이대로 갑니다")
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="이대로 제출하기").click()
    main(page).to_contain_text("병무청에 제출했습니다")
    seen.is_calm_at_both_widths()
    receipt = page.url

    clerk = walk(staff(Role.AGENCY_CLERK, place, "박담당"))
    inbox = clerk.go("/console/deliveries")
    clerk.is_calm_at_both_widths()
    inbox.get_by_role("main").get_by_role("link").first.click()
    clerk.is_calm_at_both_widths()
    inbox.get_by_role("button", name="열기").first.click()
    clerk.is_calm_at_both_widths()

    page.goto(receipt)
    page.get_by_role("button", name="열지 않은 문서 회수하기").click()
    main(page).to_contain_text("회수함")
    with page.expect_download() as begun:
        page.get_by_role("link", name="PDF로 내려받기").click()
    assert begun.value.path().read_bytes().startswith(b"%PDF-")


@EVERY_WAY
def test_a_record_is_shown_once_by_a_code_and_taken_back(walk: Walk) -> None:
    hospital, patient = charted()
    hospital.chart(patient)
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/shares/new")
    seen.is_calm_at_both_widths()
    for box in page.get_by_role("checkbox", name="진료기록요약지").all():
        box.check()
    page.get_by_role("group", name="몇 번까지").get_by_role("radio").last.check()
    page.get_by_role("button", name="QR·코드 만들기").click()
    expect(page.get_by_role("img", name="공유 링크의 QR")).to_be_visible()
    seen.is_calm_at_both_widths()
    code, passcode = page.locator("dd.code").all_inner_texts()

    pharmacy = walk()
    opens = pharmacy.go("/shared")
    pharmacy.is_calm_at_both_widths()

    def ask() -> None:
        opens.get_by_label("코드나 링크").fill(code)
        opens.get_by_label("암호").fill(passcode)
        opens.get_by_label("여는 분의 이름이나 기관").fill("시험약국")
        opens.get_by_role("button", name="열기", exact=True).click()

    ask()
    expect(opens.get_by_role("region", name="2. 진료기록요약지")).to_contain_text("흉통")
    pharmacy.is_calm_at_both_widths()

    page.reload()
    expect(page.get_by_role("region", name="누가 열었나")).to_contain_text("시험약국")
    page.get_by_role("button", name="지금 거두기").click()
    pharmacy.go("/shared")
    ask()
    expect(opens.get_by_role("alert")).to_be_visible()
    main(opens).not_to_contain_text("상세불명의 흉통")


@EVERY_WAY
def test_what_is_wrong_gets_a_number_and_an_answer(walk: Walk) -> None:
    hospital, patient = charted()
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/consent/documents")
    page.get_by_role("button", name="열기").first.click()
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="틀린 내용이 있습니다").click()
    seen.is_calm_at_both_widths()
    page.get_by_label("틀린 점이나 묻고 싶은 것").fill("진단명이 다릅니다")
    page.get_by_role("button", name="알리기").click()
    number = page.get_by_role("heading", level=1).inner_text().split()[1]
    seen.is_calm_at_both_widths()
    ticket = page.url

    office = walk(staff(Role.HEALTH_INFORMATION_MANAGER, hospital.id, "서관리"))
    desk = office.go("/console/tickets")
    office.is_calm_at_both_widths()
    desk.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
    office.is_calm_at_both_widths()
    desk.get_by_label("답").first.fill("살펴보고 고쳤습니다")
    desk.get_by_role("checkbox").last.check()
    desk.get_by_role("main").get_by_role("button").last.click()

    page.goto(ticket)
    main(page).to_contain_text("살펴보고 고쳤습니다")
    main(page).to_contain_text("처리 끝남")


@EVERY_WAY
def test_a_mother_sees_her_child_s_record_and_returns_to_her_own(walk: Walk) -> None:
    hospital = Hospital()
    child = born(hospital, f"{today(now()) - timedelta(days=300):%Y%m%d}")
    child.consents()
    hospital.chart(child)
    mother = hospital.patient()
    desk = hospital.doctor(Role.RECEPTION, "give mandate")
    relationship = Relationship.LEGAL_REPRESENTATIVE
    mandates.give(desk, child.key, mother.key, relationship, last=None)
    seen = walk(citizen("한가람", mother.key))
    page = seen.go("/portal")
    family = page.get_by_role("region", name="자녀·부모 전환")
    family.get_by_role("button", name="김아이 님의 기록 보기").click()
    seen.go("/portal/records")
    main(page).to_contain_text("대신하여")
    main(page).to_contain_text(f"의뢰병원 {hospital.oid}")
    seen.is_calm_at_both_widths()
    seen.go("/portal")
    seen.is_calm_at_both_widths()
    family.get_by_role("button", name="내 기록으로 돌아가기").click()
    seen.go("/portal/records")
    main(page).not_to_contain_text(f"의뢰병원 {hospital.oid}")


@EVERY_WAY
def test_notices_are_read_and_come_once_a_day_if_one_likes(walk: Walk) -> None:
    _hospital, patient = charted()
    told_of(patient.key)
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/notices")
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="읽었습니다").first.click()
    expect(page.get_by_role("button", name="읽었습니다")).to_have_count(0)
    kind = page.locator("select[name^=kind-]").first
    digest = kind.locator("option").filter(has_text="하루").first.get_attribute("value")
    page.get_by_text("알림 종류별로 정하기").click()
    kind.select_option(digest)
    page.get_by_role("button", name="저장").click()
    seen.go("/portal/notices")
    expect(kind).to_have_value(digest)
    page.get_by_text("끌 수 없는 알림").click()
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_the_record_is_kept_as_it_was_written_as_resources_and_to_read(walk: Walk) -> None:
    _hospital, patient = charted()
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/download")
    seen.is_calm_at_both_widths()

    def kept(name: str) -> bytes:
        with page.expect_download() as begun:
            page.get_by_role("button", name=name).click()
        return begun.value.path().read_bytes()

    with page.expect_download() as begun:
        page.get_by_role("button", name="원본 모두 내려받기").click()
    with zipfile.ZipFile(begun.value.path()) as originals:
        assert any(b"ClinicalDocument" in originals.read(one) for one in originals.namelist())
    assert json.loads(kept("모든 기록"))["resourceType"] == "Bundle"
    assert json.loads(kept("환자 요약"))["type"] == "document"
    with page.expect_download() as begun:
        page.get_by_role("button", name="번째 문서").click()
    with zipfile.ZipFile(begun.value.path()) as papers:
        assert any(papers.read(one).startswith(b"%PDF-") for one in papers.namelist())
