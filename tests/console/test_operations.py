"""Operations: what is shown equals its source, and each sees the own part alone."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from naru.audit.records import Outcome
from naru.domain.caller import Role
from naru.notifications import queries as notices
from naru.notifications.models import Delivery, Notice
from naru.notifications.recipients import Recipient
from naru.notifications.routing import SEND
from naru.notifications.services import notify
from naru.outbox import queries as outbox_queries
from naru.outbox import services as outbox
from naru.statistics.counting import count_all
from naru.ui.clock import now
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import record

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def given_up() -> int:
    with transaction.atomic():
        outbox.put("test work", b"", key=str(uuid4()))
    (work,) = outbox.take(["test work"], 1, MINUTE, now())
    outbox.give_up(work, "TimeoutError")
    return work.id


def test_the_flow_and_the_errors_are_the_logs_and_each_ones_own() -> None:
    here, there = Hospital(), Hospital()
    for _ in range(3):
        record(now() - MINUTE, here.id, "ITI-18")
    record(now() - MINUTE, there.id, "ITI-43", Outcome.SERIOUS_FAILURE, errors=("DiskFull",))
    count_all(now())
    operator = staff(Role.OPERATOR, None, "운영")
    director = staff(Role.DIRECTOR, here.id, "원장")

    whole = operator.get("/console/operations").content.decode()
    own = director.get("/console/operations").content.decode()

    row = re.search(r"ITI-18</span>.*?</tr>", whole, re.DOTALL)
    assert row is not None
    assert ">3</td>" in row[0]
    assert there.oid in whole
    assert "ITI-43" in whole
    assert there.oid not in own
    assert "ITI-43" not in own
    assert "ITI-18" in own
    assert "DiskFull" in operator.get("/console/errors").content.decode()
    assert "DiskFull" not in director.get("/console/errors").content.decode()
    assert staff(Role.DOCTOR, here.id, "의사").get("/console/operations").status_code == 403


def test_dead_letters_are_done_again_or_dropped_from_the_page() -> None:
    one, other = given_up(), given_up()
    operator = staff(Role.OPERATOR, None, "운영")
    page = operator.get("/console/dead").content.decode()
    assert "사람이 볼 일이 2건 있습니다" in page
    assert page.count("TimeoutError") == 2

    again = operator.post("/console/dead/replay", {"work": [str(one), "x", "9" * 40]})
    never = operator.post("/console/dead/give-up", {"work": [str(other)], "reason": "by-hand"})
    wrong = operator.post("/console/dead/give-up", {"work": [str(other)], "reason": "whatever"})

    assert (again.status_code, never.status_code, wrong.status_code) == (302, 302, 404)
    assert outbox_queries.dead() == ()
    (queue,) = (each for each in outbox_queries.queues() if each.kind == "test work")
    assert (queue.waiting, queue.dropped) == (1, 1)
    assert "처리하지 못한 일이 없습니다" in operator.get("/console/dead").content.decode()


def test_a_notice_that_failed_is_given_up_with_a_reason_and_is_sent_no_more() -> None:
    failed, other = (not_arrived() for _ in range(2))
    operator = staff(Role.OPERATOR, None, "운영")
    where = "/console/dead/notices/give-up"
    assert f"{failed}" in operator.get("/console/dead").content.decode()

    done = operator.post(where, {"delivery": str(failed), "reason": "nobody"})

    assert done.status_code == 302
    assert f"{failed}" not in operator.get("/console/dead").content.decode()
    shown = operator.get("/console/notices?state=given-up").content.decode()
    assert "given up: nobody" in shown
    (line,) = notices.deliveries(state="given-up")
    assert (line.delivery, line.reason) == (failed, "given up: nobody")
    operator.post("/console/dead/notices")  # All that failed is sent again.
    assert [one.delivery for one in notices.deliveries(state="queued")] == [other]
    for bad in (
        {"delivery": str(failed), "reason": "nobody"},
        {"delivery": str(other), "reason": "whatever"},
        {"delivery": "x", "reason": "nobody"},
        {"delivery": str(uuid4()), "reason": "nobody"},
    ):
        assert operator.post(where, bad).status_code == 404
    doctor = staff(Role.DOCTOR, Hospital().id, "의사")
    assert doctor.post(where, {"delivery": str(other), "reason": "nobody"}).status_code == 403


def test_whoever_sends_messages_and_does_not_answer_is_seen_and_nothing_is_lost() -> None:
    operator = staff(Role.OPERATOR, None, "운영")
    assert "연결되지 않음" not in operator.get("/console/notices").content.decode()
    with transaction.atomic():
        outbox.put(SEND, uuid4().bytes, key=str(uuid4()))
    (work,) = outbox.take([SEND], 1, MINUTE, now())
    outbox.fail(work, "Unreachable", now())

    assert "연결되지 않음" in operator.get("/console/notices").content.decode()
    assert outbox_queries.waiting([SEND]) == 1


def not_arrived() -> UUID:
    """A delivery that failed."""
    with transaction.atomic():
        notify("first-access", Recipient.patient(uuid4()), {}, key=str(uuid4()))
    notice = Notice.objects.latest("id")
    made = Delivery.objects.create(
        delivery=uuid4(), notice=notice, channel="sms", state="failed", at=now(), changed=now()
    )
    return made.delivery


def test_a_report_is_shown_and_written_in_the_forms_columns() -> None:
    here, there = Hospital(), Hospital()
    for _ in range(4):
        record(now(), here.id, "ITI-41", documents=2)
    record(now(), there.id, "ITI-41")
    count_all(now())
    director = staff(Role.DIRECTOR, here.id, "원장")

    page = director.get("/console/report").content.decode()
    rows = list(csv.DictReader(io.StringIO(director.get("/console/report/csv").content.decode())))
    told = json.loads(director.get("/console/report/json").content)
    other = director.get("/console/report/csv", {"institution": str(there.id)})

    assert "건을 요청했습니다" in page
    assert (rows[0]["registered"], rows[0]["documents_sent"]) == ("4", "8")
    assert rows[0]["institution_oid"] == here.oid
    assert {name: str(value) for name, value in told["rows"][0].items()} == rows[0]
    assert told["status"] == "unofficial"
    assert other.status_code == 404
    assert director.get("/console/report", {"institution": "x"}).status_code == 404


def test_the_policys_page_says_that_it_equals_the_audit_log() -> None:
    here = Hospital()
    for _ in range(5):
        record(now(), here.id, "ITI-43")
    count_all(now())
    auditor = staff(Role.AUDITOR, None, "감사")

    page = auditor.get("/console/policy").content.decode()

    count = re.search(r"접근기록은 ([\d,]+)건입니다", page)
    again = re.search(r"다시 세어 보니 ([\d,]+)건으로 같습니다", page)
    assert count is not None
    assert again is not None
    assert count[1] == again[1]
    assert here.oid not in page
    assert staff(Role.DIRECTOR, here.id, "원장").get("/console/policy").status_code == 403


def test_what_runs_out_and_the_texts_in_force_are_told() -> None:
    here = Hospital()
    operator = staff(Role.OPERATOR, None, "운영")

    capacity = operator.get("/console/capacity").content.decode()
    own = staff(Role.DIRECTOR, here.id, "원장").get("/console/capacity").content.decode()
    texts = operator.get("/console/consent-texts").content.decode()

    assert "남은 디스크" in capacity
    assert "자료를 암호화하는 열쇠" in capacity
    assert "남은 디스크" not in own
    assert "자료를 암호화하는 열쇠" not in own
    assert "지금 쓰는 동의문은 2개입니다" in texts
