"""What is older than its retention goes by a record in the chain, and nothing else may."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from naru.audit import anchors, purging, retention, services
from naru.audit import queries as audit
from naru.audit.received_rows import keep_received, received
from naru.audit.records import AccessRecord, Outcome
from naru.audit.services import Flaw, record_now, record_within, verify_chain, verify_received
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.audit import retention as audit_retention
from naru.node.options import NodeOptions
from naru.node.preparation import NotPrepared, prepare
from tests.audit.test_audit import a_record
from tests.audit.test_audit_chain import rows, unguarded
from tests.audit.test_received import message

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=4 * 365)
YEARS = 3
BEFORE = date(2023, 11, 21)


def at(moment: datetime, number: int) -> None:
    """So many records of that time, and one in a transaction."""
    for _ in range(number):
        record_now(replaced(a_record(uuid4()), moment))
    with transaction.atomic():
        record_within(replaced(a_record(), moment))


def replaced(record: AccessRecord, moment: datetime) -> AccessRecord:
    from dataclasses import replace

    return replace(record, time=moment)


def purge(before: date = BEFORE, years: int = YEARS) -> int:
    access = Access(transaction=audit_retention.PURGE, caller=identify.operator(), time=NOW)
    return sum(one.count for one in audit_retention.purge(access, before, years=years))


def purge_all() -> int:
    gone = 0
    while step := purge():
        gone += step
    return gone


@pytest.fixture
def kept() -> int:
    """Eleven old records in four chains and two new ones that follow them; messages of others."""
    at(OLD, 4)
    services.stop()
    at(OLD + timedelta(days=1), 4)
    services.stop()
    at(NOW, 1)
    writer = uuid4()
    keep_received(writer, [message(time=OLD), message(time=OLD)])
    keep_received(writer, [message(time=NOW)])
    return 10


def test_what_is_older_goes_and_the_chains_stay_verifiable(kept: int, tmp_path: Path) -> None:
    heads = tmp_path / anchors.FILE
    anchors.anchor(heads, NOW)

    assert purge_all() == kept + 2

    assert verify_chain() == verify_received() == services.verify_anchored(heads) == ()
    left = [one.record for one in audit.between(None, None)]
    assert all(one.time >= NOW for one in left)
    assert len(received(limit=10)) == 1
    said = next(one for one in left if one.transaction == audit_retention.PURGE)
    assert said.caller.role is Role.OPERATOR
    assert said.outcome is Outcome.SUCCESS
    assert {one.kind for one in said.objects} == {purging.PURGED}
    at(NOW, 2)  # The chains go on, in new threads and in old.
    services.stop()
    at(NOW, 2)
    assert verify_chain() == ()


def test_a_later_purge_needs_no_record_of_an_earlier_one(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 3)
    assert purge() == 3
    assert verify_chain() == ()
    assert purge_all() == kept + 2 - 3
    assert verify_chain() == verify_received() == ()
    later = Access(
        transaction=audit_retention.PURGE,
        caller=identify.operator(),
        time=NOW + timedelta(days=5 * 365),
    )
    monkeypatch.setattr(purging, "BATCH", 1_000)
    while audit_retention.purge(later, date(2028, 1, 1), years=YEARS):
        pass
    assert verify_chain() == verify_received() == ()
    assert [one.record.transaction for one in audit.between(None, None)] == ["purge audit"]


def test_nothing_goes_that_is_to_be_kept(kept: int) -> None:
    for before, years in (
        (BEFORE + timedelta(days=1), YEARS),
        (date(2020, 1, 1), 0),
        (date(2020, 1, 1), 1),
    ):
        with pytest.raises(audit_retention.StillKept):
            purge(before, years)
    assert purge(date(2020, 1, 1)) == 0
    assert len(audit.between(None, None)) == kept + 2
    assert retention.first_kept(2, date(2024, 2, 29)).date() == date(2022, 2, 28)
    assert korean_day(retention.first_kept(2, date(2026, 3, 1))) == date(2024, 3, 1)


def test_a_purge_that_nobody_made_is_found(kept: int) -> None:
    """Whoever can write to the database has neither the key nor a record that says so."""
    chain = rows("SELECT writer FROM audit_record ORDER BY id LIMIT 1")[0][0]
    last = rows("SELECT seq, hash, id FROM audit_record WHERE writer = %s AND seq = 2", chain)[0]
    some = rows("SELECT record FROM audit_record ORDER BY id DESC LIMIT 1")[0][0]
    with unguarded():
        rows("DELETE FROM audit_record WHERE writer = %s AND seq <= 2", chain)
        rows(
            "INSERT INTO audit_start (chain, writer, seq, hash, record, mac)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            "audit_record", chain, 2, bytes(last[1]), some, bytes(32),
        )  # fmt: skip

    assert {Flaw.START, Flaw.REMOVED} <= {one.flaw for one in verify_chain()}
    purge_all()  # Which vouches for nothing that was not vouched for.
    assert {Flaw.START, Flaw.REMOVED} <= {one.flaw for one in verify_chain()}


def test_what_was_purged_cannot_be_widened_moved_or_forgotten(kept: int) -> None:
    assert kept
    purge_all()
    start = rows("SELECT writer, seq FROM audit_start WHERE chain = 'audit_record' LIMIT 1")[0]
    for edit, flaw in (
        ("UPDATE audit_start SET seq = seq + 1 WHERE writer = %s", Flaw.START),
        ("DELETE FROM audit_start WHERE writer = %s", Flaw.REMOVED),
    ):
        with transaction.atomic():
            rows(edit, start[0])
            assert flaw in {one.flaw for one in verify_chain()}
            transaction.set_rollback(True)
    assert verify_chain() == ()


def test_what_was_edited_is_evidence_and_stays(kept: int) -> None:
    assert kept
    first = rows("SELECT id, writer FROM audit_record ORDER BY id LIMIT 1")[0]
    with unguarded():
        rows("UPDATE audit_record SET previous = %s WHERE id = %s", bytes(32), first[0])

    purge_all()

    assert rows("SELECT id FROM audit_record WHERE id = %s", first[0])
    assert {one.flaw for one in verify_chain()} == {Flaw.CHANGED}


def test_a_node_that_would_keep_less_than_the_law_asks_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(NotPrepared, match="제8조"):
        prepare(NodeOptions(data=tmp_path, audit_years=1))
    assert NodeOptions.from_environment({"NARU_AUDIT_YEARS": "5"}).audit_years == 5
