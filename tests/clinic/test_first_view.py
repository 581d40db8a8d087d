"""What an institution is shown of a patient, and what it is not."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from naru.audit.models import Record as AuditRow
from naru.consent import services
from naru.consent.snapshots import Exclusion
from naru.demo.story import Story
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Content,
    Interpretation,
    Medication,
    TestKind,
    TestResult,
)
from naru.domain.korea import korean_day
from naru.repository import tasks
from naru.ui.clock import now
from tests import receptions
from tests.acting import node, staff
from tests.clinic.test_emergency import own
from tests.exchange.charts.test_past_history import DIABETES, sends, summary
from tests.exchange.hospitals import Hospital, Patient
from tests.staging import looking_as

MOST_STATEMENTS = 34
"""Of one look."""

DAY = korean_day(now())
MISSING = "보이지 않는 기록이 있을 수 있습니다"
OPENS = re.compile(r'name="open" value="(\S+) ([^"]+)"')


def text(client: Client, path: str = "/clinic") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def drug(name: str, code: str) -> Medication:
    return Medication(time=DAY, code=code, name=name, dose="1정", times="2", days="30")


def writes(patient: Patient, *hospitals: Hospital) -> None:
    """Each hospital writes of the same drug, a result that changes, an image, an allergy."""
    for number, hospital in enumerate(hospitals):
        content = Content(
            diagnoses=(DIABETES,),
            medications=(drug("메트포르민 500 mg" if number else "다른이름", "TEST-MET"),),
            test_results=(
                TestResult(
                    time=DAY - timedelta(days=10 * number),
                    name="당화혈색소",
                    result=f"{6.8 + number / 10:.1f}",
                    unit="%",
                    interpretation=Interpretation.HIGH,
                ),
                TestResult(
                    time=DAY - timedelta(days=3 * number),
                    name="흉부 CT",
                    result="우하엽 결절",
                    kind=TestKind.IMAGING,
                ),
            ),
            allergies=(
                Allergy(
                    date=DAY, kind=AllergyKind.DRUG, name="페니실린", reaction="<b>호흡곤란</b>"
                ),
            ),
        )
        sends(hospital, patient, summary(hospital, patient, content))


def receives(hospital: Hospital, patient: Patient) -> None:
    """The hospital receives the patient now."""
    access = hospital.access("reception")
    access.time = now()
    receptions.receive(access, patient.key)


@pytest.fixture
def care(transactional_db: None) -> Iterator[None]:
    with node():
        yield


@pytest.fixture
def treated(care: None) -> tuple[Client, Patient, Hospital]:
    east, west, north = Hospital(), Hospital(), Hospital()
    patient = east.patient()
    patient.consents()
    writes(patient, east, west)
    receives(north, patient)
    return staff(Role.DOCTOR, north.id, "이진료", patient.key), patient, north


def test_one_page_says_all_with_its_source_and_age(
    treated: tuple[Client, Patient, Hospital],
) -> None:
    client, _, _ = treated
    before = AuditRow.objects.count()
    page = text(client)

    assert AuditRow.objects.count() == before + 1
    assert "&lt;b&gt;호흡곤란" in page
    assert "1개 기관에서 모음" in page
    assert "시험 당뇨병" in page
    assert "6.8 %" in page
    assert "\u22120.1" in page
    assert "높음" in page
    assert "우하엽 결절" in page
    assert "오늘" in page
    assert len(set(OPENS.findall(page))) == 2
    assert MISSING in page
    assert len(page.encode()) < 150 * 1024


def test_alerts_quote_the_old_record(treated: tuple[Client, Patient, Hospital]) -> None:
    client, _, _ = treated
    page = text(client)
    assert "중복 검사 주의" in page  # Two CTs of the chest in three days.

    ordered = client.post("/clinic/check", {"kind": "drug", "name": "페니실린 주사"})
    assert "알레르기 기록이 있습니다. 페니실린" in ordered.content.decode()
    ordered = client.post("/clinic/check", {"kind": "imaging", "name": "흉부 CT"})
    assert "같은 검사 기록이 있습니다. 흉부 CT: 우하엽 결절" in ordered.content.decode()
    ordered = client.post("/clinic/check", {"kind": "drug", "name": "다른약"})
    assert "겹치는 것을 찾지 못했습니다" in ordered.content.decode()
    assert client.post("/clinic/check", {"kind": "x", "name": "y"}).status_code == 200


def test_why_it_is_empty_is_told_from_what_the_institution_knows_itself(
    care: None,
) -> None:
    """No consent, no reception and nothing look different; what is withheld looks as nothing."""
    east, west = Hospital(), Hospital()
    pages = {}
    for case in ("nothing", "excluded", "refused", "withdrawn", "stranger"):
        patient = east.patient()
        if case in {"excluded", "withdrawn", "stranger"}:
            patient.consents()
            writes(patient, east)
        if case == "nothing":
            patient.consents()
        if case == "excluded":
            kept_out = Exclusion(viewer=west.id)
            services.exclude(patient.key, kept_out, own(patient).caller, "TEST-1", now())
        if case == "withdrawn":
            patient.withdraws()
        if case != "stranger":
            receives(west, patient)
        page = text(staff(Role.DOCTOR, west.id, "이진료", patient.key))
        masked = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page)
        pages[case] = masked.replace(patient.own.value, "")

    assert all(MISSING in page for page in pages.values())
    assert pages["nothing"] == pages["excluded"]
    assert pages["refused"] == pages["withdrawn"]
    assert "환자의 교류 동의가 없습니다" in pages["refused"]
    assert "우리 기관이 접수한 환자가 아닙니다" in pages["stranger"]
    assert len({pages[one] for one in ("nothing", "refused", "stranger")}) == 3


def test_the_record_is_taken_over_with_its_provenance(
    treated: tuple[Client, Patient, Hospital],
) -> None:
    client, _, _ = treated
    before = AuditRow.objects.count()
    taken = client.post("/clinic/import", {"as": "fhir", "why": "treatment"})
    assert taken.headers["Content-Type"] == "application/fhir+json"
    resources = [one["resource"] for one in json.loads(taken.content)["entry"]]
    provenances = [one for one in resources if one["resourceType"] == "Provenance"]
    assert len(provenances) == 2
    targets = {each["reference"] for one in provenances for each in one["target"]}
    told_ = {f"{one['resourceType']}/{one['id']}" for one in resources[1:]}
    elsewhere = ("Provenance/", "DocumentReference/")
    assert targets == {one for one in told_ if not one.startswith(elsewhere)}

    files = client.post("/clinic/import", {"as": "cda", "why": "treatment"})
    with zipfile.ZipFile(io.BytesIO(files.content)) as archive:
        assert sorted(archive.namelist()) == ["001.xml", "002.xml", "provenance.json"]
        assert b"ClinicalDocument" in archive.read("001.xml")
    assert AuditRow.objects.count() == before + 2
    assert client.post("/clinic/import", {"as": "exe"}).status_code == 404


def test_the_reason_is_asked_once_and_whoever_was_opened_today_is_offered_again(
    care: None,
) -> None:
    here = Hospital()
    one, other = here.patient(), here.patient()
    client = staff(Role.DOCTOR, here.id, "이진료")
    number = one.own.value
    asked = client.post("/clinic/patient", {"number": number})
    assert asked.status_code == 422
    assert f'value="{number}"' in asked.content.decode()  # Nothing that was typed is lost.

    given = {"number": number, "reason": "inpatient"}
    assert client.post("/clinic/patient", given).headers["Location"] == "/clinic"
    assert "열람 목적: 입원 진료" in text(client)
    again = text(client, "/clinic/patient")
    assert "오늘 본 환자" in again
    assert number in again
    assert other.own.value not in again


def statements(client: Client) -> int:
    tasks.read(settings.READERS, most=100)  # As the node's own work does.
    with CaptureQueriesContext(connection) as found:
        text(client)
    return len(found)


def test_it_costs_the_same_however_many_documents_there_are(
    treated: tuple[Client, Patient, Hospital],
) -> None:
    client, patient, hospital = treated
    few = statements(client)
    writes(patient, hospital, hospital, hospital)

    assert statements(client) == few
    assert few <= MOST_STATEMENTS


def test_an_empty_page_says_why_in_the_constant_words(told: Story) -> None:
    page = text(looking_as(told.patient, told.receiver))

    assert "볼 수 있는 기록이 없습니다" in page
    assert MISSING in page
    assert "푸른대학교병원에서 보는 화면" in page
    assert "1968-04-11" in page


def test_a_document_that_is_not_there_and_one_not_shown_look_the_same(told: Story) -> None:
    answer = looking_as(told.patient, told.receiver).post(
        "/clinic/open", {"repository": "2.999.8282.11.1", "document": "2.25.1"}
    )

    assert answer.status_code == 200
    assert "볼 수 있는 기록이 없습니다" in answer.content.decode()


def test_no_hospital_is_chosen_yet(told: Story) -> None:
    answer = Client().get("/clinic")

    assert answer.status_code == 403
    assert "먼저 고르세요" in answer.content.decode()


def test_a_suspended_hospital_sees_no_page_from_the_next_look(told: Story) -> None:
    client = looking_as(told.patient, told.receiver)
    assert client.get("/clinic").status_code == 200
    directory.suspend(told.receiver, on=korean_day(now()))

    asked = {"repository": "2.999.8282.11.1", "document": "2.25.1"}
    assert client.get("/clinic").status_code == 403
    assert client.post("/clinic/open", asked).status_code == 403
