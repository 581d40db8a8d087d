"""Received audit messages are searched by whom they are for, and name nobody."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from naru.audit import queries as audit
from naru.audit.received import ReceivedMessage
from naru.audit.received_rows import keep_received
from naru.directory import services as directory
from naru.domain.audit_message import (
    ActiveParticipant,
    AuditMessage,
    AuditSource,
    CodedValue,
    EventIdentification,
)
from naru.domain.caller import Role
from naru.exchange.audit import search as audit_search
from naru.faces import iti
from naru.faces.fhir.interactions import INTERACTIONS
from naru.ui.clock import now, today
from naru.ui.transactions import transaction_name
from tests.acting import node, staff
from tests.audit.test_received import Kind
from tests.exchange.hospitals import Hospital

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def message(code: str, peer: str, source: str, *, outcome: int = 0, days: int = 0) -> object:
    at = now() - timedelta(days=days)
    event = EventIdentification(
        id=CodedValue("110112", "DCM", "Query"),
        types=(CodedValue(code, "IHE Transactions", code),),
        time=at,
        outcome=outcome,
    )
    who = ActiveParticipant(user_id="비밀사용자", is_requestor=True)
    told = AuditMessage(event=event, participants=(who,), source=AuditSource(id=source))
    return ReceivedMessage(
        octets=b"TEST", kind=Kind.AUDIT, transport="tls", address="192.0.2.7", time=at,
        peer=peer, message=told,
    )  # fmt: skip


def peer_of(hospital: Hospital) -> str:
    fingerprint = uuid4().hex * 2
    directory.add_certificate(hospital.id, fingerprint, from_date=today(now()) - timedelta(days=30))
    return fingerprint


def shown(client: Client, **asked: str) -> str:
    return client.get("/console/received", asked).content.decode()


def test_a_privacy_officer_sees_what_came_by_their_own_institutions_certificates() -> None:
    here, there = Hospital(), Hospital()
    keep_received(
        uuid4(),
        [
            message("ITI-18", peer_of(here), "here-emr"),
            message("ITI-43", peer_of(there), "there-emr"),
            message("ITI-43", "", "here-emr by udp"),
        ],
    )

    own = shown(staff(Role.PRIVACY_OFFICER, here.id, "한보호"))
    for role in (Role.OPERATOR, Role.AUDITOR):
        everything = shown(staff(role, None, f"시험{role}"))
        assert all(one in everything for one in ("here-emr", "there-emr", "by udp"))
        assert "비밀사용자" not in everything

    assert "here-emr" in own
    assert "문서 목록 찾기" in own
    assert "there-emr" not in own
    assert "by udp" not in own  # Nothing shows whose it is.
    assert "비밀사용자" not in own


def test_messages_are_found_by_time_source_event_and_outcome() -> None:
    keep_received(
        uuid4(),
        [
            message("ITI-18", "", "alpha"),
            message("ITI-43", "", "beta", outcome=8),
            message("ITI-41", "", "gamma", days=40),
        ],
    )
    operator = staff(Role.OPERATOR, None, "강운영")
    day = today(now())

    assert "beta" in shown(operator, outcome="8")
    assert "alpha" not in shown(operator, outcome="8")
    assert "alpha" in shown(operator, event="ITI-18")
    assert "beta" not in shown(operator, event="ITI-18")
    assert "gamma" in shown(operator, source="GAM")
    assert "alpha" not in shown(operator, source="GAM")
    late = shown(operator, since=f"{day - timedelta(days=3)}", until=f"{day}")
    assert "alpha" in late
    assert "gamma" not in late
    early = shown(operator, until=f"{day - timedelta(days=3)}")
    assert "gamma" in early
    assert "beta" not in early
    assert "맞는 메시지가 없습니다" in shown(operator, event="ITI-999")
    at_the_ends = shown(operator, since="0001-01-01", until="9999-12-31")
    assert "alpha" in at_the_ends
    assert "gamma" in at_the_ends
    # What cannot be read asks nothing, and breaks nothing.
    strange = shown(operator, since="x", outcome="9", before="9" * 30)
    assert "alpha" in strange


def test_pages_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_search, "SHOWN", 2)
    keep_received(uuid4(), [message("ITI-18", "", f"source-{at}") for at in range(5)])
    operator, found, older = staff(Role.OPERATOR, None, "강운영"), set(), {"source": "source"}
    for _ in range(4):
        page = operator.get("/console/received", older)
        text = page.content.decode()
        found |= {one for one in (f"source-{at}" for at in range(5)) if one in text}
        if not page.context["older"]:
            break
        older = dict(one.split("=") for one in page.context["older"].split("&"))

    assert len(found) == 5


def test_each_search_is_one_record_and_others_are_refused() -> None:
    here = Hospital()
    officer = staff(Role.PRIVACY_OFFICER, here.id, "한보호")
    before = len(audit.between(None, None))

    shown(officer)

    found = [one.record for one in audit.between(None, None)]
    assert len(found) == before + 1
    assert found[0].transaction == "received audit"
    assert staff(Role.DOCTOR, here.id, "남의사").get("/console/received").status_code == 403


def test_transactions_are_told_in_korean_first() -> None:
    assert transaction_name("ITI-43") == "문서 열기"
    assert transaction_name("see-patient") == "환자 기록 열람"
    assert transaction_name("no-such") == "no-such"


def test_every_interaction_of_the_wire_doors_has_words() -> None:
    names = {one.name for one in INTERACTIONS} | {
        f"ITI-{found[1]}"
        for file in Path(iti.__file__).parent.glob("iti*.py")
        if (found := re.match(r"iti(\d+)_", file.name))
    }

    assert [one for one in sorted(names) if transaction_name(one) == one] == []
