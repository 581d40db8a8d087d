"""The operating body's own people are looked at, too; nobody reviews what they did themselves."""

import csv
import importlib
import io
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from naru.accounts import sessions
from naru.audit import queries as audit
from naru.audit import reviews, services
from naru.audit.models import Record, Review
from naru.audit.records import OPERATING_BODY, AccessRecord, Outcome
from naru.audit.reviews import Reviewed
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import InstitutionKind
from naru.exchange.audit import review as access_review
from naru.exchange.operating import UNLISTED
from naru.notifications import queries as notices
from naru.notifications.recipients import Recipient
from naru.ui.clock import now, today
from tests.acting import account_of, node, staff
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/console/accesses"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def looks(
    client: Client,
    role: Role,
    patient: Patient | None,
    transaction: str = "TEST look",
    institution: UUID | None = None,
) -> None:
    """Somebody who is signed in looks at a patient's record, as a page's request would say."""
    _keep(role, person_of(client), patient, transaction, institution)


def person_of(client: Client) -> UUID:
    session = sessions.session(UUID(client.session["sign-in"]), now())
    assert session is not None
    return session.account


def _keep(
    role: Role,
    person: UUID | None,
    patient: Patient | None,
    transaction: str = "TEST look",
    institution: UUID | None = None,
) -> None:
    services.record_now(
        AccessRecord(
            transaction=transaction,
            caller=Caller(
                role=role,
                purpose=PurposeOfUse.OPERATIONS,
                assurance=Assurance.SESSION,
                institution=institution,
                person=person,
                address="192.0.2.9",
            ),
            outcome=Outcome.SUCCESS,
            time=now(),
            request_id=uuid4(),
            patients=() if patient is None else (patient.key,),
        )
    )


def table(client: Client) -> list[dict[str, str]]:
    """The month as it is downloaded."""
    form = {"month": f"{today(now()):%Y-%m}", "reason": "TEST"}
    answer = client.post(f"{PAGE}/export", form)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def flags(rows: list[dict[str, str]], client: Client) -> set[str]:
    theirs = [one for one in rows if one["identifier"] == str(person_of(client))]
    return {flag for one in theirs for flag in one["flags"].split()}


def shown(client: Client, query: str = "?all=1") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return answer.content.decode()


def of_this_month() -> tuple[Reviewed, ...]:
    return reviews.of_month(OPERATING_BODY, today(now()).replace(day=1))


def sign(client: Client, words: str) -> None:
    form = {"month": f"{today(now()):%Y-%m}", "words": words}
    assert client.post(f"{PAGE}/sign", form).status_code == 302


def test_what_the_operating_body_s_people_looked_at_stands_out_as_anybody_s_does() -> None:
    here = Hospital()
    patient = here.patient()  # 김나루
    agency = directory.admit(
        name="TEST 심사", kind=InstitutionKind.AGENCY, on=today(now()), oid="2.999.9.1"
    )
    namesake = staff(Role.OPERATOR, None, "김나루")
    relative = staff(Role.STEWARD, None, "김가상")
    agent = staff(Role.CALL_CENTRE_AGENT, None, "뷁가상")
    desk = staff(Role.HIRA_DESK, agency.id, "김창구")
    auditor = staff(Role.AUDITOR, None, "정감사")
    officer = staff(Role.PRIVACY_OFFICER, None, "이보호")
    looks(namesake, Role.OPERATOR, patient)
    looks(relative, Role.STEWARD, patient)
    looks(desk, Role.HIRA_DESK, patient, institution=agency.id)
    looks(auditor, Role.AUDITOR, None, "export accesses")
    for _ in range(30):
        looks(agent, Role.CALL_CENTRE_AGENT, here.patient())

    rows = table(officer)

    assert "own-record" in flags(rows, namesake)
    assert "same-surname" in flags(rows, relative)
    assert "mass-access" in flags(rows, agent)
    assert "same-surname" in flags(rows, desk)
    assert "download" in flags(rows, auditor)
    page = shown(officer)
    for name in ("김나루", "김가상", "뷁가상", "김창구", "정감사"):
        assert name in page


def test_one_s_own_record_is_known_by_the_account_whatever_the_name_is() -> None:
    patient = Hospital().patient()
    _keep(Role.OPERATOR, account_of("TEST 다른이름", patient.key), patient)

    rows = table(staff(Role.PRIVACY_OFFICER, None, "이보호"))

    assert [one["flags"].split()[0] for one in rows if one["task"] == "TEST look"] == ["own-record"]


def test_citizens_hospitals_and_other_agency_clerks_are_not_in_it() -> None:
    here, agency = Hospital(), uuid4()
    agency = directory.admit(
        name="TEST 기관", kind=InstitutionKind.AGENCY, on=today(now()), oid="2.999.9.2"
    ).id
    patient = here.patient()
    _keep(Role.PATIENT, uuid4(), patient, "TEST citizen")
    _keep(Role.REPRESENTATIVE, uuid4(), patient, "TEST for another")
    _keep(Role.SYSTEM, None, patient, "TEST the node")
    _keep(Role.DOCTOR, uuid4(), patient, "TEST doctor", here.id)
    _keep(Role.AGENCY_CLERK, uuid4(), patient, "TEST clerk", agency)
    _keep(Role.OPERATOR, None, patient, "TEST data folder")

    tasks = {one["task"] for one in table(staff(Role.PRIVACY_OFFICER, None, "이보호"))}
    of_hospital = table(staff(Role.PRIVACY_OFFICER, here.id, "박보호"))

    assert "TEST data folder" in tasks
    assert not tasks & {
        "TEST citizen", "TEST for another", "TEST the node", "TEST doctor", "TEST clerk"
    }  # fmt: skip
    assert "TEST data folder" not in {one["task"] for one in of_hospital}


def test_a_patient_is_watched_for_the_operating_body_apart_from_any_hospital() -> None:
    here = Hospital()
    patient = here.patient()
    operator = staff(Role.OPERATOR, None, "뷁가상")
    looks(operator, Role.OPERATOR, patient)
    officer = staff(Role.PRIVACY_OFFICER, None, "이보호")
    form = {"month": f"{today(now()):%Y-%m}", "patient": str(patient.key), "on": "on"}

    assert officer.post(f"{PAGE}/watch", form).status_code == 302

    assert "watched" in flags(table(officer), operator)
    assert "관심 대상" not in shown(staff(Role.PRIVACY_OFFICER, here.id, "박보호"))


def test_nobody_reviews_their_own_looks_but_a_second_officer_does() -> None:
    first = staff(Role.PRIVACY_OFFICER, None, "이보호")
    second = staff(Role.PRIVACY_OFFICER, None, "박보호")
    looks(first, Role.PRIVACY_OFFICER, Hospital().patient())

    assert "아직 점검하지 않음" in shown(first)
    sign(first, "TEST 이상 없음")
    page = shown(first)

    assert "아직 점검하지 않음" not in page
    assert "이보호 본인의 접속" in page
    assert Review.objects.get().institution == OPERATING_BODY
    assert Review.objects.get().records == 0  # All there was, they did themselves.
    sign(second, "TEST 둘째")
    of_second = shown(second)
    assert "이보호 본인의 접속" not in of_second.split("TEST 둘째")[0]
    assert "박보호 본인의 접속" in of_second


def test_the_state_s_auditor_reviews_the_officers_alone_and_watches_nobody() -> None:
    patient = Hospital().patient()
    officer = staff(Role.PRIVACY_OFFICER, None, "이보호")
    operator = staff(Role.OPERATOR, None, "뷁가상")
    auditor = staff(Role.AUDITOR, None, "정감사")
    looks(officer, Role.PRIVACY_OFFICER, patient)
    looks(operator, Role.OPERATOR, patient)
    sign(officer, "TEST 보호책임자")

    page = shown(auditor)
    form = {"month": f"{today(now()):%Y-%m}", "patient": str(patient.key), "on": "on"}

    assert "이보호" in page
    assert "뷁가상" not in page
    assert "지켜보기" not in page
    assert "/console/emergencies" not in page
    assert "이보호 본인의 접속" in page
    assert auditor.post(f"{PAGE}/watch", form).status_code == 404
    sign(auditor, "TEST 감사")
    after = shown(auditor)
    assert "정감사" in after
    # An auditor's word is of the officers alone: the month still wants its officer.
    assert {one.officers_only for one in of_this_month()} == {True, False}
    assert "TEST 감사" in shown(officer)


def test_a_month_that_an_auditor_alone_signed_is_not_reviewed() -> None:
    sign(staff(Role.AUDITOR, None, "정감사"), "TEST 감사")

    assert "아직 점검하지 않음" in shown(staff(Role.PRIVACY_OFFICER, None, "이보호"))


def test_an_officer_s_own_looks_at_a_hospital_wait_for_another_there() -> None:
    here = Hospital()
    officer = staff(Role.PRIVACY_OFFICER, here.id, "이보호")
    shown(officer)
    sign(officer, "TEST 이상 없음")

    assert "이보호 본인의 접속" in shown(officer)
    other = staff(Role.PRIVACY_OFFICER, here.id, "박보호")
    sign(other, "TEST 둘째")
    assert "박보호 본인의 접속" in shown(other)


def test_whoever_reviews_the_operating_body_is_reminded() -> None:
    for _ in range(2):
        access_review.remind(now())

    for role in (Role.PRIVACY_OFFICER, Role.AUDITOR):
        to = Recipient.at_institution(UNLISTED, role)
        assert [one.kind for one in notices.inbox([to], language="ko")] == ["review-due"]


def test_a_record_hidden_from_the_operating_body_s_officer_is_named_by_verify() -> None:
    _keep(Role.OPERATOR, uuid4(), None, "TEST hidden")
    services.stop()
    assert services.verify_chain() == ()

    Record.objects.filter(institution=OPERATING_BODY).update(institution=None)

    assert [one.flaw for one in services.verify_chain()] == ["changed"]


def test_records_of_before_are_found_after_the_migration() -> None:
    _keep(Role.OPERATOR, uuid4(), None, "TEST operator")
    _keep(Role.PATIENT, uuid4(), None, 'TEST "role":"operator"')
    services.stop()
    Record.objects.update(institution=None)
    migration = importlib.import_module("naru.audit.migrations.0006_operating_body")

    with connection.schema_editor() as editor:
        migration.find_them(None, editor)

    since, until = now().replace(year=2000), now().replace(year=2100)
    found = audit.of_institution(OPERATING_BODY, since, until)
    assert [one.record.transaction for one in found] == ["TEST operator"]
    assert services.verify_chain() == ()


@pytest.mark.parametrize(
    "month", ["2026-13", "x", "9999-12", "0001-01", "0000-01", "2026-11-20", "２０２６-11", "-"]
)
def test_a_month_that_is_none_is_not_found_by_the_operating_body_either(month: str) -> None:
    officer = staff(Role.PRIVACY_OFFICER, None, "이보호")

    assert officer.get(PAGE, {"month": month}).status_code == 404
    for act in ("sign", "export"):
        form = {"month": month, "words": "TEST", "reason": "TEST"}
        assert officer.post(f"{PAGE}/{act}", form).status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize("words", ["", " \t\n", "가" * 2_001, "\x00"])
def test_words_that_are_none_or_too_many_are_refused(words: str) -> None:
    officer = staff(Role.PRIVACY_OFFICER, None, "이보호")
    month = f"{today(now()):%Y-%m}"

    assert officer.post(f"{PAGE}/sign", {"month": month, "words": words}).status_code == 400
    assert officer.post(f"{PAGE}/export", {"month": month, "reason": words}).status_code == 400
    assert not Review.objects.exists()
