"""Patients who consent and withdraw while many read at every kind of door of a real node."""

import http.client
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any, Final

from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.formats.ebxml import adhoc_query
from tests.end_to_end import people, wire
from tests.end_to_end.institutions import CONTENT, HUB_A, HUB_B, Exchange
from tests.end_to_end.node import ENTER, environment
from tests.end_to_end.wire import Caller

PATIENCE: Final = 60.0
SPREAD: Final = 0.05
"""Seconds over which a round's readers begin; a withdrawal takes about a tenth of it."""
OF_ONE: Final = 250
"""Rounds with one patient. A person's acts are folded as often as they say another, and nobody
says twenty thousand: the time of each act would grow with the race."""

_SPEAKING = """
import time
from uuid import uuid4
from importlib import import_module
from django.conf import settings
from django.db import transaction
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.exchange.consent import acts as consent
from naru.exchange.access import Access, changing
from naru.patients import queries as patients
from naru.ui import viewing
def say(word):
    caller = Caller(role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION, patient=key)
    access = Access(transaction="consent", caller=caller, time=timezone.now())
    committed = []
    with changing(access):
        if word == "grant":
            consent.grant_within(access, key, from_date=today, text_version="TEST-1")
        else:
            consent.withdraw_within(access, key, text_version="TEST-1")
        transaction.on_commit(lambda: committed.append(time.time()))
    return [access.time.timestamp(), *committed]
def look_from(institution):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["viewing-" + viewing.PATIENT] = str(key)
    session["viewing-" + viewing.INSTITUTION] = institution
    session.save()
    return session.session_key
for line in sys.stdin:
    word, *about = json.loads(line)
    if word == "patient":
        key = patients.resolve(Identifier(*about)).patient
        told = str(key)
    else:
        told = look_from(*about) if about else say(word)
    print(json.dumps(told), flush=True)
"""


@dataclass
class Patient:
    """Whoever is the patient now, as a process of their own beside the node's."""

    process: subprocess.Popen[str]

    def becomes(self, patient: Identifier) -> None:
        """From now on this patient speaks."""
        self._told("patient", patient.value, patient.authority)

    def says(self, word: str) -> tuple[float, float]:
        """When the act was said, and when it had been committed."""
        said, committed = self._told(word)
        return said, committed

    def shown_from(self, institution: str) -> str:
        """The session of a clinician who has chosen this patient at a demo's page."""
        return str(self._told("session", institution))

    def _told(self, *words: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(words)}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@dataclass
class Reader:
    """One who reads the same document over and over at one door, on a connection of their own."""

    door: str
    read: Callable[[], bytes]
    sign: bytes
    close: Callable[[], None]
    begun: float = 0.0
    ended: float = 0.0
    granted: bool = False

    def reads(self) -> None:
        self.begun = time.time()
        answer = self.read()
        self.ended = time.time()
        self.granted = self.sign in answer


def _the_same_each_time() -> random.Random:
    return random.Random(32)


@dataclass
class Race:
    """What is raced for: one document of one patient at a time, on one node."""

    exchange: Exchange
    patient: Patient
    together: int
    """How many read at once."""
    chance: random.Random = field(default_factory=_the_same_each_time)
    granted: int = 0
    refused_after: int = 0

    def run(self, rounds: int) -> None:
        """So many withdrawals, each amid one read by every reader."""
        with ThreadPoolExecutor(self.together) as pool:
            for begun in range(0, rounds, OF_ONE):
                with _reading(self.exchange, self.patient, self.together) as readers:
                    for _ in range(min(OF_ONE, rounds - begun)):
                        self._round(pool, readers)

    def _round(self, pool: ThreadPoolExecutor, readers: Sequence[Reader]) -> None:
        last = self.exchange.node.last_record()
        self.patient.says("grant")
        together = Barrier(len(readers) + 1)
        withdrawn = Event()
        running = [
            pool.submit(self._takes_part, one, number, together, withdrawn)
            for number, one in enumerate(readers)
        ]
        together.wait(PATIENCE)
        time.sleep(self.chance.uniform(0, SPREAD))
        _, committed = self.patient.says("withdraw")
        withdrawn.set()
        for one in running:
            one.result(PATIENCE)
        self._judge(readers, committed, last)

    def _takes_part(self, reader: Reader, number: int, together: Barrier, withdrawn: Event) -> None:
        delay = self.chance.uniform(0, SPREAD)
        together.wait(PATIENCE)
        if number % 8 == 0:
            # The sharpest moment: at once after the patient is told that it is done.
            withdrawn.wait(PATIENCE)
        else:
            time.sleep(delay)
        reader.reads()

    def _judge(self, readers: Sequence[Reader], committed: float, last: int) -> None:
        for one in readers:
            late = one.begun > committed
            assert not (late and one.granted), f"{one.door}: given after the withdrawal"
            self.granted += one.granted
            self.refused_after += late
        for record in self.exchange.node.records_after(last):
            given = any(one.permitted for one in record.decisions)
            is_read = record.patient is None
            late = record.time.timestamp() > committed
            assert not (given and is_read and late), f"{record.transaction}: decided for too late"


@contextmanager
def prepared(exchange: Exchange, readers: int) -> Iterator[Race]:
    """A race of so many readers, at a node that runs."""
    node = exchange.node
    variables = {**node.variables, "NARU_DATA": str(node.data), "NARU_DATABASE": node.database}
    process = subprocess.Popen(
        [sys.executable, "-c", f"{ENTER}\n{_SPEAKING}"],
        env=environment(**{name: one for name, one in variables.items() if one}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:  # Its input ends with the block, and so does it.
        yield Race(exchange, Patient(process), readers)
    assert process.returncode == 0


@contextmanager
def _reading(exchange: Exchange, speaking: Patient, readers: int) -> Iterator[Sequence[Reader]]:
    """A document of a new patient of one hospital, and so many readers at another."""
    with closing(exchange.caller(HUB_A)) as source, closing(exchange.caller(HUB_B)) as receiver:
        patient = exchange.registered(HUB_A)
        speaking.becomes(patient)
        speaking.says("grant")
        entry = _registered(source, patient)
        receiver.receives(patient)
    session = speaking.shown_from(exchange.institutions[HUB_B])
    made = [*_readers(exchange, patient, entry, session)]
    taking_part = [made[one % len(made)]() for one in range(readers)]
    yield taking_part
    for each in taking_part:
        each.close()


def _registered(source: Caller, patient: Identifier) -> DocumentEntry:
    """A document that any consent covers, also one that is given again after midnight."""
    later = f"{korean_day(datetime.now(UTC)) + timedelta(days=2):%Y%m%d}"
    entry = replace(
        people.entry(patient, CONTENT), service_start_time=later, service_stop_time=later
    )
    answer = source.provide(people.submission(patient, entry), CONTENT)
    assert answer.errors == [], answer.content
    return entry


def _readers(
    exchange: Exchange, patient: Identifier, entry: DocumentEntry, session: str
) -> Iterator[Callable[[], Reader]]:
    """One of each door; the sign by which a document is given stands beside the door."""
    unique_id, uuid = entry.unique_id.encode(), entry.entry_uuid.removeprefix("urn:uuid:")
    query = adhoc_query.to_ebxml(
        adhoc_query.AdhocQueryRequest(
            query=FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,)),
            return_type=ReturnType.LEAF_CLASS,
        )
    )
    find = f"/fhir/DocumentReference?patient.identifier=urn:oid:{patient.authority}|{patient.value}"

    def queries() -> Reader:
        caller = exchange.caller(HUB_B)
        return Reader(
            "ITI-18",
            lambda: caller.soap(wire.REGISTRY, wire.QUERY_ACTION, query).content,
            unique_id,
            caller.close,
        )

    def retrieves() -> Reader:
        caller = exchange.caller(HUB_B)
        retrieved = lambda: caller.retrieve(f"{HUB_A}.9", entry.unique_id).content  # noqa: E731  # As the others.
        return Reader("ITI-43", retrieved, CONTENT, caller.close)

    def gets(path: str, sign: bytes) -> Callable[[], Reader]:
        def made() -> Reader:
            caller = exchange.caller(HUB_B)
            got = lambda: caller.post(path, "", b"", method="GET").content  # noqa: E731  # As above.
            return Reader(path, got, sign, caller.close)

        return made

    def looks() -> Reader:
        page = _Page(exchange.node.port, session)
        return Reader("page clinic", page.look, unique_id, page.close)

    yield from (queries, retrieves, gets(find, unique_id))
    yield gets(f"/fhir/DocumentReference/{uuid}", unique_id)
    yield gets(f"/fhir/Binary/{uuid}", CONTENT)
    yield looks


class _Page:
    """The clinician's page, looked at over and over."""

    def __init__(self, port: int, session: str) -> None:
        self._cookie = {"Cookie": f"naru-session={session}"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def look(self) -> bytes:
        self._connection.request("GET", "/clinic", headers=self._cookie)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        return content

    def close(self) -> None:
        self._connection.close()
