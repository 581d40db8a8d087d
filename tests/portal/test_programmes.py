"""A patient sees which programmes are approved, joins one, and leaves it at once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import sessions
from naru.consent.policy import policy
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.decision import Reason
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange.access import Access
from naru.exchange.arranging import arranged
from naru.exchange.consent import mandates
from naru.exchange.documents.stored_query import stored_query
from naru.ui.clock import now, today
from tests.acting import citizen, node, staff
from tests.consent.test_programmes import file, row
from tests.exchange.hospitals import Hospital, Patient
from tests.portal.test_mandates import own, session_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/portal/programmes"


@pytest.fixture(autouse=True)
def programmes(tmp_path: Path) -> Iterator[Path]:
    """A node whose operator names programmes."""
    path = tmp_path / "programmes.json"
    days = {
        "first": f"{today(now()) - timedelta(days=9)}",
        "last": f"{today(now()) + timedelta(days=9)}",
    }
    evaluation = row(code="TEST-E", name="시험 평가", kind="evaluation", purpose=None, **days)
    path.write_bytes(file(row(papers=None, **days), evaluation))
    with node(), override_settings(NARU=replace(settings.NARU, programmes=path)):
        yield path


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def sees(viewer: Hospital, patient: Patient) -> int:
    """How many documents a researcher there is given, asking for the programme."""
    caller = replace(viewer.access().caller, role=Role.RESEARCHER, programme="TEST-R")
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    access = Access(transaction="TEST", caller=caller, time=now())
    found = stored_query(access, query, leaf=True)
    assert {one.reason for one in access.decisions} <= {
        Reason.PROGRAMME, Reason.NO_PROGRAMME_CONSENT
    }  # fmt: skip
    return len(found.entries)


def test_a_patient_joins_and_leaves_and_the_next_request_sees_it(programmes: Path) -> None:
    source, viewer = Hospital(), Hospital()
    patient = source.patient()
    patient.consents()
    source.sends(patient)
    client = citizen("김나루", patient.key)
    page = shown(client)
    assert "참여하고 있는 연구와 사업이 없습니다" in page
    for told in ("시험 연구", "시험기관생명윤리위원회 TEST-IRB-1", "제16조", "모든 종류의 문서"):
        assert told in page
    assert page.count('name="programme"') == 1  # An evaluation rests on the consent's own box.
    assert sees(viewer, patient) == 0

    for _twice in range(2):
        assert client.post(f"{PAGE}/join", {"programme": "TEST-R"}).status_code == 302

    assert "연구와 사업 1개에 참여하고 있습니다" in shown(client)
    assert sees(viewer, patient) == 1
    content = json.loads(programmes.read_bytes())
    content["programmes"][0]["status"] = "suspended"
    before = programmes.read_bytes()
    programmes.write_bytes(json.dumps(content).encode())
    assert sees(viewer, patient) == 0
    assert "지금은 아무것도 보지 않습니다" in shown(client)
    programmes.write_bytes(before)
    assert client.post(f"{PAGE}/leave", {"programme": "TEST-R"}).status_code == 302
    assert sees(viewer, patient) == 0
    assert "참여하고 있는 연구와 사업이 없습니다" in shown(client)
    assert client.post(f"{PAGE}/leave", {"programme": "TEST-R"}).status_code == 403


def test_one_that_the_operator_tells_of_no_more_is_still_left(programmes: Path) -> None:
    patient = Hospital().patient()
    client = citizen("김나루", patient.key)
    assert client.post(f"{PAGE}/join", {"programme": "TEST-R"}).status_code == 302
    programmes.write_bytes(file())
    assert policy(on=today(now())).settings.programmes == ()

    assert "TEST-R" in shown(client)
    assert client.post(f"{PAGE}/leave", {"programme": "TEST-R"}).status_code == 302
    assert "승인된 연구와 사업이 없습니다" in shown(client)


def test_whoever_speaks_for_another_reads_and_joins_nothing() -> None:
    patient = Hospital().patient()
    daughter = citizen("이딸")
    session = sessions.session(session_of(daughter), now())
    assert session is not None
    last = today(now()) + timedelta(days=30)
    mandates.give(own(patient), patient.key, session.account, Relationship.MANDATARY, last=last)
    assert daughter.post("/account/act-as", {"as": str(patient.key)}).status_code == 302

    assert 'name="programme"' not in shown(daughter)
    for act in ("join", "leave"):
        assert daughter.post(f"{PAGE}/{act}", {"programme": "TEST-R"}).status_code == 403
    assert not any(one.programmes for one in arranged(patient.key))


@pytest.mark.parametrize(
    "code", ["", "TEST-none", "TEST-E ", "\x00", "가" * 10_000, "TEST-R\n", "../TEST-R", "test-r"]
)
def test_what_is_no_programme_is_not_joined(code: str) -> None:
    client = citizen("김나루", Hospital().patient().key)

    for act in ("join", "leave"):
        assert client.post(f"{PAGE}/{act}", {"programme": code}).status_code == 403
    assert "참여하고 있는 연구와 사업이 없습니다" in shown(client)


def test_the_researcher_s_page_says_who_approved_what() -> None:
    page = staff(Role.RESEARCHER, None, "연구자").get("/console/programmes").content.decode()

    assert "연구 · 시험기관생명윤리위원회 · TEST-IRB-1" in page
