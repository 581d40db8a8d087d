"""A privacy officer notes guardians, abuse flags and deaths from a paper."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from naru.consent import queries as consent
from naru.consent.acts import ActKind
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.exchange.audit import crossings
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.ui.clock import now, today
from tests.acting import citizen, node, staff
from tests.console.test_emergencies import own
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

CODE = re.compile(r'<p class="code num">([^<]+)</p>')
ENDS = re.compile(r'name="mandate" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def born(hospital: Hospital, day: str) -> Patient:
    """A patient of a day of birth, `YYYYMMDD`."""
    number = Identifier(f"TEST-born-{day}", hospital.oid)
    told = Demographics(names=(PersonName(text="김아이"),), birth_time=day)
    key = patient_services.add(PatientRecord(identifiers=(number,), demographics=told), now=now())
    affinity_id = patients.affinity_id(key)
    assert affinity_id is not None
    return Patient(key, number, affinity_id)


def code_of(client: Client) -> str:
    shown = CODE.search(client.post("/portal/representatives/code").content.decode())
    assert shown is not None
    return shown[1]


def notes(client: Client, patient: UUID, what: str, **given: str) -> int:
    return client.post(f"/console/standing/{patient}/{what}", given).status_code


def test_a_parent_speaks_for_a_child_by_a_paper_and_only_as_the_law_says() -> None:
    here, there = Hospital(), Hospital()
    child = born(here, f"{today(now()) - timedelta(days=365 * 5):%Y%m%d}")
    grown = here.patient()
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    foreign = staff(Role.PRIVACY_OFFICER, there.id, "남보호")
    mother, infant = citizen("김어미"), citizen("김아이", child.key)
    paper = {"relationship": "legal-representative", "paper": "TEST-가족관계-1"}

    assert officer.post("/console/standing", {"number": "TEST-none"}).status_code == 422
    found = officer.post("/console/standing", {"number": child.own.value})
    assert found.headers["Location"] == f"/console/standing/{child.key}"
    assert foreign.get(f"/console/standing/{child.key}").status_code == 404
    code = code_of(mother)
    assert notes(foreign, child.key, "guardian", code=code, **paper) == 404
    assert notes(officer, child.key, "guardian", code=code, **{**paper, "paper": ""}) == 422
    assert notes(officer, grown.key, "guardian", code=code, **paper) == 422
    assert notes(officer, child.key, "guardian", code=code, **paper) == 302

    shown = officer.get(f"/console/standing/{child.key}").content.decode()
    assert "김어미" in shown
    assert "법정대리인" in shown
    assert "김아이" not in shown
    (act,) = consent.acts(child.key)
    assert (act.kind, act.said.reason) == (ActKind.MANDATE, "TEST-가족관계-1")
    # A child under 14 chooses nothing alone; the legal representative does, and both are named.
    assert infant.get("/portal/wishes").status_code == 403
    assert infant.post("/portal/wishes/narrow", {"wish": "emergency"}).status_code == 403
    assert mother.post("/account/act-as", {"as": str(child.key)}).status_code == 302
    assert "김어미 님이 김아이 님을 대신하여" in mother.get("/portal/wishes").content.decode()
    assert mother.post("/portal/wishes/narrow", {"wish": "emergency"}).status_code == 302
    ended = ENDS.search(shown)
    assert ended is not None
    assert notes(officer, child.key, "end", mandate=ended[1]) == 302
    assert mother.get("/portal").status_code == 403


def test_an_abuse_flag_stops_a_guardian_at_once_and_stands_on_no_page_of_theirs() -> None:
    here = Hospital()
    patient = here.patient()
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    guardian = citizen("박후견")
    paper = {"relationship": "court-guardian", "paper": "TEST-심판-1"}
    assert notes(officer, patient.key, "guardian", code=code_of(guardian), **paper) == 302
    assert guardian.post("/account/act-as", {"as": str(patient.key)}).status_code == 302
    before = guardian.get("/portal/consent/acts").content.decode().count("<li")

    assert notes(officer, patient.key, "abuse", paper="") == 422
    assert notes(officer, patient.key, "abuse", paper="TEST-신고-1") == 302
    assert guardian.get("/portal").status_code == 403
    assert "학대 보호 중" in officer.get(f"/console/standing/{patient.key}").content.decode()
    assert notes(officer, patient.key, "abuse", paper="TEST-해제", wanted="lift") == 302

    after = guardian.get("/portal/consent/acts").content.decode()
    assert after.count("<li") == before
    seen = crossings.of_patient(own(patient), patient.key)
    officers = [one for one in seen if one.role is Role.PRIVACY_OFFICER]
    assert len(officers) == 1  # The guardian's paper, which the guardian knows.


def test_a_death_is_noted_with_its_paper_and_a_mistake_taken_back() -> None:
    here = Hospital()
    patient = here.patient()
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    day = f"{today(now())}"
    tomorrow = f"{today(now()) + timedelta(days=1)}"

    assert notes(officer, patient.key, "death", day=day, paper="") == 422
    assert notes(officer, patient.key, "death", day=tomorrow, paper="TEST-진단서") == 422
    assert notes(officer, patient.key, "death", day="", paper="TEST-진단서") == 422
    assert notes(officer, patient.key, "death", day=day, paper="TEST-진단서") == 302
    snapshot = consent.snapshot(patient.key)
    assert snapshot is not None
    assert snapshot.arrangements.death == today(now())
    assert notes(officer, patient.key, "death", paper="TEST-정정", wanted="lift") == 302
    snapshot = consent.snapshot(patient.key)
    assert snapshot is not None
    assert snapshot.arrangements == replace(snapshot.arrangements, death=None)
