"""What goes wrong under somebody's hands: nothing is lost or sent twice, and Korean says so."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Error, Route, expect

from naru.accounts import people, sessions
from naru.accounts.models import SignIn
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.deliveries.models import Submission
from naru.domain.caller import Role
from naru.domain.person import Gender
from naru.simulators.identity_provider import marks
from naru.tickets.models import Ticket
from naru.ui.clock import now
from tests.acting import citizen, staff
from tests.demo.browsing import EVERY_WAY, Seen, Walk
from tests.demo.test_citizen_flows import agency, charted
from tests.exchange.hospitals import Hospital
from tests.signing_in import provider

WORDS = "혈액형이 틀렸습니다 & <b>다시</b> 보아 주세요"


def complains(seen: Seen) -> None:
    """The form by which somebody says what is wrong, filled in."""
    page = seen.go("/portal/consent/documents")
    page.get_by_role("button", name="열기").first.click()
    page.get_by_role("button", name="틀린 내용이 있습니다").click()
    page.get_by_label("틀린 점이나 묻고 싶은 것").fill(WORDS)


@EVERY_WAY
def test_a_form_pressed_twice_and_gone_back_to_is_sent_once(walk: Walk) -> None:
    _hospital, patient = charted()
    agency("병무청")
    seen = walk(citizen("김나루", patient.key))
    page = seen.go("/portal/deliveries/to/mma")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="보낼 것 미리 보기").click()
    page.get_by_role("button", name="이대로 제출하기").dblclick()
    expect(page.get_by_role("main")).to_contain_text("병무청에 제출했습니다")
    seen.is_calm_at_both_widths()
    receipt = page.url

    with suppress(Error):  # Chromium itself asks whether a form is to be sent again.
        page.go_back()
    beside = page.context.new_page()
    beside.goto(receipt)
    expect(beside.get_by_role("main")).to_contain_text("병무청에 제출했습니다")
    assert Submission.objects.count() == 1


@EVERY_WAY
def test_what_was_sent_while_the_connection_broke_is_there_once(walk: Walk) -> None:
    """It came, its answer did not: whoever sends it again is shown the same number."""
    _hospital, patient = charted()
    seen = walk(citizen("김나루", patient.key))
    complains(seen)
    page = seen.page
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/portal/tickets/new", lose)
    page.get_by_role("button", name="알리기").click()
    page.wait_for_url("chrome-error://**")
    assert lost == [302]
    page.reload()  # Sends the form again.
    expect(page.get_by_role("main")).to_contain_text("혈액형이 틀렸습니다 & <b>다시</b>")
    seen.said.clear()  # The browser told of the connection.
    seen.is_calm_at_both_widths()
    assert Ticket.objects.count() == 1


@EVERY_WAY
def test_what_was_typed_survives_a_sign_in_that_ran_out(walk: Walk, tmp_path: Path) -> None:
    _hospital, patient = charted()
    born, gender, at = date(1946, 3, 2), Gender.FEMALE, now()
    said = marks("김나루", f"{born}", gender)
    who = VerifiedPerson(name="김나루", born=born, gender=gender, di=said["di"], ci=said["ci"])
    account = people.sign_up(who, Link.LINKED, patient.key, at)
    session = sessions.begin(account, Method.IDENTITY, "d", "시험", at)
    client = Client()
    kept = client.session
    kept["sign-in"] = str(session)
    kept.save()
    with provider(tmp_path) as (url, key):
        options = replace(settings.NARU, identity_provider=url, identity_key=key, pages=walk.base)
        with override_settings(NARU=options):
            seen = walk(client)
            complains(seen)
            page = seen.page
            SignIn.objects.filter(public_id=session).update(seen_at=at - timedelta(hours=1))
            page.get_by_role("button", name="알리기").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("로그인")
            seen.is_calm_at_both_widths()
            page.get_by_role("button", name="본인확인하기").click()
            page.get_by_label("이름").fill("김나루")
            page.get_by_label("생년월일").fill(f"{born}")
            page.get_by_label("휴대전화").fill("010-0000-0101")
            page.get_by_role("button", name="확인").click()

            heading = page.get_by_role("heading", level=1)
            expect(heading).to_have_text("보내던 내용이 그대로 있습니다")
            expect(page.get_by_role("main")).to_contain_text(WORDS)
            seen.asked.clear()  # The provider's page was another host's.
            seen.is_calm_at_both_widths()
            assert Ticket.objects.count() == 0
            page.get_by_role("button", name="이어서 보내기").click()
            expect(page.get_by_role("region", name="오간 말")).to_contain_text(WORDS)
            assert Ticket.objects.count() == 1


@EVERY_WAY
@pytest.mark.parametrize(
    ("role", "path", "label", "button", "sentence"),
    [
        (Role.HUB_ADMIN, "/console/joining", "기관 이름", "절차 시작하기", "."),
        (Role.DIRECTOR, "/console/staff", "이름 (본인확인과 같게)", "초대 코드 만들기", "이름과"),
        (Role.CALL_CENTRE_AGENT, "/console/calls", "무슨 전화였는지", "문의 남기기", "."),
        (Role.PRIVACY_OFFICER, "/console/accesses", "점검 결과", "점검 결과에 서명", "."),
        (Role.DOCTOR, "/clinic/patient", "등록번호", "열기", "."),
    ],
    ids=["joining", "staff", "call", "review", "chart-number"],
)
def test_ten_thousand_characters_are_refused_in_a_sentence(
    walk: Walk, role: Role, path: str, label: str, button: str, sentence: str
) -> None:
    """Also where a browser does not count them as ours asks it to."""
    here = Hospital()
    seen = walk(staff(role, None if role is Role.CALL_CENTRE_AGENT else here.id, "시험"))
    page = seen.go(path)
    field = page.get_by_label(label, exact=True)
    field.evaluate("one => one.removeAttribute('maxlength')")
    field.fill("가" * 10_000)
    if path == "/clinic/patient":
        page.get_by_role("radio").first.check()
    with page.expect_navigation() as told:
        page.get_by_role("button", name=button).click()
    assert told.value.status in {400, 422}
    expect(page.get_by_role("main")).to_contain_text(sentence)
    seen.is_calm_at_both_widths()
