"""Those who have no other page have a first one: it says what they may do, and names nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from naru.accounts import clients
from naru.accounts.values import OAuthClient
from naru.directory import certificates
from naru.directory import services as directory
from naru.directory.queries import System
from naru.domain.caller import Role
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital

pytestmark = pytest.mark.django_db(transaction=True)

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_states_auditor_sees_the_policy_and_numbers_and_nobody() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    patient.withdraws()
    auditor = staff(Role.AUDITOR, None, "정감사")
    assert staff(Role.DOCTOR, here.id, "이의사").get("/console/audit").status_code == 403

    page = shown(auditor, "/console/audit")

    assert f"{now():%Y-%m}" in page
    assert "의료법 제21조제2항" in page
    assert "emergency_review_hours" in page
    assert "공식 검토 전" in page
    for one in (patient.own.value, str(patient.key), str(here.id), "이의사", here.oid):
        assert one not in page
    assert "감사 통계" in shown(auditor, "/")


def test_a_small_number_of_cases_is_not_told() -> None:
    from naru.console.role_presenters import FEW, _few

    assert _few(0) == "0"
    assert _few(1) == _few(FEW - 1) == "5건 미만"
    assert _few(FEW) == "5"


def test_a_researcher_learns_what_there_is_and_why_there_is_no_more() -> None:
    page = shown(staff(Role.RESEARCHER, None, "연구자"), "/console/programmes")

    assert "승인된 연구와 사업이 없습니다" in page
    assert "아직 할 수 없는 일" in page


def test_a_vendor_sees_its_own_apps_and_test_certificates() -> None:
    here, there = Hospital(), Hospital()
    for hospital, mark in ((here, "aa"), (there, "bb")):
        for test in (True, False):
            fingerprint = (mark + ("00" if test else "11")) * 16
            system = System.TEST_CERTIFICATE if test else System.CERTIFICATE
            directory.designate(hospital.id, system, fingerprint, on=today(now()))
            certificates.keep(
                hospital.id, fingerprint, b"TEST", test=test, issued=now(), not_after=FOREVER
            )
        clients.register(
            OAuthClient(
                id=f"TEST-{mark}", name=f"앱 {mark}", institution=hospital.id,
                redirect_uris=("https://app.test/",), launch_uri="", scopes=frozenset({"openid"}),
                confidential=False, suspended=False,
            ),
            now(),
        )  # fmt: skip

    page = shown(staff(Role.VENDOR, here.id, "업체"), "/console/vendor")
    nowhere = shown(staff(Role.VENDOR, None, "떠돌이"), "/console/vendor")

    assert "aa00" * 16 in page
    assert "앱 aa" in page
    assert "aa11" * 16 not in page  # Not one for real doors.
    assert "bb00" * 16 not in page
    assert "앱 bb" not in page
    assert "어느 기관의 업체인지" in nowhere
    assert "aa00" * 16 not in nowhere


@pytest.mark.parametrize("path", ["/console/emergencies", "/console/statutory"])
def test_a_page_of_one_institution_says_so_to_the_operating_body(path: str) -> None:
    page = shown(staff(Role.PRIVACY_OFFICER, None, "이보호"), path)

    assert "여기에는 한 기관의 것만 나옵니다" in page
    assert "/console/tickets" in page
    assert "여기에는 한 기관의 것만 나옵니다" not in shown(
        staff(Role.PRIVACY_OFFICER, Hospital().id, "박보호"), path
    )


def test_the_schedules_lead_to_the_diary_only_whoever_books() -> None:
    here = Hospital()

    director = staff(Role.DIRECTOR, here.id, "이원장")
    assert "예약 화면으로" not in shown(director, "/clinic/schedules")
    assert "예약 화면으로" in shown(staff(Role.RECEPTION, here.id, "박접수"), "/clinic/schedules")
