import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from naru.audit import commit_thread, queries, rows, services
from naru.audit.errors import AuditUnavailable, InsideTransaction
from naru.audit.models import Record, RecordPatient, Writer
from naru.audit.records import AccessRecord, AuditedDecision, AuditedObject, Outcome, RecordId
from naru.audit.services import Flaw, record_now, record_within, verify_chain
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.decision import Reason

pytestmark = pytest.mark.django_db(transaction=True)

CALLER = Caller(
    role=Role.CLINICIAN,
    purpose=PurposeOfUse.TREATMENT,
    assurance=Assurance.CERTIFICATE,
    institution=uuid4(),
    address="192.0.2.7",
)
QUERY = "<AdhocQuery>TEST-secret-question</AdhocQuery>"


def a_record(*patients: UUID, query: str | None = None) -> AccessRecord:
    return AccessRecord(
        transaction="ITI-18",
        caller=CALLER,
        outcome=Outcome.SUCCESS,
        time=datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC),
        request_id=uuid4(),
        patients=patients,
        objects=(AuditedObject("document", "2.999.1"), AuditedObject("query", "urn:uuid:1")),
        query=query,
        errors=("XDSRegistryError",),
        decisions=(AuditedDecision("2.999.1", permitted=True, rule=14, reason=Reason.TREATMENT),),
    )


def the_chain() -> list[Record]:
    return list(Record.objects.order_by("writer", "seq"))


def test_a_record_comes_back_as_it_was_given() -> None:
    given = a_record(uuid4(), uuid4(), query=QUERY)
    assert queries.one(record_now(given)) == given


def test_an_unknown_record_is_none() -> None:
    assert queries.one(RecordId(uuid4())) is None


def test_the_query_and_the_address_are_stored_only_sealed() -> None:
    record_now(a_record(uuid4(), query=QUERY))
    row = the_chain()[0]
    stored = bytes(row.body) + bytes(row.sealed)
    assert b"TEST-secret" not in stored
    assert b"192.0.2.7" not in stored


def test_a_change_and_its_record_are_kept_or_lost_together() -> None:
    kept = uuid4()
    with transaction.atomic():
        record_within(a_record(kept))
    with transaction.atomic():
        record_within(a_record(kept))
        transaction.set_rollback(True)
    with transaction.atomic():
        record_within(a_record(kept))
        record_within(a_record(kept))
    assert [row.seq for row in the_chain()] == [1, 2, 3]
    assert verify_chain() == ()


def test_recording_a_change_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        record_within(a_record())


def test_a_refusal_is_not_recorded_inside_a_transaction_that_would_take_it_back() -> None:
    with transaction.atomic(), pytest.raises(InsideTransaction):
        record_now(a_record())


def test_records_of_many_threads_share_one_whole_chain_and_fewer_commits() -> None:
    commits: list[int] = []
    append = rows.append

    def counted(writer: UUID, records: list[object]) -> None:
        commits.append(len(records))
        append(writer, records)  # type: ignore[arg-type]

    rows.append = counted  # type: ignore[assignment]
    try:
        with ThreadPoolExecutor(16) as pool:
            ids = list(pool.map(record_now, [a_record(uuid4()) for _ in range(400)]))
    finally:
        rows.append = append
    assert len(set(ids)) == sum(commits) == 400
    assert len(commits) < 400
    assert [row.seq for row in the_chain()] == list(range(1, 401))
    assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(the_chain()))
    assert verify_chain() == ()


def test_a_record_is_visible_to_others_when_record_now_returns() -> None:
    for _ in range(50):
        assert Record.objects.filter(record=record_now(a_record())).exists()


def test_every_waiter_of_a_failed_commit_is_refused_and_the_next_batch_tries_again() -> None:
    record_now(a_record())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_record RENAME TO audit_record_away")
    try:
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(record_now, a_record()) for _ in range(32)]
        assert all(isinstance(one.exception(), AuditUnavailable) for one in waiting)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_record_away RENAME TO audit_record")
    record_now(a_record())
    assert [row.seq for row in the_chain()] == [1, 2]
    assert verify_chain() == ()


def test_the_thread_starts_again_after_it_was_stopped() -> None:
    record_now(a_record())
    services.stop()
    services.stop()
    assert not any(thread.name == "audit-commit" for thread in threading.enumerate())
    record_now(a_record())
    assert Writer.objects.count() == 2
    assert verify_chain() == ()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_worker_records_in_chains_of_its_own() -> None:
    record_now(a_record())
    with transaction.atomic():
        record_within(a_record())
    connection.close()  # As a preloading supervisor does before it forks.
    child = os.fork()
    if child == 0:
        try:
            record_now(a_record())
            with transaction.atomic():
                record_within(a_record())
        except BaseException:  # noqa: BLE001  # The parent reads the exit status.
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    record_now(a_record())
    with transaction.atomic():
        record_within(a_record())
    assert Writer.objects.count() == 4
    assert Record.objects.count() == 6
    assert verify_chain() == ()


def test_a_patient_sees_the_newest_accesses_first() -> None:
    patient, other = uuid4(), uuid4()
    ids = [record_now(a_record(patient)) for _ in range(3)]
    record_now(a_record(other))
    seen = queries.of_person([patient], limit=2)
    assert [crossing.record for crossing in seen] == [ids[2], ids[1]]
    assert seen[0].transaction == "ITI-18"
    assert seen[0].institution == CALLER.institution
    assert seen[0].purpose is PurposeOfUse.TREATMENT
    assert seen[0].documents == ("2.999.1",)
    assert seen[0].decisions[0].reason is Reason.TREATMENT


def test_a_patient_is_not_shown_what_a_request_did_to_another() -> None:
    mine, theirs = uuid4(), uuid4()
    record_now(
        replace(
            a_record(mine, theirs),
            objects=(
                AuditedObject("document", "2.999.1", patient=mine),
                AuditedObject("document", "2.999.2", patient=theirs),
                AuditedObject("document", "2.999.3"),
            ),
        )
    )
    assert queries.of_person([mine])[0].documents == ("2.999.1",)
    assert queries.of_person([theirs])[0].documents == ("2.999.2",)
    assert queries.of_person([mine])[0].decisions == ()


def ten_records() -> list[Record]:
    for _ in range(10):
        record_now(a_record(uuid4()))
    return the_chain()


@pytest.mark.parametrize("at", [0, 4, 9])
@pytest.mark.parametrize("column", ["body", "sealed", "hash", "previous"])
def test_a_changed_record_is_named(at: int, column: str) -> None:
    row = ten_records()[at]
    changed = bytearray(getattr(row, column))
    changed[-1] ^= 1
    Record.objects.filter(id=row.id).update(**{column: bytes(changed)})
    findings = [(one.flaw, one.seq, one.record) for one in verify_chain()]
    assert (Flaw.CHANGED, at + 1, row.record) in findings
    assert len(findings) == 1


@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_removed_record_is_named(at: int) -> None:
    row = ten_records()[at]
    RecordPatient.objects.filter(record=row).delete()
    row.delete()
    (finding,) = verify_chain()
    assert (finding.flaw, finding.writer, finding.seq) == (Flaw.REMOVED, row.writer, at + 1)


def test_a_record_put_at_the_end_is_named() -> None:
    row = ten_records()[-1]
    Record.objects.create(
        record=(forged := uuid4()), writer=row.writer, seq=11, previous=row.hash,
        hash=bytes(32), body=row.body, sealed=row.sealed,
    )  # fmt: skip
    Writer.objects.update(seq=11, hash=bytes(32))
    assert forged in [finding.record for finding in verify_chain()]


def test_a_record_of_no_chain_is_named() -> None:
    row = ten_records()[-1]
    Record.objects.create(
        record=(forged := uuid4()), writer=uuid4(), seq=1, previous=row.hash,
        hash=bytes(32), body=row.body, sealed=row.sealed,
    )  # fmt: skip
    assert [(one.flaw, one.record) for one in verify_chain()] == [(Flaw.INSERTED, forged)]


def test_two_records_that_changed_places_are_named() -> None:
    first, second = ten_records()[3:5]
    Record.objects.filter(id=first.id).update(seq=99)
    Record.objects.filter(id=second.id).update(seq=4)
    Record.objects.filter(id=first.id).update(seq=5)
    named = {one.record for one in verify_chain() if one.flaw is Flaw.CHANGED}
    assert named == {first.record, second.record}


def test_a_head_moved_back_with_its_records_is_found_while_a_later_chain_names_it() -> None:
    chain = ten_records()
    services.stop()
    record_now(a_record())
    RecordPatient.objects.filter(record=chain[9]).delete()
    Record.objects.filter(id=chain[9].id).delete()
    Writer.objects.filter(id=chain[9].writer).update(seq=9, hash=chain[8].hash)
    writer = chain[9].writer
    assert [(one.flaw, one.writer, one.seq) for one in verify_chain()] in (
        [(Flaw.HEAD, writer, 9), (Flaw.REMOVED, writer, 10)],
        [(Flaw.REMOVED, writer, 10), (Flaw.HEAD, writer, 9)],
    )


def test_a_whole_chain_taken_away_is_found_while_a_later_chain_names_it() -> None:
    chain = ten_records()
    services.stop()
    record_now(a_record())
    RecordPatient.objects.filter(record__writer=chain[0].writer).delete()
    Record.objects.filter(writer=chain[0].writer).delete()
    Writer.objects.filter(id=chain[0].writer).delete()
    assert [(one.flaw, one.writer) for one in verify_chain()] == [(Flaw.REMOVED, chain[0].writer)]


def test_an_access_hidden_from_its_patient_is_named() -> None:
    row = ten_records()[2]
    RecordPatient.objects.filter(record=row).delete()
    assert [(one.flaw, one.record) for one in verify_chain()] == [(Flaw.INDEX, row.record)]


def test_verification_while_others_record_finds_nothing() -> None:
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            record_now(a_record(uuid4()))
        connection.close()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        assert [verify_chain() for _ in range(20)] == [()] * 20
    finally:
        stop.set()
        thread.join()


def test_no_more_than_a_batch_is_committed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_thread, "MAX_BATCH", 3)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(record_now, [a_record() for _ in range(64)]))
    assert Record.objects.count() == 64
    assert verify_chain() == ()


def test_of_what_patients_asked_nothing_is_shown_where_only_others_looks_are_asked_for() -> None:
    patient = uuid4()
    words = 'x"role":"patient"'  # Escaped in a body: the words of a name are no role.
    others = [record_now(replace(a_record(patient), transaction=name)) for name in ("a", words)]
    own = replace(CALLER, role=Role.PATIENT, institution=None, patient=patient)
    looks = [record_now(replace(a_record(patient), caller=own)) for _ in range(3)]
    every = [one.record for one in queries.of_person([patient])]
    assert every == [*reversed(looks), *reversed(others)]
    assert [one.record for one in queries.of_person([patient], 2, own=False)] == others[::-1]
    assert queries.users([others[0]]) == {others[0]: CALLER.user}
