"""The page of the past: what was told, by whom and when, and nothing that is withheld."""

import json
from uuid import UUID

import pytest

from naru.audit.models import Record as AuditRow
from naru.demo.story import Story
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day
from naru.domain.records import Assigned, Change, Content, Method
from naru.exchange.records import single as records
from naru.ui.clock import now
from tests import receptions
from tests.staging import by, looking_as, turns


def keeps(told: Story, kind: str, **said: object) -> None:
    """The sending hospital keeps a record of its care of today."""
    day = korean_day(now())
    resource = {"resourceType": kind, "subject": {"reference": "Patient/1"}, **said}

    def write(_assigned: Assigned) -> Content:
        text = json.dumps(resource).encode()
        return Content(text=text, patient=told.patient, event_date=day)

    change = Change(method=Method.CREATE, type=kind, write=write)
    records.change_one(by("FHIR create", system_of(told.sender)), change)


def system_of(institution: UUID) -> Caller:
    return Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution,
    )


@pytest.fixture
def kept(told: Story) -> Story:
    turns(told, on=True)
    receptions.receive(by("reception", system_of(told.receiver)), told.patient)
    day = korean_day(now()).isoformat()
    keeps(
        told,
        "AllergyIntolerance",
        category=["medication"],
        code={"text": "페니실린<script>"},
        recordedDate=day,
        reaction=[{"manifestation": [{"text": "호흡곤란"}]}],
    )
    keeps(
        told,
        "Condition",
        code={"text": "시험 당뇨병"},
        recordedDate=day,
    )
    return told


def test_the_past_is_told_with_origin_and_date(kept: Story) -> None:
    before = AuditRow.objects.count()
    answer = looking_as(kept.patient, kept.receiver).get("/clinic/history")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "페니실린&lt;script&gt;" in page
    assert "시험 당뇨병" in page
    assert korean_day(now()).isoformat() in page
    assert page.index("알레르기") < page.index("진단")
    assert AuditRow.objects.count() == before + 1


def test_after_the_withdrawal_the_page_is_empty_and_says_why(kept: Story) -> None:
    turns(kept, on=False)
    page = looking_as(kept.patient, kept.receiver).get("/clinic/history").content.decode()
    assert "페니실린" not in page
    assert "볼 수 있는 기록이 없습니다" in page


def test_nobody_is_chosen_yet(told: Story) -> None:
    assert looking_as(told.patient).get("/clinic/history").status_code == 403
