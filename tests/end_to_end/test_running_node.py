"""What an operator sees of a node: its memory, its ready file, its end."""

import json
import threading
import time
from pathlib import Path

import pytest

from tests.end_to_end import people, raw, wire
from tests.end_to_end.node import Node, children
from tests.end_to_end.wire import Caller

MIB = 1024 * 1024
IDLE = 300 * MIB
"""The most that all processes of an idle node use, shared pages counted once."""


def family(pid: int) -> list[int]:
    return [pid, *(one for child in children(pid) for one in family(child))]


def pss(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.partition("Pss:")[2].split()[0]) * 1024


@pytest.fixture
def node(tmp_path: Path, codes: Path) -> Node:
    """A node of its own with every role, on the default database."""
    return Node(data=tmp_path / "data", options=("--sandbox", "--codes", str(codes)))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's /proc")
def test_an_idle_node_with_every_role_is_small(node: Node) -> None:
    node.start()
    caller, patient = Caller(node.port), people.newcomer()
    for _ in range(20):  # Both workers have answered something.
        people.feed(caller, patient)
        caller.close()
    assert sum(pss(pid) for pid in family(node.pids["supervisor"])) < IDLE
    node.stop()


def test_the_ready_file_names_every_process_and_every_door(node: Node) -> None:
    node.start()
    told = json.loads(node.ready_file.read_text())
    assert sorted(told["pids"]["workers"]) == sorted(node.workers())
    assert told["endpoints"]["/ihe/registry"] == f"http://127.0.0.1:{node.port}/ihe/registry"
    every = {told["pids"]["supervisor"], told["pids"]["web"], told["pids"]["worker"]}
    assert every | set(told["pids"]["workers"]) == set(family(told["pids"]["supervisor"]))
    node.stop()
    assert not node.ready_file.exists()


def test_a_node_that_is_told_to_stop_finishes_what_it_has_begun(node: Node) -> None:
    node.start()
    caller, patient = Caller(node.port), people.newcomer()
    people.feed(caller, patient)
    content = bytes(200_000)
    entry = people.entry(patient, content, "application/octet-stream")
    content_type, body = wire.provided(people.submission(patient, entry), content)
    sent = raw.request(wire.REPOSITORY, content_type, body)
    stopping = threading.Thread(target=node.stop)
    with raw.connect(node.port) as sock:
        sock.sendall(sent[:100_000])
        time.sleep(0.2)
        stopping.start()
        time.sleep(0.5)
        sock.sendall(sent[100_000:])
        answer = raw.receive(sock)
    stopping.join()
    assert answer.errors == []
    assert node.rows("SELECT count(*) FROM registry_entry")[0][0] == 1


def test_what_was_registered_is_there_after_a_restart(node: Node) -> None:
    node.start()
    caller, patient = Caller(node.port), people.newcomer()
    people.feed(caller, patient)
    entry = people.entry(patient, b"<a/>")
    assert caller.provide(people.submission(patient, entry), b"<a/>").errors == []
    (repository,) = node.rows("SELECT oid FROM repository_repository")[0]
    caller.close()
    node.stop()

    node.start()
    ((_, octets),) = wire.given(caller.retrieve(repository, entry.unique_id))
    assert octets == b"<a/>"
    node.stop()
