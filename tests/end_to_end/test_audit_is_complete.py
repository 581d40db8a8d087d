"""Every request leaves exactly one access record; where none can be left, nothing is answered."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from naru.audit.records import Outcome
from naru.domain.identifiers import new_oid
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from naru.formats.soap import SOAP_TYPE, FaultCode
from tests.end_to_end import mhd, people, wire
from tests.end_to_end.institutions import (
    CONTENT,
    GRANT,
    HUB_A,
    HUB_B,
    Exchange,
    affinity_identifier,
    consents,
    registers,
)
from tests.end_to_end.mhd import Consumer, issue
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, Answer, Caller

APPROVED = (AvailabilityStatus.APPROVED,)
ROUNDS = 3
CALLERS = 6
GOOD, REFUSED = Outcome.SUCCESS, Outcome.MINOR_FAILURE


def one_round(exchange: Exchange) -> Counter[tuple[str, Outcome, bool]]:
    """Mixed requests of one hospital's morning, and the records that they should leave."""
    a, b = exchange.caller(HUB_A), exchange.caller(HUB_B)
    own = exchange.fed(HUB_A)
    patient = affinity_identifier(a, own)
    registers(a, patient)
    consents(a, patient, GRANT, received=[b])
    entry, answer = registers(a, patient)
    assert answer.errors == []
    b.ask(FindDocuments(patient_id=patient, status=APPROVED))
    b.ask(FindDocuments(patient_id=people.newcomer(), status=APPROVED))
    b.retrieve(f"{HUB_A}.9", entry.unique_id)
    b.retrieve(f"{HUB_A}.9", new_oid())
    people.feed(b, people.newcomer(f"{HUB_A}.1"))
    b.soap(REGISTRY, "urn:nothing", "<a/>")
    b.post(REGISTRY, SOAP_TYPE, b"no xml")
    Caller(exchange.node.port).soap(REGISTRY, QUERY_ACTION, "<a/>")
    return Counter(
        {
            # What was asked, how it ended, and whether it is told to a patient.
            ("ITI-44", GOOD, True): 1,
            ("ITI-45", GOOD, True): 1,
            ("ITI-41", REFUSED, True): 1,  # Before there was a consent.
            ("ITI-41", GOOD, True): 2,
            ("FHIR create", GOOD, True): 1,
            ("ITI-18", GOOD, True): 1,
            ("ITI-18", GOOD, False): 1,
            ("ITI-43", GOOD, True): 1,
            ("ITI-43", REFUSED, False): 1,
            ("ITI-44", REFUSED, False): 1,
            ("SOAP", REFUSED, False): 3,
        }
    )


def test_mixed_requests_of_many_callers_leave_one_record_each(exchange: Exchange) -> None:
    last = exchange.node.last_record()
    with ThreadPoolExecutor(CALLERS) as callers:
        rounds = list(callers.map(lambda _: one_round(exchange), range(CALLERS * ROUNDS)))

    records = exchange.node.records_after(last)

    left = Counter((one.transaction, one.outcome, bool(one.patients)) for one in records)
    assert left == sum(rounds, Counter())
    assert len({one.request_id for one in records}) == len(records)
    whole = exchange.node.administer(
        "from naru.audit.services import verify_chain; print(len(verify_chain()))"
    )
    assert whole.strip() == "0"


def test_a_record_says_who_asked_of_whom_and_what_was_decided(exchange: Exchange) -> None:
    a, b = exchange.caller(HUB_A), exchange.caller(HUB_B)
    patient = exchange.registered(HUB_A)
    consents(a, patient, GRANT, received=[b])
    entry, _ = registers(a, patient)
    last = exchange.node.last_record()

    b.retrieve(f"{HUB_A}.9", entry.unique_id)

    (record,) = exchange.node.records_after(last)
    assert str(record.institution) == exchange.institutions[HUB_B]
    assert len(record.patients) == 1
    assert [(one.kind, one.id) for one in record.objects] == [("document", entry.unique_id)]
    assert [(one.permitted, one.rule) for one in record.decisions] == [(True, 14)]


def test_nothing_of_a_person_stands_in_the_clear_part_of_a_record(exchange: Exchange) -> None:
    patient = exchange.registered(HUB_A)
    exchange.caller(HUB_B).ask(FindDocuments(patient_id=patient, status=APPROVED))

    bodies = [bytes(row[0]) for row in exchange.node.rows("SELECT body FROM audit_record")]

    for personal in (patient.value, "김나루", "TEST-", "19900101"):
        assert not any(personal.encode() in body for body in bodies)


@contextmanager
def no_room_for_records(node: Node) -> Iterator[None]:
    """The audit's table cannot be written."""
    node.lost_its_audit = True
    node.change("ALTER TABLE audit_record RENAME TO audit_record_elsewhere")
    try:
        yield
    finally:
        node.change("ALTER TABLE audit_record_elsewhere RENAME TO audit_record")


def check_no_answer(answer: Answer) -> None:
    assert answer.status == 500
    assert answer.fault is not None
    assert answer.fault.code is FaultCode.RECEIVER
    assert "so that none is answered" in answer.fault.reason
    assert CONTENT not in answer.content


def test_without_audit_there_is_no_answer_and_no_change(exchange: Exchange) -> None:
    node, a, b = exchange.node, exchange.caller(HUB_A), exchange.caller(HUB_B)
    patient = exchange.registered(HUB_A)
    consents(a, patient, GRANT, received=[b])
    entry, _ = registers(a, patient)
    query = adhoc_query.to_ebxml(
        adhoc_query.AdhocQueryRequest(
            query=FindDocuments(patient_id=patient, status=APPROVED),
            return_type=ReturnType.LEAF_CLASS,
        )
    )
    before, last = node.holdings(), node.last_record()

    with no_room_for_records(node):
        check_no_answer(b.retrieve(f"{HUB_A}.9", entry.unique_id))
        check_no_answer(b.soap(REGISTRY, QUERY_ACTION, query))
        check_no_answer(registers(a, patient)[1])
        check_no_answer(people.feed(a, people.newcomer(f"{HUB_A}.1")))
        check_no_answer(b.post(REGISTRY, SOAP_TYPE, b"no xml"))

    assert node.holdings() == before
    assert node.last_record() == last
    assert wire.given(b.retrieve(f"{HUB_A}.9", entry.unique_id))[0][1] == CONTENT
    assert len(node.records_after(last)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if (
        os.geteuid()
        or shutil.which("mount") is None
        or subprocess.run(mount, check=False).returncode
    ):
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Callable[[], None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return filler.unlink


@pytest.mark.skipif(
    bool(os.environ.get("NARU_TEST_DATABASE")), reason="the disk is that of the SQLite file"
)
def test_on_a_full_disk_nothing_is_answered_and_room_mends_it(
    small_disk: Path, codes: Path
) -> None:
    node = Node(data=small_disk / "data", options=("--sandbox", "--codes", str(codes)))
    node.start()
    caller, patient = Caller(node.port), people.newcomer()
    people.feed(caller, patient)
    entry = people.entry(patient, CONTENT)
    assert caller.provide(people.submission(patient, entry), CONTENT).errors == []
    (oid,) = node.rows("SELECT oid FROM repository_repository")[0]
    before = node.holdings()

    make_room = fill(small_disk)
    check_no_answer(caller.retrieve(oid, entry.unique_id))
    large = people.entry(patient, None)
    answer = caller.provide(people.submission(patient, large), bytes(200_000))
    assert answer.status == 500
    make_room()

    assert wire.given(caller.retrieve(oid, entry.unique_id))[0][1] == CONTENT
    assert node.holdings() == before
    assert caller.provide(people.submission(patient, people.entry(patient)), b"").errors == []
    node.stop()


def test_a_full_object_store_is_told_by_its_name(small_disk: Path, codes: Path) -> None:
    with fresh_database() as database:
        node = Node(
            data=small_disk.with_name("data"),
            database=database,
            options=("--sandbox", "--codes", str(codes)),
            variables={"NARU_OBJECTS": (small_disk / "objects").as_uri()},
        )
        node.start()
        caller, patient = Caller(node.port), people.newcomer()
        people.feed(caller, patient)
        make_room, last = fill(small_disk), node.last_record()
        entry = people.entry(patient)
        answer = caller.provide(people.submission(patient, entry), bytes(20_000))
        assert answer.errors == ["XDSRepositoryOutOfResources"]
        (record,) = node.records_after(last)
        assert record.errors == ("XDSRepositoryOutOfResources",)
        consumer = Consumer(f"http://127.0.0.1:{node.port}/fhir")
        sent = mhd.bundle(patient, bytes(20_000))
        assert issue(consumer.provide(sent)) == (507, "XDSRepositoryOutOfResources")
        make_room()
        assert consumer.provide(sent).status_code == 200
        answer = caller.provide(people.submission(patient, entry), bytes(20_000))
        assert answer.errors == []
        node.stop()
