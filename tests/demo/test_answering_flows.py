"""What becomes of a referral: asked, declined, given on, answered, sent back, ended, billed."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from naru.domain.caller import Role
from naru.referrals import sending, tasks
from tests.acting import staff
from tests.demo.browsing import EVERY_WAY, Seen, Walk
from tests.hira.test_hira import driver, running, takes_part, works
from tests.referrals.hospitals import Hospital, draft

if TYPE_CHECKING:
    from naru.domain.referrals import Referral
    from tests.exchange.hospitals import Patient


class Sent:
    """A referral that waits in the inbox of `east`."""

    def __init__(self) -> None:
        self.west, self.east = Hospital(), Hospital()
        self.patient: Patient = self.west.patient()
        self.patient.consents()
        self.west.chart(self.patient)
        said = draft(self.west, self.east, self.patient, "상세불명의 흉통")
        self.referral: Referral = sending.send(self.west.doctor(), said)
        self.address = f"/clinic/referrals/{self.referral.id}"

    def receiver(self, walk: Walk) -> Seen:
        """A doctor of the receiving hospital, who has it before them."""
        return self._at(walk(staff(Role.DOCTOR, self.east.id, "윤가람")))

    def sender(self, walk: Walk) -> Seen:
        """The doctor who sent it."""
        return self._at(walk(staff(Role.DOCTOR, self.west.id, "이도윤")))

    def _at(self, seen: Seen) -> Seen:
        seen.go(self.address)
        return seen


def state(page: Page, word: str) -> None:
    expect(page.get_by_role("main").locator(".lead")).to_contain_text(word)


def part(page: Page, name: str) -> None:
    """Unfold a part of the page."""
    page.get_by_role("region", name=name, exact=True).locator("summary").click()


@EVERY_WAY
def test_the_receiver_asks_and_is_answered(walk: Walk) -> None:
    sent = Sent()
    receiver = walk(staff(Role.REFERRAL_COORDINATOR, sent.east.id, "박협력"))
    page = receiver.go("/clinic/referrals")
    receiver.is_calm_at_both_widths()
    page.get_by_role("listitem").filter(has_text=sent.referral.number).get_by_role("link").click()
    receiver.is_calm_at_both_widths()
    page.get_by_role("button", name="열어 보기").click()
    part(page, "보낸 곳에 묻기")
    page.get_by_label("더 적을 것").first.fill("언제부터 아팠습니까?")
    page.get_by_role("button", name="묻기", exact=True).click()
    state(page, "문의에 답을 기다림")

    sender = sent.sender(walk)
    expect(sender.page.get_by_role("main")).to_contain_text("언제부터 아팠습니까?")
    sender.is_calm_at_both_widths()
    sender.page.get_by_label("답").fill("사흘 전부터입니다")
    sender.page.get_by_role("button", name="답하기").click()
    receiver.go(sent.address)
    expect(page.get_by_role("main")).to_contain_text("사흘 전부터입니다")


@EVERY_WAY
def test_what_is_declined_says_why(walk: Walk) -> None:
    sent = Sent()
    page = sent.receiver(walk).page
    part(page, "받지 않기")
    declined = page.get_by_role("region", name="받지 않기", exact=True)
    declined.get_by_role("radio").first.check()
    declined.get_by_role("button", name="받지 않기").click()
    state(page, "받지 않음")
    sender = sent.sender(walk)
    state(sender.page, "받지 않음")
    sender.is_calm_at_both_widths()


@EVERY_WAY
def test_what_is_given_on_is_read_by_the_next(walk: Walk) -> None:
    sent, third = Sent(), Hospital()
    receiver = sent.receiver(walk)
    page = receiver.page
    page.get_by_role("button", name="열어 보기").click()
    page.get_by_role("link", name="다른 기관에 전달").click()
    receiver.is_calm_at_both_widths()
    page.get_by_role("button", name=f"여기로 전달 의뢰병원 {third.oid}").click()
    page.get_by_label("진료과").select_option(label="내과")
    page.get_by_role("checkbox", name="환자가 이 전달에 동의했습니다").check()
    receiver.is_calm_at_both_widths()
    page.get_by_role("button", name="전달하기").click()

    next_one = walk(staff(Role.DOCTOR, third.id, "최다음"))
    reads = next_one.go("/clinic/referrals")
    reads.get_by_role("listitem").filter(has_text="김나루").get_by_role("link").click()
    reads.get_by_role("button", name="열어 보기").click()
    shown = reads.get_by_role("region", name="문서", exact=True)
    expect(shown).to_contain_text("상세불명의 흉통")
    next_one.is_calm_at_both_widths()


@EVERY_WAY
@pytest.mark.parametrize("kind", ["reply", "return"])
def test_it_is_answered_and_sent_back(walk: Walk, kind: str) -> None:
    """회신 answers the referral; 회송 sends the patient back. The sender reads either."""
    sent = Sent()
    receiver = sent.receiver(walk)
    page = receiver.page
    page.get_by_role("button", name="받아들이기").click()
    state(page, "받아들임")
    page.get_by_role("button", name="환자가 왔음").click()
    state(page, "진료 중")
    name = {"reply": "회신 쓰기", "return": "회송 보내기"}[kind]
    page.get_by_role("main").get_by_role("link", name=name).click()
    receiver.is_calm_at_both_widths()
    if page.get_by_label("진단명").is_hidden():  # Open where the own chart offers nothing.
        page.get_by_text("진단을 새로 적기").click()
    page.get_by_label("진단명").fill("비특이적 흉통")
    for group in page.get_by_role("group", name="까닭").all():
        group.get_by_role("checkbox").first.check()
    page.get_by_role("group", name="소견").get_by_role("checkbox").first.check()
    if kind == "return":
        page.get_by_role("radio", name="환자가 동의했습니다").check()
    page.get_by_role("button", name="보내기").last.click()

    if kind == "reply":
        state(page, "마침")
        sender = sent.sender(walk)
        sender.page.get_by_role("button", name="회신서 열기").click()
    else:
        state(page, "회송")
        sender = walk(staff(Role.DOCTOR, sent.west.id, "이도윤"))
        sender.go("/clinic/referrals").get_by_role("link", name="김나루").first.click()
        sender.page.get_by_role("button", name="열어 보기").click()
    shown = sender.page.get_by_role("region", name="문서", exact=True)
    expect(shown).to_contain_text("비특이적 흉통")
    sender.is_calm_at_both_widths()


@EVERY_WAY
@pytest.mark.parametrize("end", ["cancelled", "expired", "no-show"])
def test_what_did_not_happen_says_so_on_both_sides(walk: Walk, end: str) -> None:
    sent = Sent()
    if end == "cancelled":
        page = sent.sender(walk).page
        part(page, "보낸 것 취소")
        cancelling = page.get_by_role("region", name="보낸 것 취소")
        cancelling.get_by_role("radio").first.check()
        cancelling.get_by_role("button", name="취소하기").click()
    elif end == "expired":
        assert tasks.expire(sent.referral.until) == 1
    else:
        page = sent.receiver(walk).page
        page.get_by_role("button", name="받아들이기").click()
        page.get_by_role("button", name="오지 않음").click()
    word = {"cancelled": "취소됨", "expired": "기한이 지남", "no-show": "오지 않음"}[end]
    for seen in (sent.sender(walk), sent.receiver(walk)):
        state(seen.page, word)
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_it_is_handed_to_the_relay_and_billed_when_every_condition_holds(walk: Walk) -> None:
    """Not connected is seen; each missing condition is named; the proof is verified."""
    sent = Sent()
    takes_part(sent.west.id, datetime.now(UTC).date(), None)
    seen = sent.sender(walk)
    page = seen.page
    page.get_by_role("link", name="심평원 제출과 수가").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("아직 수가를 청구할 수 없습니다")
    expect(page.get_by_role("main")).to_contain_text("연결되지 않음")
    seen.is_calm_at_both_widths()
    page.get_by_role("button", name="환자가 동의했습니다").click()
    page.get_by_role("button", name="나는 동의합니다").click()
    page.get_by_label("환자의 보험").select_option("4")
    page.get_by_role("button", name="보험 적기").click()
    expect(heading).to_have_text("수가를 청구할 수 있습니다")
    page.get_by_role("button", name="심평원에 제출하기").click()
    expect(page.get_by_role("main")).to_contain_text("제출을 기다림")

    with running() as relay:
        works(driver(relay))
        receipt, _said = relay.kept[sent.referral.number]
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(receipt)
    page.get_by_role("button", name="제출을 확인했습니다").click()
    expect(page.get_by_role("button", name="제출을 확인했습니다")).to_have_count(0)
    seen.is_calm_at_both_widths()
    with page.expect_download() as begun:
        page.get_by_role("button", name="청구 증명 받기").click()

    seen.go("/clinic/billing")
    expect(page.get_by_role("main")).to_contain_text(sent.referral.number)
    seen.is_calm_at_both_widths()
    page.get_by_role("link", name="청구 증명 확인하기").click()
    page.get_by_label("파일", exact=True).set_input_files(begun.value.path())
    page.get_by_role("button", name="확인하기").click()
    expect(heading).to_have_text("이 노드가 서명한 청구 증명입니다")
    seen.is_calm_at_both_widths()
