"""내 기록: one line of time of documents and single records, and results of tests over time."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from naru.domain.clinical import Content, TestResult
from naru.domain.reference_ranges import ReferenceRange, reference_range
from naru.exchange.charts.past_history import NEWEST_DOCUMENTS
from naru.repository import tasks
from tests.acting import citizen, node
from tests.exchange.charts.test_past_history import DIABETES, keeps_an_allergy, sends, summary
from tests.exchange.hospitals import TODAY, Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STATEMENTS = 70
"""Of the first page of somebody who signed in."""

MOST_COMPILED = 1
"""Of them those that Django's compiler wrote, which costs more than to answer them."""

SUGAR = TestResult(
    time=TODAY, name="당화혈색소", result="6.8", unit="%", reference="4.0-5.6", code="TEST-E1"
)
EARLIER = replace(SUGAR, time=date(2026, 5, 2), result="7.2")


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def measured(*tests: TestResult) -> tuple[Hospital, Patient, Client]:
    here = Hospital()
    patient = here.patient()
    patient.consents(date(2026, 1, 1))
    if tests:
        sends(
            here,
            patient,
            summary(here, patient, Content(diagnoses=(DIABETES,), test_results=tests)),
        )
    return here, patient, citizen("김나루", patient.key)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_result_stands_beside_the_last_one_and_its_range() -> None:
    _here, _patient, client = measured(SUGAR, EARLIER)

    for path in ("/portal", "/portal/results"):
        page = text(client, path)
        assert "6.8 %" in page
        assert "지난번 7.2 %" in page
        assert "참고치 4.0-5.6" in page
        assert "낮아졌습니다" in page
        assert "참고치보다 높음" in page
        assert "검사 2번: 처음 7.2 %, 지금 6.8 %</desc>" in page


def test_each_result_leads_to_the_document_that_told_it() -> None:
    _here, _patient, client = measured(SUGAR, EARLIER)

    page = text(client, "/portal/results")

    documents = re.findall(r'name="document" value="([^"]+)"', page)
    repository = re.search(r'name="repository" value="([^"]+)"', page).group(1)
    assert len(documents) == 2
    opened = client.post("/portal/document", {"repository": repository, "document": documents[0]})
    assert "당화혈색소" in opened.content.decode()


def test_the_line_holds_documents_and_records_newest_first() -> None:
    here, patient, client = measured(SUGAR)
    here.sends(patient, day=date(2026, 11, 21))
    keeps_an_allergy(here, patient)

    page = text(client, "/portal/records")

    assert "김나루 님의 기록 3건을" in page
    assert page.index("2026-11-21") < page.index("2026-11-20")
    assert "페니실린" in page
    assert page.count(">열기<") == 2


def test_the_line_is_narrowed_by_kind_origin_and_day() -> None:
    here, patient, client = measured(SUGAR)
    keeps_an_allergy(here, patient)

    assert "페니실린" not in text(client, "/portal/records?kind=document")
    assert ">열기<" not in text(client, "/portal/records?kind=allergy")
    nothing = text(client, "/portal/records?last=2001-01-01")
    assert "이 조건에 맞는 기록이 없습니다" in nothing
    assert client.get("/portal/records?first=soon").status_code == 404
    assert client.get("/portal/records?page=0").status_code == 404


def test_a_document_is_hidden_where_it_stands() -> None:
    _here, _patient, client = measured(SUGAR)
    page = text(client, "/portal/records")
    form = dict(re.findall(r'name="(version|language|sha256|key)" value="([^"]*)"', page))

    answer = client.post("/portal/consent/hide", {**form, "wanted": "hidden"})

    assert "지금 적용됩니다" in text(client, answer.headers["Location"])
    assert "다시 교류하기" in text(client, "/portal/records")


@pytest.mark.parametrize("path", ["/portal/records", "/portal/results", "/portal"])
def test_an_empty_page_says_why_it_is_empty(path: str) -> None:
    here = Hospital()
    silent, willing = here.patient(), here.patient()
    willing.consents()

    assert "동의하지 않아 모인 기록이 없습니다" in text(citizen("김나루", silent.key), path)
    assert "아직 올라온 기록이 없습니다" in text(citizen("이나루", willing.key), path)


def asked(client: Client, path: str = "/portal") -> list[str]:
    """The statements of one look."""
    tasks.read(settings.READERS, most=100)  # As the node's own work does.
    with CaptureQueriesContext(connection) as found:
        text(client, path)
    return [one["sql"] for one in found]


def statements(client: Client) -> int:
    return len(asked(client))


def test_the_first_page_costs_the_same_however_many_documents_there_are() -> None:
    here, patient, client = measured(SUGAR)
    for _ in range(NEWEST_DOCUMENTS):
        here.sends(patient)
    few = statements(client)
    for _ in range(NEWEST_DOCUMENTS):
        here.sends(patient)

    assert statements(client) == few
    assert few <= MOST_STATEMENTS


def test_the_first_page_is_asked_for_by_statements_written_by_hand() -> None:
    _here, _patient, client = measured(SUGAR)
    asked(client)

    compiled = [one for one in asked(client) if one.startswith('SELECT "')]

    assert len(compiled) <= MOST_COMPILED, compiled


RANGES = {
    "4.0-5.6": (Decimal("4.0"), Decimal("5.6")),
    "4 ~ 6 mg/dL": (Decimal(4), Decimal(6)),
    "200 미만": (None, Decimal(200)),
    "< 200": (None, Decimal(200)),
    "40 이상": (Decimal(40), None),
    "40 이상 60 미만": (Decimal(40), Decimal(60)),
}


@pytest.mark.parametrize("words", RANGES)
def test_a_range_is_read_as_the_report_states_it(words: str) -> None:
    assert reference_range(words) == ReferenceRange(*RANGES[words])


@pytest.mark.parametrize("words", ["", "음성", "6-4", "-" * 61, "60 이상 40 미만"])
def test_what_states_no_range_is_drawn_without_one(words: str) -> None:
    assert reference_range(words) is None
