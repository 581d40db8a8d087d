"""A file leaves the clinic's pages with a reason, which the officer reads in the monthly review."""

import csv
import io
from collections.abc import Iterator

import pytest

from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


@pytest.mark.parametrize("said", [{}, {"why": "other"}, {"why": "none", "words": "TEST"}])
def test_without_a_reason_nothing_is_handed_out(said: dict[str, str]) -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient, day=korean_day(now()), content=b"the very octets")
    doctor = staff(Role.DOCTOR, here.id, "이의사", patient.key)
    asked = {"repository": here.repository, "document": sent.unique_id, "as": "original"}

    answer = doctor.post("/clinic/open", {**asked, **said})

    assert "Content-Disposition" not in answer.headers
    page = answer.content.decode()
    assert "내려받는 까닭을 골라 주세요" in page
    for name, value in asked.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert doctor.post("/clinic/import", {"as": "fhir", **said}).status_code == answer.status_code


def test_the_reason_stands_in_the_review_and_its_table_alone() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient, day=korean_day(now()), content=b"the very octets")
    doctor = staff(Role.DOCTOR, here.id, "이의사", patient.key)
    asked = {"repository": here.repository, "document": sent.unique_id, "as": "original"}

    given = doctor.post("/clinic/open", {**asked, "why": "other", "words": "TEST 법원 제출"})
    assert given.content == b"the very octets"

    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    page = officer.get("/console/accesses").content.decode()
    assert "내려받은 까닭: 기타: TEST 법원 제출" in page
    month = {"month": f"{today(now()):%Y-%m}", "reason": "TEST 점검"}
    table = officer.post("/console/accesses/export", month).content.decode("utf-8-sig")
    rows = [one for one in csv.DictReader(io.StringIO(table)) if one["reason"]]
    assert [(one["task"], one["reason"]) for one in rows] == [("ITI-43", "other TEST 법원 제출")]
    assert "download" in rows[0]["flags"].split()
