"""A privacy officer reviews emergencies, and releases what the law demands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from naru.audit import acquaintances
from naru.consent import cases
from naru.consent.cases import CaseKind
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import InstitutionKind
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.audit import crossings, first_access
from naru.exchange.audit import trail as audit_trail
from naru.exchange.consent import cases as consent_cases
from naru.exchange.consent.proof import of_acts
from naru.exchange.documents.stored_query import stored_query
from naru.exchange.without_consent import statutory
from naru.notifications import models as notifications
from naru.outbox.models import Entry
from naru.outbox.services import Work
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = {"justified": "no", "words": "보호자가 옆에 있었음"}


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


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


def an_emergency(there: Hospital) -> tuple[Patient, UUID]:
    patient = there.patient()
    doctor = staff(Role.DOCTOR, there.id, "이응급", patient.key)
    asked = {"case": "nobody-to-ask", "reason": "혼자 쓰러져 있었음", "hours": "1"}
    assert doctor.post("/clinic/emergency", asked).status_code == 302
    (case,) = cases.still_open(CaseKind.EMERGENCY)
    return patient, case.id


def test_the_officer_of_the_hospital_decides_once_and_in_words() -> None:
    here, there = Hospital(), Hospital()
    patient, case = an_emergency(there)
    officer = staff(Role.PRIVACY_OFFICER, there.id, "한보호")
    foreign = staff(Role.PRIVACY_OFFICER, here.id, "남보호")

    page = officer.get("/console/emergencies").content.decode()
    for shown in ("혼자 쓰러져 있었음", "이응급 · 의사", patient.own.value, "71시간 남았습니다"):
        assert shown in page
    assert "김나루" not in page
    assert str(case)[:8] not in foreign.get("/console/emergencies").content.decode()
    assert foreign.post(f"/console/emergencies/{case}", FOUND).status_code == 404
    assert officer.post(f"/console/emergencies/{case}", {"words": "글만"}).status_code == 422
    assert officer.post(f"/console/emergencies/{case}", FOUND).status_code == 302
    after = officer.get("/console/emergencies").content.decode()
    assert "정당하지 않음" in after
    assert "보호자가 옆에 있었음" in after
    assert officer.post(f"/console/emergencies/{case}", FOUND).status_code == 422


def test_no_other_page_of_cases_shows_or_closes_a_review() -> None:
    there = Hospital()
    _patient, case = an_emergency(there)
    operator = identify.operator()
    assert consent_cases.waiting(Access(transaction="T", caller=operator, time=now())) == ()
    keeper = staff(Role.HEALTH_INFORMATION_MANAGER, there.id, "정기록")
    assert keeper.get("/console/withdrawals").status_code == 200
    closing = {"words": "닫음", "close": "yes"}
    assert keeper.post(f"/console/withdrawals/{case}", closing).status_code == 404
    assert [one.id for one in cases.still_open(CaseKind.EMERGENCY)] == [case]


def test_a_demand_is_released_by_clause_letter_and_scope_and_closed_again() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    mine = here.sends(patient, day=today(now()))
    agency = directory.admit(
        name="시험공단", kind=InstitutionKind.AGENCY, on=date(2026, 1, 1), oid="2.999.77.1"
    )
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    letter = {
        "number": patient.own.value,
        "clause": "제21조제3항제8호",
        "letter": "TEST-공문-1",
        "recipient": str(agency.id),
        "documents": mine.unique_id,
    }
    demand = "/console/statutory/demand"
    for missing in ("number", "clause", "letter", "recipient", "documents"):
        assert officer.post(demand, {**letter, missing: ""}).status_code == 422, missing
    assert officer.post(demand, {**letter, "number": "TEST-nobody"}).status_code == 422
    doctor = staff(Role.DOCTOR, here.id, "이의사")
    assert doctor.post(demand, letter).status_code == 403
    assert cases.still_open(CaseKind.STATUTORY) == ()

    assert officer.post(demand, letter).status_code == 302
    page = officer.get("/console/statutory").content.decode()
    for shown in ("TEST-공문-1", "시험공단", "산업재해", patient.own.value, mine.unique_id):
        assert shown in page
    (case,) = cases.still_open(CaseKind.STATUTORY)
    given = {"words": "공문 확인", "days": "7"}
    released = f"/console/statutory/{case.id}/release"
    assert officer.post(released, {**given, "words": ""}).status_code == 422
    assert officer.post(released, {**given, "days": "31"}).status_code == 404
    assert officer.post(released, given).status_code == 302
    assert told("statutory-release") == 1
    assert "열려 있음" in officer.get("/console/statutory").content.decode()
    assert officer.post(f"/console/statutory/{case.id}/end").status_code == 302
    assert officer.post(f"/console/statutory/{case.id}/end").status_code == 404
    assert officer.post(released, given).status_code == 404


def a_secret_release(officer: Client, patient: Patient, agency: UUID, day: str) -> UUID:
    letter = {
        "number": patient.own.value,
        "clause": "제21조제3항제6호",
        "letter": "TEST-영장",
        "recipient": str(agency),
        "first": day,
    }
    assert officer.post("/console/statutory/demand", letter).status_code == 302
    page = officer.get("/console/statutory").content.decode()
    assert "제공이 끝난 지 180일 뒤에 환자에게 알립니다" in page
    (case,) = cases.still_open(CaseKind.STATUTORY)
    given = {"words": "영장 확인", "days": "1"}
    assert officer.post(f"/console/statutory/{case.id}/release", given).status_code == 302
    return case.id


def later(access: Access, days: int) -> Access:
    return replace(access, time=access.time + timedelta(days=days), request_id=uuid4())


def test_what_the_law_keeps_secret_stands_on_no_page_of_the_patient_until_it_may_be_told() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    mine = here.sends(patient, day=today(now()))
    agency = directory.admit(
        name="시험수사", kind=InstitutionKind.AGENCY, on=date(2026, 1, 1), oid="2.999.77.2"
    )
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    before = len(crossings.of_patient(own(patient), patient.key))
    case = a_secret_release(officer, patient, agency.id, str(today(now())))
    clerk = Caller(
        role=Role.AGENCY_CLERK,
        purpose=PurposeOfUse.OPERATIONS,
        assurance=Assurance.TOKEN,
        institution=agency.id,
    )
    asking = Access(transaction="ITI-18", caller=clerk, time=now())
    query = FindDocuments(patient_id=patient.affinity_id, status=(AvailabilityStatus.APPROVED,))
    shown = [one.unique_id for one in stored_query(asking, query, leaf=True).entries]
    assert shown == [mine.unique_id]
    assert officer.post(f"/console/statutory/{case}/end").status_code == 302
    tell_first_accesses()

    assert told("statutory-release") == told("first-access") == 0
    kept = own(patient)
    assert all(one.act.release is None for one in of_acts(kept, patient.key))
    for days in (0, 180):
        seen = crossings.of_patient(later(own(patient), days), patient.key)
        assert agency.id not in {one.institution for one in seen}
        who = crossings.who_saw(later(own(patient), days), patient.key).seen
        assert agency.id not in {one.crossing.institution for one in who}
        assert "시험수사" not in trail(later(own(patient), days))
    with pytest.raises(crossings.NotTheirs):
        crossings.question(own(patient), patient.key, asking.recorded)
    seen = crossings.of_patient(later(own(patient), 182), patient.key)
    assert agency.id in {one.institution for one in seen}
    assert len(seen) > before
    assert "시험수사" in trail(later(own(patient), 182))
    acts = of_acts(later(own(patient), 182), patient.key)
    assert any(one.act.release is not None for one in acts)
    (work,) = Entry.objects.filter(kind=statutory.TELL_LATER)
    assert work.available_at > now() + timedelta(days=180)
    statutory_work = Work(1, work.kind, work.key, bytes(work.payload), 1, uuid4())
    with transaction.atomic():
        statutory.tell_later(statutory_work)
    assert told("statutory-release") == 1
    # Whoever answers for it sees it all the time.
    assert "시험수사" in officer.get("/console/statutory").content.decode()


def trail(access: Access) -> str:
    """What ITI-81 tells the patient."""
    events = audit_trail.find(access, audit_trail.AuditQuery(), lambda _: True, count=100).events
    return " ".join(repr(one.message) for one in events)


def tell_first_accesses() -> None:
    handler = first_access.handlers()[acquaintances.FIRST_ACCESS]
    for one in Entry.objects.filter(kind=acquaintances.FIRST_ACCESS):
        with transaction.atomic():
            handler.do(Work(one.id, one.kind, one.key, bytes(one.payload), 1, uuid4()))
