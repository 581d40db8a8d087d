"""A clinician opens the record of somebody who cannot be asked, for a time, and it is told."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client

from naru.consent import cases, services
from naru.consent.cases import CaseKind
from naru.consent.models import Act
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import InstitutionKind
from naru.exchange.access import Access
from naru.exchange.consent import wishes
from naru.exchange.without_consent import emergency
from naru.notifications import models as notifications
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {"case": "unconscious", "reason": "의식 없이 실려 옴", "hours": "6"}
LISTED = re.compile(r'<li>.*name="open" value="\S+ ([^"]+)"')


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def lists(client: Client) -> set[str]:
    answer = client.get("/clinic")
    assert answer.status_code == 200
    return set(LISTED.findall(answer.content.decode()))


def own(patient: Patient) -> Access:
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="TEST", caller=caller, time=now())


def told(kind: str) -> int:
    return notifications.Notice.objects.filter(kind=kind).count()


def a_record(here: Hospital) -> tuple[Patient, str]:
    """A document of today; its patient has withdrawn."""
    patient = here.patient()
    patient.consents(date(2020, 1, 1))
    sent = here.sends(patient, day=today(now()))
    services.withdraw(patient.key, own(patient).caller, "TEST-1", now())
    return patient, sent.unique_id


def test_a_doctor_opens_a_record_that_is_closed_and_sees_a_banner_until_it_ends() -> None:
    here, there = Hospital(), Hospital()
    patient, document = a_record(here)
    doctor = staff(Role.DOCTOR, there.id, "이응급", patient.key)
    colleague = staff(Role.DOCTOR, there.id, "박동료", patient.key)
    assert lists(doctor) == set()
    page = doctor.get("/clinic/emergency").content.decode()
    assert "유전정보는 열리지 않습니다" in page

    opened = doctor.post("/clinic/emergency", ASKED)

    assert opened.headers["Location"] == "/clinic"
    assert lists(doctor) == {document}
    banner = doctor.get("/clinic").content.decode()
    assert "응급 열람 중입니다" in banner
    assert "의식 없이 실려 옴" in banner
    assert lists(colleague) == set()
    assert told("emergency-access") == 1
    shown = doctor.post("/clinic/open", {"repository": here.repository, "document": document})
    assert f"<dd>{document}</dd>" in shown.content.decode()

    ended = re.search(r'name="emergency" value="([^"]+)"', banner)
    assert ended is not None
    assert colleague.post("/clinic/emergency/end", {"emergency": ended[1]}).status_code == 404
    assert doctor.post("/clinic/emergency/end", {"emergency": ended[1]}).status_code == 302
    assert lists(doctor) == set()
    assert "응급 열람 중입니다" not in doctor.get("/clinic").content.decode()


@pytest.mark.parametrize(
    "changed", [{"case": ""}, {"case": "curious"}, {"reason": " "}, {"hours": "25"}, {"hours": "x"}]
)
def test_without_a_case_a_reason_or_an_end_within_a_day_nothing_opens(
    changed: dict[str, str],
) -> None:
    here, there = Hospital(), Hospital()
    patient, _document = a_record(here)
    doctor = staff(Role.DOCTOR, there.id, "이응급", patient.key)
    acts = Act.objects.count()

    assert doctor.post("/clinic/emergency", {**ASKED, **changed}).status_code == 422
    assert lists(doctor) == set()
    assert (Act.objects.count(), told("emergency-access")) == (acts, 0)


def test_not_even_in_an_emergency_holds_and_tells_the_doctor_no_reason() -> None:
    here, there = Hospital(), Hospital()
    patient, _document = a_record(here)
    wishes.never_in_emergency(own(patient), patient.key, never=True)
    doctor = staff(Role.DOCTOR, there.id, "이응급", patient.key)

    refused = doctor.post("/clinic/emergency", ASKED)

    assert refused.status_code == 422
    assert "보이지 않는 기록이 있을 수 있습니다" in refused.content.decode()
    assert lists(doctor) == set()


def test_whoever_is_brought_in_is_opened_by_the_number_of_this_hospital_alone() -> None:
    here, there = Hospital(), Hospital()
    patient, other = there.patient(), here.patient()
    nurse = staff(Role.EMERGENCY_NURSE, there.id, "이응급")
    assert nurse.get("/clinic/emergency").headers["Location"] == "/clinic/patient"
    assert nurse.post("/clinic/emergency", ASKED).headers["Location"] == "/clinic/patient"
    assert (
        nurse.post(
            "/clinic/patient", {"number": other.own.value, "reason": "emergency"}
        ).status_code
        == 422
    )
    assert (
        nurse.post(
            "/clinic/patient", {"number": patient.own.value, "reason": "emergency"}
        ).status_code
        == 302
    )
    assert nurse.post("/clinic/emergency", ASKED).headers["Location"] == "/clinic"


def test_what_nobody_reviews_in_72_hours_goes_to_the_officer_and_the_operator() -> None:
    here, there = Hospital(), Hospital()
    patient, _document = a_record(here)
    doctor = staff(Role.DOCTOR, there.id, "이응급", patient.key)
    assert doctor.post("/clinic/emergency", ASKED).status_code == 302
    operator = directory.admit(name="시험운영", kind=InstitutionKind.OPERATOR, on=date(2026, 1, 1))
    (case,) = cases.still_open(CaseKind.EMERGENCY)

    assert emergency.escalate(case.opened + timedelta(hours=72, seconds=-1)) == 0
    assert told("emergency-unreviewed") == 0
    for late in (1, 3601):  # Told once, however often the worker looks.
        assert emergency.escalate(case.opened + timedelta(hours=72, seconds=late)) == 1
    to = notifications.Notice.objects.filter(kind="emergency-unreviewed")
    assert {one.recipient for one in to} == {there.id, operator.id}
    assert len(to) == len({there.id, operator.id})


def test_119_crew_of_a_fire_service_open_in_an_emergency_and_by_no_other_way() -> None:
    here = Hospital()
    patient, document = a_record(here)
    service = directory.admit(
        name="TEST 소방", kind=InstitutionKind.AGENCY, on=today(now()), oid="2.999.9.119"
    )
    crew = staff(Role.PARAMEDIC, service.id, "이구급", patient.key)
    colleague = staff(Role.PARAMEDIC, service.id, "박구급", patient.key)
    assert lists(crew) == set()
    assert crew.get("/console/deliveries").status_code == 403  # Taken for no clerk.

    assert crew.post("/clinic/emergency", ASKED).headers["Location"] == "/clinic"

    assert lists(crew) == {document}
    assert lists(colleague) == set()
    assert told("emergency-access") == 1
    (case,) = cases.still_open(CaseKind.EMERGENCY)
    assert case.institution == service.id  # Its own officer reviews it.
    assert case.entries[0][1].who == Role.PARAMEDIC


def test_119_crew_neither_receive_nor_query_whom_they_opened_in_no_emergency() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents(date(2020, 1, 1))
    here.sends(patient, day=today(now()))
    service = directory.admit(
        name="TEST 소방", kind=InstitutionKind.AGENCY, on=today(now()), oid="2.999.9.118"
    )
    crew = staff(Role.PARAMEDIC, service.id, "이구급", patient.key)

    assert lists(crew) == set()
    assert crew.post("/desk/reception", {"number": patient.own.value}).status_code == 403


@pytest.mark.parametrize(
    "role", [Role.AGENCY_CLERK, Role.HIRA_DESK, Role.DOCTOR, Role.EMERGENCY_NURSE, Role.NURSE]
)
def test_nobody_else_of_an_agency_opens_in_an_emergency(role: Role) -> None:
    patient, _document = a_record(Hospital())
    service = directory.admit(
        name="TEST 소방", kind=InstitutionKind.AGENCY, on=today(now()), oid="2.999.9.117"
    )
    other = staff(role, service.id, "이누구", patient.key)

    assert other.get("/clinic/emergency").status_code == 403
    assert other.post("/clinic/emergency", ASKED).status_code == 403
    assert told("emergency-access") == 0
