"""Somebody who treats a patient flags abuse: representatives stop at once and are never told."""

import re
from collections.abc import Iterator

import pytest

from naru.audit.models import RecordPatient
from naru.consent import queries as consent
from naru.consent.acts import ActKind
from naru.domain.caller import Role
from naru.notifications import queries as notices
from naru.notifications.models import Notice
from naru.notifications.recipients import Recipient
from naru.ui.clock import now
from tests import receptions
from tests.acting import citizen, node, staff
from tests.console.test_standing import code_of, notes
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

WHY = {"reason": "TEST 멍과 신고 1호"}
CASE = re.compile(r"사건 ([0-9a-f-]{36})번")


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def treats(hospital: Hospital, patient: Patient) -> None:
    access = hospital.access("reception")
    access.time = now()
    receptions.receive(access, patient.key)


def test_a_doctor_stops_a_guardian_at_once_and_only_the_officer_is_told() -> None:
    here = Hospital()
    patient = here.patient()
    treats(here, patient)
    officer, doctor = (
        staff(Role.PRIVACY_OFFICER, here.id, "한보호"),
        staff(Role.DOCTOR, here.id, "이의사", patient.key),
    )
    guardian = citizen("박후견")
    paper = {"relationship": "court-guardian", "paper": "TEST-심판-1"}
    assert notes(officer, patient.key, "guardian", code=code_of(guardian), **paper) == 302
    assert guardian.post("/account/act-as", {"as": str(patient.key)}).status_code == 302
    told, seen = Notice.objects.count(), RecordPatient.objects.count()

    assert "학대가 의심되면" in doctor.get("/clinic/protection").content.decode()
    assert doctor.post("/clinic/protection", {"reason": " "}).status_code == 422
    assert guardian.get("/portal").status_code == 200
    seen_by_guardian = RecordPatient.objects.count() - seen
    assert doctor.post("/clinic/protection", WHY).status_code == 302

    assert guardian.get("/portal").status_code == 403
    assert "모두 멈춰 있습니다" in doctor.get("/clinic/protection").content.decode()
    # Nothing that the patient's pages list names it: what there is more is the guardian's own look.
    assert RecordPatient.objects.count() - seen == seen_by_guardian
    assert Notice.objects.count() == told + 1
    inbox = Recipient.at_institution(here.id, Role.PRIVACY_OFFICER)
    (notice,) = notices.inbox([inbox], language="ko")
    assert WHY["reason"] not in notice.text
    case = CASE.search(notice.text)
    assert case is not None
    found = officer.post("/console/standing", {"number": case[1]})
    assert found.headers["Location"] == f"/console/standing/{patient.key}"
    assert WHY["reason"] in officer.get(found.headers["Location"]).content.decode()
    assert notes(officer, patient.key, "abuse", paper="TEST-해제", wanted="lift") == 302
    assert guardian.get("/portal").status_code == 200


def test_nobody_flags_whom_they_do_not_treat_and_no_other_officer_learns_of_whom() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    treats(here, patient)
    stranger = staff(Role.DOCTOR, there.id, "박의사", patient.key)

    assert stranger.get("/clinic/protection").status_code == 403
    assert stranger.post("/clinic/protection", WHY).status_code in {403, 422}
    radiographer = staff(Role.RADIOGRAPHER, here.id, "최방사", patient.key)
    assert radiographer.post("/clinic/protection", WHY).status_code == 403
    assert not [one for one in consent.acts(patient.key) if one.kind is ActKind.ABUSE_FLAG]

    doctor = staff(Role.DOCTOR, here.id, "이의사", patient.key)
    assert doctor.post("/clinic/protection", WHY).status_code == 302
    act = next(one for one in consent.acts(patient.key) if one.kind is ActKind.ABUSE_FLAG)
    other = staff(Role.PRIVACY_OFFICER, there.id, "남보호")
    refused = other.post("/console/standing", {"number": str(act.id)})
    assert refused.status_code == 422
    assert str(patient.key) not in refused.content.decode()
