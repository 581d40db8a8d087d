"""The console: what each office finds waiting, decides and hands out; and every page of it."""

import csv
import io
import re
from itertools import groupby

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import expect

from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.outbox import queries as outbox
from naru.statistics.counting import count_all
from naru.ui.clock import now
from tests.acting import citizen, staff
from tests.console.test_matching import a_doubt
from tests.console.test_operations import given_up
from tests.demo.browsing import EVERY_WAY, Walk
from tests.exchange.hospitals import Hospital
from tests.portal.test_notices import told_of
from tests.statistics.histories import record
from tests.tickets.test_tickets import named

OF_A_PLACE = {
    "/console/accesses": Role.PRIVACY_OFFICER,
    "/console/emergencies": Role.PRIVACY_OFFICER,
    "/console/statutory": Role.PRIVACY_OFFICER,
    "/console/standing": Role.PRIVACY_OFFICER,
    "/console/received": Role.PRIVACY_OFFICER,
    "/console/inbox": Role.PRIVACY_OFFICER,
    "/console/tickets": Role.HEALTH_INFORMATION_MANAGER,
    "/console/deliveries": Role.AGENCY_CLERK,
    "/console/programmes": Role.RESEARCHER,
    "/console/vendor": Role.VENDOR,
}
OF_NO_PLACE = {
    "/console/matching": Role.STEWARD,
    "/console/links": Role.STEWARD,
    "/console/calls": Role.CALL_CENTRE_AGENT,
    "/console/accounts": Role.CALL_CENTRE_AGENT,
    "/console/audit": Role.AUDITOR,
    "/console/policy": Role.AUDITOR,
}
"""Who works where; all other pages are the operator's."""

NO_PAGE = re.compile(
    r"/(check|sign|export|watch|read|ticket|demand|replay|give-up|csv|json|recruit|switch|invite"
    r"|end|register|suspend|services|keys|settle|dead/notices)$"
)
"""Where a form is sent, or a file is."""


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> list[str]:
    """Every address of the console that names no record."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            found += addresses(one.url_patterns)
        elif str(one.pattern).startswith("console") and "<" not in str(one.pattern):
            found.append(f"/{one.pattern}")
    return [one for one in found if not NO_PAGE.search(one)]


def player(address: str) -> Role:
    """Who works at that page."""
    known = OF_A_PLACE | OF_NO_PLACE
    return next((known[one] for one in known if address.startswith(one)), Role.OPERATOR)


@EVERY_WAY
@pytest.mark.parametrize("part", range(3))
def test_every_page_of_the_console_is_calm_for_whoever_works_there(walk: Walk, part: int) -> None:
    here = Hospital()
    theirs = sorted(addresses(), key=player)[part::3]
    for role, pages in groupby(theirs, player):
        seen = walk(staff(role, here.id if role in OF_A_PLACE.values() else None, "시험"))
        for address in pages:
            seen.go(address)
            seen.is_calm()
        seen.page.context.close()


@EVERY_WAY
def test_an_institution_joins_step_by_step(walk: Walk) -> None:
    hub = Hospital()
    admin = walk(staff(Role.HUB_ADMIN, hub.id, "최거점"))
    page = admin.go("/console/joining")
    page.get_by_label("기관 이름").fill("이음의원")
    page.get_by_role("button", name="절차 시작하기").click()
    case = page.url.removeprefix(walk.base)
    admin.is_calm_at_both_widths()
    waited = page.get_by_role("region", name="단계").get_by_role("listitem").count()
    for field in page.locator("main form").first.locator("input[name^=field-]").all():
        field.check() if field.get_attribute("type") == "checkbox" else field.fill("TEST-9")
    page.get_by_role("button", name="기록하고 넘기기").click()
    done = page.get_by_role("region", name="지금까지")
    expect(done.locator("ol > li").first).to_be_visible()
    assert page.get_by_role("region", name="단계").get_by_role("listitem").count() == waited
    operator = walk(staff(Role.OPERATOR, None, "강운영"))
    operator.go("/console/joining")
    expect(operator.page.get_by_role("main")).to_contain_text("이음의원")
    operator.is_calm_at_both_widths()
    operator.go(case)
    operator.page.get_by_label("끝내는 까닭").fill("신청을 거둠")
    operator.page.get_by_role("button", name="절차 끝내기").click()
    admin.go(case)
    expect(page.get_by_role("main")).to_contain_text("신청을 거둠")


@EVERY_WAY
def test_a_hub_is_switched_off_with_a_reason_and_on_again(walk: Walk) -> None:
    hub = Hospital()
    seen = walk(staff(Role.OPERATOR, None, "강운영"))
    page = seen.go("/console/spokes")
    page.get_by_text("이 거점 멈추기").click()
    seen.is_calm_at_both_widths()
    page.get_by_label("멈추는 까닭").select_option(index=1)
    page.get_by_role("button", name=f"시험병원 {hub.oid} 멈추기").click()
    back = page.get_by_role("button", name=f"시험병원 {hub.oid} 다시 열기")
    expect(back).to_be_visible()
    assert not directory.is_admitted(hub.id, on=now())
    back.click()
    expect(page.get_by_text("이 거점 멈추기")).to_be_visible()
    assert directory.is_admitted(hub.id, on=now())


@EVERY_WAY
def test_a_steward_links_two_records_and_says_why(walk: Walk) -> None:
    a_doubt()
    seen = walk(staff(Role.STEWARD, None, "강잇는"))
    page = seen.go("/console/matching")
    expect(page.get_by_role("heading", level=1)).to_have_text("살펴볼 사람이 1쌍 있습니다")
    page.get_by_role("link", name="살펴보기").click()
    seen.is_calm_at_both_widths()
    page.get_by_label("까닭").fill("두 병원의 신분증이 같음")
    page.get_by_role("button", name="한 사람으로 연결").click()
    expect(page.get_by_role("region", name="이력")).to_contain_text("두 병원의 신분증이 같음")
    page.get_by_role("link", name="이 사람의 모든 기록과 연결").click()
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_an_officer_reviews_a_month_signs_it_and_takes_it_away(walk: Walk) -> None:
    hospital = Hospital()
    record(now(), hospital.id, "ITI-18")
    seen = walk(staff(Role.PRIVACY_OFFICER, hospital.id, "한보호"))
    page = seen.go("/console/accesses?all=1")
    seen.is_calm_at_both_widths()
    page.get_by_label("점검 결과").fill("이상 없음")
    page.get_by_role("button", name="점검 결과에 서명").click()
    signed = page.get_by_role("region", name="점검하고 서명")
    expect(signed).to_contain_text("이상 없음")
    page.get_by_label("내려받는 까닭").fill("내부 점검")
    with page.expect_download() as begun:
        page.get_by_role("button", name="내려받기").click()
    rows = list(csv.DictReader(io.StringIO(begun.value.path().read_text("utf-8-sig"))))
    assert "ITI-18" in {one["task"] for one in rows}


@EVERY_WAY
def test_a_call_is_answered_by_state_alone_and_becomes_a_ticket(walk: Walk) -> None:
    named(Hospital(), "남궁비밀", "010-0000-0909")
    seen = walk(staff(Role.CALL_CENTRE_AGENT, None, "장서람"))
    page = seen.go("/console/calls")
    seen.is_calm_at_both_widths()
    page.get_by_label("이름", exact=True).fill("남궁비밀")
    page.get_by_label("생년월일").fill("1970-01-01")
    page.get_by_label("전화번호 끝 네 자리").fill("0909")
    page.get_by_role("button", name="찾기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("한 분을 찾았습니다")
    seen.is_calm_at_both_widths()
    page.get_by_label("무슨 전화였는지").fill("동의를 철회하는 방법을 물음")
    page.get_by_role("button", name="문의 남기기").click()
    expect(page.get_by_role("main")).to_contain_text("동의를 철회하는 방법을 물음")
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_what_was_given_up_is_done_again_or_dropped_with_its_reason(walk: Walk) -> None:
    given_up(), given_up()
    seen = walk(staff(Role.OPERATOR, None, "강운영"))
    page = seen.go("/console/dead")
    seen.is_calm_at_both_widths()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="고른 일을 다시 하기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1건")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("그만두는 까닭").select_option("by-hand")
    page.get_by_role("button", name="고른 일을 그만두기").click()
    expect(page.get_by_role("main")).to_contain_text("멈춘 일이 없습니다")
    assert outbox.dead() == ()
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_numbers_are_those_of_the_audit_log_and_are_taken_away(walk: Walk) -> None:
    """The policy's by region and month, open data, and an institution's report of a month."""
    here = Hospital()
    for _ in range(5):
        record(now(), here.id, "ITI-41", documents=2)
    count_all(now())
    seen = walk(staff(Role.AUDITOR, None, "임도빛"))
    page = seen.go("/console/policy")
    compared = page.get_by_role("region", name="감사기록과의 대조")
    expect(compared).to_contain_text("건으로 같습니다")
    seen.is_calm_at_both_widths()
    page.get_by_role("link", name="공개 자료").click()
    seen.is_calm_at_both_widths()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").first.click()
    assert "as_of" in begun.value.path().read_text("utf-8-sig")

    director = walk(staff(Role.DIRECTOR, here.id, "원장"))
    page = director.go("/console/report")
    director.is_calm_at_both_widths()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    (row, *_) = csv.DictReader(io.StringIO(begun.value.path().read_text("utf-8-sig")))
    assert row["registered"] == "5"


@EVERY_WAY
def test_a_release_is_looked_at_before_it_is_loaded(walk: Walk) -> None:
    """A hostile name of its file is nothing but a name; what is wrong is said beside the field."""
    release = "code,korean\nTEST-1000000000001,가짜약 하나\n\x07,고장\n".encode()
    name = "../../<b>약&'\"%00.csv"
    seen = walk(staff(Role.OPERATOR, None, "강운영"))
    page = seen.go("/console/terminology")
    page.get_by_role("button", name="달라지는 것 보기").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen.is_calm_at_both_widths()
    bring = page.get_by_role("region", name="새 판 가져오기")
    bring.locator("select").first.select_option("kd")
    bring.locator("input[name=version]").fill("TEST-9")
    bring.locator("input[name=since]").fill("2026-01-01")
    file = {"name": name, "mimeType": "text/csv", "buffer": release}
    bring.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="달라지는 것 보기").click()
    expect(page.get_by_role("main")).to_contain_text("받지 않은 줄 1개")
    assert page.locator("main b").count() == 0
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_a_withdrawal_is_seen_to_by_its_day(walk: Walk) -> None:
    patient = Hospital().patient()
    patient.consents()
    told_of(patient.key)
    own = walk(citizen("김나루", patient.key))
    own.go("/portal/consent").get_by_role("button", name="전부 철회하기").click()
    expect(own.page.get_by_role("main")).to_contain_text("지금 적용됩니다")
    seen = walk(staff(Role.OPERATOR, None, "강운영"))
    page = seen.go("/console/withdrawals")
    expect(page.get_by_role("main")).to_contain_text("10일 남았습니다")
    seen.is_calm_at_both_widths()
    page.get_by_label("처리 내용").fill("사본이 없음을 확인했습니다")
    page.get_by_role("checkbox", name="이것으로 처리를 마칩니다").check()
    page.get_by_role("button", name="적어 두기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("처리할 사건이 없습니다")


@EVERY_WAY
def test_somebody_is_invited_to_work_and_their_post_ends(walk: Walk) -> None:
    here = Hospital()
    staff(Role.NURSE, here.id, "이간호")
    seen = walk(staff(Role.DIRECTOR, here.id, "원장"))
    page = seen.go("/console/staff")
    seen.is_calm_at_both_widths()
    page.get_by_label("이름 (본인확인과 같게)").fill("박새로")
    page.get_by_label("역할").select_option("reception")
    page.get_by_role("button", name="초대 코드 만들기").click()
    expect(page.get_by_role("main")).to_contain_text("박새로")
    seen.is_calm_at_both_widths()
    seen.go("/console/staff")
    page.get_by_role("button", name="이간호 님 끝내기").click()
    expect(page.get_by_role("button", name="이간호 님 끝내기")).to_have_count(0)
