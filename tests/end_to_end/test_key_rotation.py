"""Keys are rotated beside a node that is used, and killed in the middle: nothing is unreadable."""

import http.client
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock
from uuid import uuid4

import httpx
import pytest

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import PatientAdd
from naru.domain.patient_query import PatientQuery
from naru.domain.person import PatientRecord, PersonName
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.security import key_file
from naru.security.key_file import Step
from tests.end_to_end import people, wire
from tests.end_to_end.node import NARU, PATIENCE, Node, environment, fresh_database
from tests.end_to_end.test_fhir_records import JSON, ids, observation, token
from tests.end_to_end.wire import FEED_ACTION, PIX, Caller

SETTLE = 12
"""Seconds of a step: longer than the command takes to start on a machine that others use."""
READERS, WRITERS = 3, 2
BROKEN = (OSError, http.client.HTTPException, httpx.TransportError)


@dataclass(frozen=True)
class Kept:
    """One person with a document and a record, all of them acknowledged."""

    patient: Identifier
    given: str
    document: str
    content: bytes
    observation: str


@dataclass
class Load:
    """Writers who note what was acknowledged, and readers who ask for it in every way."""

    node: Node
    repository: str
    kept: list[Kept] = field(default_factory=list)
    reads: int = 0
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def write(self, seed: int) -> None:
        chosen = random.Random(seed)
        self._again_and_again(lambda caller, fhir: self._write(caller, fhir, chosen))

    def read(self, seed: int) -> None:
        chosen = random.Random(seed)

        def once(caller: Caller, fhir: httpx.Client) -> None:
            with self.lock:
                # Old and new alike: half of the time one of the first, which were sealed long ago.
                among = self.kept[:20] if chosen.random() < 0.5 else self.kept
                one = chosen.choice(among)
            self.check(one, caller, fhir)
            with self.lock:
                self.reads += 1

        self._again_and_again(once)

    def _again_and_again(self, once: Callable[[Caller, httpx.Client], None]) -> None:
        caller = Caller(self.node.port, timeout=20)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.node.port}/fhir/", timeout=20) as fhir:
            while not self.stop.is_set():
                try:
                    once(caller, fhir)
                except BROKEN:  # The node was killed and is not back yet.
                    caller.close()
                    time.sleep(0.05)

    def _write(self, caller: Caller, fhir: httpx.Client, chosen: random.Random) -> None:
        patient, given = people.newcomer(), uuid4().hex
        name = PersonName(text=f"김{given}", family="김", given=(given,))
        told = people.person(patient).demographics
        demographics = replace(told, names=(name,))
        record = PatientRecord(identifiers=(patient,), demographics=demographics)
        fed = caller.soap(PIX, FEED_ACTION, people.feed_message(PatientAdd(record=record)))
        assert people.acknowledgement(fed) == "CA"
        content = chosen.randbytes(chosen.choice((10, 70_000)))
        entry = people.entry(patient, content, "application/octet-stream")
        assert caller.provide(people.submission(patient, entry), content).errors == []
        answer = fhir.post("Observation", json=observation(patient), headers=JSON)
        assert answer.status_code == 201, answer.text
        with self.lock:
            self.kept.append(Kept(patient, given, entry.unique_id, content, answer.json()["id"]))

    def check(self, one: Kept, caller: Caller, fhir: httpx.Client) -> None:
        """By every token and seal: identifier, name, document, its bytes, record and its terms."""
        query = FindDocuments(patient_id=one.patient, status=(AvailabilityStatus.APPROVED,))
        (entry,) = caller.ask(query).objects.entries
        assert (entry.unique_id, entry.title) == (one.document, people.ENTRY.title)
        ((_, octets),) = wire.given(caller.retrieve(self.repository, one.document))
        assert octets == one.content
        (found,) = people.asks_who(
            caller, PatientQuery(names=(PersonName(family="김", given=(one.given,)),))
        )
        assert one.patient in found.record.identifiers
        found_ids = ids(fhir.get(f"Observation?patient.identifier={token(one.patient)}").json())
        assert found_ids == [one.observation]
        coded = f"Observation?patient.identifier={token(one.patient)}&code=http://loinc.org|8480-6"
        assert ids(fhir.get(coded).json()) == [one.observation]


@pytest.fixture
def node(tmp_path: Path, codes: Path) -> Iterator[Node]:
    with fresh_database() as database:
        options = ("--sandbox", "--codes", str(codes), "--workers", "2")
        found = Node(data=tmp_path / "data", database=database, options=options)
        yield found
        if found.process is not None and found.process.poll() is None:
            found.kill()


def keys(node: Node, *words: str, refused: str = "") -> str:
    """`naru keys …`, as its operator types it."""
    ran = subprocess.run(
        [NARU, "keys", *words, "--data", node.data],
        env=environment(**node.variables | {"NARU_DATABASE": node.database}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == (1 if refused else 0), ran.stderr
    assert refused in ran.stderr
    return ran.stdout


def step(node: Node) -> Step:
    ring = key_file.read(node.data / "keys")
    assert ring is not None
    return ring.step


def wait_for(node: Node, wanted: Step, load: Load) -> None:
    deadline = time.monotonic() + 3 * PATIENCE
    while step(node) is not wanted:
        assert time.monotonic() < deadline, keys(node, "status")
        assert not load.stop.is_set()
        time.sleep(0.05)


def sealed_numbers(node: Node) -> set[int]:
    """Under which generations anything is sealed that can be sealed again."""
    columns = {
        "patients_source_record": "sealed",
        "patients_identifier": "sealed",
        "registry_entry": "sealed",
        "registry_package": "sealed",
        "records_version": "sealed",
        "repository_document": "sealed_key",
        "ledger_commitment": "sealed_key",
        "node_mark": "sealed",
    }
    found: set[int] = set()
    for table, column in columns.items():
        rows = node.rows(f"SELECT DISTINCT substr({column}, 2, 2) FROM {table}")
        found |= {int.from_bytes(bytes(row[0])) for row in rows}
    return found


@pytest.fixture
def load(node: Node) -> Load:
    """A load on a node that has started; nothing is written yet."""
    node.start()
    (repository,) = node.rows("SELECT oid FROM repository_repository")[0]
    return Load(node, str(repository))


@contextmanager
def at_work(load: Load, people: int) -> Iterator[None]:
    """Writers and, once there are so many people, readers; what any of them missed is raised."""
    with ThreadPoolExecutor(READERS + WRITERS) as pool:
        try:
            working = [pool.submit(load.write, seed) for seed in range(WRITERS)]
            while len(load.kept) < people:
                time.sleep(0.05)
                assert not any(one.done() for one in working), working
            working += [pool.submit(load.read, 100 + seed) for seed in range(READERS)]
            yield
        finally:
            load.stop.set()
        for one in working:
            one.result()


def goes_on(load: Load, seconds: float) -> None:
    """People are read meanwhile."""
    reads = load.reads
    time.sleep(seconds)
    assert load.reads > reads


def check_everybody(load: Load) -> None:
    caller = Caller(load.node.port)
    with httpx.Client(base_url=f"http://127.0.0.1:{load.node.port}/fhir/", timeout=20) as fhir:
        for one in load.kept:
            load.check(one, caller, fhir)


def test_keys_are_rotated_beside_readers_and_writers_of_a_running_node(
    node: Node, load: Load
) -> None:
    with at_work(load, 5):
        keys(node, "rotate", "--settle", "3")
        wait_for(node, Step.SETTLED, load)
        goes_on(load, 0.5)
    assert sealed_numbers(node) == {2}
    check_everybody(load)
    node.stop()


@pytest.mark.timeout(240)
@pytest.mark.long
def test_keys_are_rotated_under_load_and_kill_9_and_nothing_is_unreadable(
    node: Node, load: Load
) -> None:
    with at_work(load, 30):
        old_root = (node.data / "keys" / "master.key").read_bytes()
        assert keys(node, "rotate", "--settle", str(SETTLE)).strip() == "2"
        keys(node, "rotate", refused="goes on")
        keys(node, "retire", "1", refused="in use")
        wait_for(node, Step.RESEALING, load)
        time.sleep(0.3)  # In the middle of the sealing again.
        node.kill()
        assert step(node) is Step.RESEALING
        node.start()
        wait_for(node, Step.SETTLED, load)
        goes_on(load, SETTLE)
        keys(node, "retire", "1")
        goes_on(load, 1)
    assert sealed_numbers(node) == {2}
    assert keys(node, "list").split("\t")[0] == "2"
    held = b"".join(one.read_bytes() for one in (node.data / "keys").iterdir())
    assert old_root not in held
    check_everybody(load)
    flaws = node.administer("from naru.audit.services import verify_chain; print(verify_chain())")
    assert flaws.strip() == "()"
    node.stop()
    node.start()  # What the ring says is enough for a start, too.
    node.stop()
