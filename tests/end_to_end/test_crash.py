"""Kill -9 in the middle of everything: nothing acknowledged is lost and nothing is half."""

import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import GetDocuments
from tests.end_to_end import people, wire
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller

READY_AGAIN = 5.0
"""Seconds from a start to a node that answers, whatever happened before."""
BUSY = 4
"""How much longer it may take where other tests share the machine."""

SENDERS = 4
BROKEN = (OSError, http.client.HTTPException)
SIZES = (10, 13_000, 70_000, 300_000)


@dataclass
class Load:
    """Senders who note what was acknowledged, and ask for it now and then."""

    node: Node
    repository: str
    patient: Identifier
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    unanswered: dict[str, bytes] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def run(self, seed: int) -> None:
        chosen, caller = random.Random(seed), Caller(self.node.port, timeout=10)
        while not self.stop.is_set():
            try:
                self._send(caller, chosen)
                self._read(caller, chosen)
            except BROKEN:
                caller.close()
                time.sleep(0.01)

    def _send(self, caller: Caller, chosen: random.Random) -> None:
        content = chosen.randbytes(chosen.choice(SIZES))
        entry = people.entry(self.patient, content, "application/octet-stream")
        with self.lock:
            self.unanswered[entry.unique_id] = content
        answer = caller.provide(people.submission(self.patient, entry), content)
        assert answer.errors == []
        with self.lock:
            self.acknowledged[entry.unique_id] = content

    def _read(self, caller: Caller, chosen: random.Random) -> None:
        with self.lock:
            unique_id, content = chosen.choice(list(self.acknowledged.items()))
        ((_, octets),) = wire.given(caller.retrieve(self.repository, unique_id))
        assert octets == content


@pytest.fixture
def node(tmp_path: Path, codes: Path) -> Iterator[Node]:
    with fresh_database() as database:
        options = ("--sandbox", "--codes", str(codes))
        yield Node(data=tmp_path / "data", database=database, options=options)


def begun_load(node: Node) -> Load:
    node.start()
    caller, patient = Caller(node.port), people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    (repository,) = node.rows("SELECT oid FROM repository_repository")[0]
    return Load(node, str(repository), patient)


def check_whole(load: Load) -> None:
    """What was acknowledged is there; what was not is there whole or not at all."""
    caller = Caller(load.node.port)
    for unique_id, content in load.unanswered.items():
        found = caller.ask(GetDocuments(unique_ids=(unique_id,))).objects.entries
        given = wire.given(caller.retrieve(load.repository, unique_id))
        assert [octets for _, octets in given] == [content] * len(found)
        assert len(found) <= 1
        if unique_id in load.acknowledged:
            assert found
    registered = load.node.rows("SELECT count(*) FROM registry_entry")[0][0]
    committed = load.node.rows("SELECT count(*) FROM ledger_commitment")[0][0]
    packages = load.node.rows("SELECT count(*) FROM registry_package")[0][0]
    assert registered == committed == packages
    # A change and its record are durable together.
    records = [one for one in load.node.records_after(0) if one.transaction == "ITI-41"]
    assert len([one for one in records if not one.outcome]) == registered
    flaws = load.node.administer(
        "from naru.audit.services import verify_chain; print(verify_chain())"
    )
    assert flaws.strip() == "()"


def finish(load: Load, senders: list[Future[None]]) -> None:
    load.stop.set()
    for sender in senders:
        sender.result()


def kill_a_process(node: Node, chosen: random.Random, number: int) -> None:
    """A web worker, or every fourth time the process that holds the listeners."""
    with suppress(IndexError, ProcessLookupError):
        victim = node.web() if number % 4 == 3 else chosen.choice(node.workers())
        os.kill(victim, signal.SIGKILL)


def kill_and_start(node: Node, within: float) -> None:
    node.kill()
    seconds = node.start()
    assert seconds < within


def test_killed_processes_lose_nothing_that_was_acknowledged(node: Node) -> None:
    survive(node, rounds=1, workers=4, whole=1, within=BUSY * READY_AGAIN)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(node: Node) -> None:
    survive(node, rounds=20, workers=7, whole=3, within=READY_AGAIN)


def survive(node: Node, *, rounds: int, workers: int, whole: int, within: float) -> None:
    """Rounds, since a supervisor whose processes die without end gives up, and rightly so."""
    load, chosen = begun_load(node), random.Random(20261120)
    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(load.run, seed) for seed in range(SENDERS)]
        try:
            for _ in range(rounds):
                for number in range(workers):
                    time.sleep(chosen.uniform(0.1, 0.5))
                    kill_a_process(node, chosen, number)
                for _ in range(whole):
                    time.sleep(chosen.uniform(0.1, 0.8))
                    kill_and_start(node, within)
            time.sleep(0.3)
        finally:
            finish(load, senders)
    assert len(load.acknowledged) > rounds * (workers + whole)
    check_whole(load)
    node.stop()


def test_a_kill_of_the_process_that_drains_the_outbox_is_made_good(node: Node) -> None:
    load = begun_load(node)
    caller = Caller(node.port)
    for _ in range(20):
        entry = people.entry(load.patient, b"x")
        caller.provide(people.submission(load.patient, entry), b"x")
    os.kill(node.pids["worker"], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while node.rows("SELECT count(*) FROM ledger_ordered")[0][0] < 20:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    positions = [row[0] for row in node.rows("SELECT position FROM ledger_ordered ORDER BY 1")]
    assert positions == list(range(positions[0], positions[0] + 20))
    node.stop()
