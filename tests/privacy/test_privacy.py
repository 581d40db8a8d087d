"""R33: after all that people and peers do with a node, nobody can be read where data lie or leak.

Searched are the data folder (database, its log, objects, keys, audit heads), the log with its URLs
and tracebacks, whatever a crash leaves, and the captured traffic of the loopback. Inside TLS the
wire standards carry names and numbers, and nowhere else.
"""

import json
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from naru.domain.codes import LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day, midnight
from naru.domain.patient_messages import PatientAdd
from naru.domain.patient_query import PatientQuery
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.scheduling import SlotName
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from tests.end_to_end import people as messages
from tests.end_to_end.institutions import (
    GRANT,
    HUB_A,
    HUB_B,
    STRANGER,
    WITHDRAW,
    Exchange,
    affinity_identifier,
    consents,
)
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import FEED_ACTION, PIX, REPOSITORY, SOAP_TYPE, Caller
from tests.ports import free_port
from tests.privacy.scan import Person, Scan, people

RESIDENT_NUMBERS = "2.999.77"
FHIR = "application/fhir+json"
SCHEDULE = UUID("3a8e6f0c-7d0a-4c6e-8d55-7d0a4c6e8d55")


class Tap:
    """Whoever listens on the wire: passes everything on, and keeps what passed."""

    def __init__(self, node_port: int, file: Path) -> None:
        self.port = free_port()
        self._node_port = node_port
        self._file = file.open("ab")
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Hang up, and leave the file whole."""
        if self._file.closed:
            return
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in (self._listening, *self._open):
            one.close()
        self._file.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._open.add(near)
                far = socket.create_connection(("127.0.0.1", self._node_port))
                self._open.add(far)
                for one, other in ((near, far), (far, near)):
                    thread = threading.Thread(target=self._pass_on, args=(one, other))
                    self._threads.append(thread)
                    thread.start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while octets := one.recv(65536):
                self._file.write(octets)
                other.sendall(octets)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


class Doings:
    """What is done with a node: in every way that names people."""

    def __init__(self, exchange: Exchange, wire: Tap, pages: Tap) -> None:
        self.exchange = exchange
        self.wire = wire
        self.pages = pages

    def caller(self, oid: str) -> Caller:
        found = self.exchange.caller(oid)
        found.port = self.wire.port
        return found

    def fhir(self, oid: str) -> httpx.Client:
        context = self.exchange.caller(oid).tls
        assert context is not None
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.wire.port}/fhir/", verify=context, timeout=60
        )

    def register(self, one: Person, caller: Caller) -> Identifier:
        own = Identifier(f"TEST-{one.number:06d}", f"{HUB_A}.1")
        record = PatientRecord(identifiers=(own,), demographics=demographics(one))
        told = messages.feed_message(PatientAdd(record=record))
        assert messages.acknowledgement(caller.soap(PIX, FEED_ACTION, told)) == "CA"
        return own

    def use(self, one: Person, own: Identifier, caller: Caller, fhir: httpx.Client) -> None:
        """A consent, a document that names the person, and every kind of question after it."""
        patient = affinity_identifier(caller, own)
        consents(caller, patient, GRANT)
        today = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
        entry = replace(
            messages.entry(patient, document(one)),
            service_start_time=today,
            service_stop_time=today,
            source_patient_id=own,
            source_patient_info=(
                f"PID-5|남궁^{one.given}",
                f"PID-13|{one.telephone}",
            ),
            title=(LocalizedString(f"{one.given}님의 진료의뢰서", "ko-KR"),),
            comments=(LocalizedString(f"{one.telephone}, {one.resident_number}", "ko-KR"),),
        )
        answer = caller.provide(messages.submission(patient, entry), document(one))
        assert answer.errors == [], answer.content.decode(errors="replace")
        query = FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,))
        assert caller.ask(query).objects.entries
        assert caller.retrieve(f"{HUB_A}.9", entry.unique_id).status == 200
        named = PatientQuery(names=(PersonName(family="남궁", given=(one.given,)),))
        assert messages.asks_who(caller, named)
        called = PatientQuery(telecoms=(Telecom(f"tel:{one.telephone}"),))
        messages.asks_who(caller, called)
        for asked in (
            f"Patient?family={quote('남궁')}&given={quote(one.given)}",
            f"Patient?phone={one.telephone}",
            f"Patient?identifier=urn:oid:{RESIDENT_NUMBERS}|{one.resident_number}",
            f"Patient?unheard={one.given}",
        ):
            fhir.get(asked)
        written = fhir.post(
            "Observation", json=observation(own, one), headers={"content-type": FHIR}
        )
        assert written.status_code == 201, written.text
        fhir.get(f"Observation/{written.json()['id']}")
        booked = fhir.post(
            "Appointment", json=appointment(own, one), headers={"content-type": FHIR}
        )
        assert booked.status_code == 201, booked.text
        again = {**booked.json(), "status": "cancelled", "comment": f"{one.given} 취소"}
        path = f"Appointment/{again['id']}"
        assert fhir.put(path, json=again, headers={"content-type": FHIR}).status_code == 200

    def refuse(self, one: Person, own: Identifier) -> None:
        """What is not allowed, not understood, or cut off in the middle."""
        record = PatientRecord(identifiers=(own,), demographics=demographics(one))
        feed = messages.feed_message(PatientAdd(record=record))
        stranger, other, caller = (self.caller(oid) for oid in (STRANGER, HUB_B, HUB_A))
        with suppress(OSError):
            stranger.soap(PIX, FEED_ACTION, feed)
        other.soap(PIX, FEED_ACTION, feed)
        broken = feed.encode()
        for octets in (
            broken[: len(broken) // 2],
            broken.replace(b"<", b"<<", 9),
            feed.encode("utf-16"),
            f"<!DOCTYPE a [<!ENTITY b '{one.given}'>]><a>&b;</a>".encode(),
        ):
            caller.post(PIX, SOAP_TYPE, octets)
        caller.post(REPOSITORY, f'multipart/related; boundary="{one.number}"', document(one))
        with self.fhir(HUB_A) as fhir:
            for content in (
                f'{{"resourceType":"Patient","name":[{{"text":"{one.given}"}}',
                f'{{"resourceType":"Patient","{one.given}":1}}',
                f'{{"resourceType":"{one.given}","telecom":"{one.telephone}"}}',
            ):
                fhir.post("Patient", content=content.encode(), headers={"content-type": FHIR})
            fhir.get(f"{quote(one.given)}/{one.resident_number}")
            fhir.get(f"Patient/{one.resident_number}")
            fhir.put(f"Patient?identifier={one.resident_number}", json={"a": one.given})
            fhir.get("metadata", headers={"authorization": f"Bearer {one.resident_number}"})
            fhir.get("Patient", headers={"accept": one.telephone, "x-name": quote(one.given)})

    def look_at_pages(self, one: Person) -> None:
        """Nobody is named in a page's address by the node; who types it is not written down."""
        with closing(socket.create_connection(("127.0.0.1", self.exchange.node.port))) as page:
            path = f"/portal/{quote(one.given)}?q={one.resident_number}&tel={one.telephone}"
            page.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            page.recv(65536)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.pages.port}", timeout=30) as browser:
            for path in ("/", "/portal/", "/console/", "/clinic/", "/.well-known/naru"):
                browser.get(path)

    def merge(self, survivor: Identifier, subsumed: Identifier, caller: Caller) -> None:
        assert messages.acknowledgement(messages.merge(caller, survivor, subsumed)) == "CA"

    def crash(self, one: Person, own: Identifier) -> None:
        """A table is gone under a request, so it ends in a traceback; then a worker dumps core."""
        node = self.exchange.node
        record = PatientRecord(identifiers=(own,), demographics=demographics(one))
        caller = self.caller(HUB_A)
        node.change("ALTER TABLE patients_search_token RENAME TO patients_gone")
        try:
            told = messages.feed_message(PatientAdd(record=record))
            caller.soap(PIX, FEED_ACTION, told)
            with self.fhir(HUB_A) as fhir:
                assert fhir.get(f"Patient?given={quote(one.given)}").status_code >= 500
        finally:
            node.change("ALTER TABLE patients_gone RENAME TO patients_search_token")
        victim = node.workers()[0]
        assert core_limit(victim) == "0"
        os.kill(victim, signal.SIGABRT)
        deadline = time.monotonic() + 30
        while victim in node.workers():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def core_limit(pid: int) -> str:
    """The largest core that the kernel writes of a process."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    (line,) = (one for one in lines if one.startswith("Max core file size"))
    return line.split()[5]


def demographics(one: Person) -> Demographics:
    return Demographics(
        names=(PersonName(text=f"남궁{one.given}", family="남궁", given=(one.given,)),),
        gender=Gender.FEMALE,
        birth_time="19900101",
        telecoms=(Telecom(f"tel:{one.telephone}"),),
        other_ids=(Identifier(one.resident_number, RESIDENT_NUMBERS),),
    )


def document(one: Person) -> bytes:
    words = f"남궁{one.given} {one.resident_number} {one.telephone}"
    return f"<referral>{words}</referral>".encode()


def observation(own: Identifier, one: Person) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "혈압"},
        "subject": {
            "display": f"남궁{one.given}",
            "identifier": {"system": f"urn:oid:{own.authority}", "value": own.value},
        },
        "effectiveDateTime": korean_day(datetime.now(UTC)).isoformat(),
        "note": [{"text": f"{one.telephone} {one.resident_number}"}],
        "valueQuantity": {"value": 1},
    }


def open_times(node: Node) -> None:
    """A schedule of hub A at which everybody can be booked: rooms that hold what is booked."""
    hours = json.dumps([[["00:00", "23:30"]]] * 7)
    columns = (
        "schedule, institution, department, practitioner, weekly, exceptions, minutes, capacity,"
        " closed_on_holidays, first"
    )
    said = f"'01^^TEST', '의사', '{hours}', '[]', 30, 100, 1 = 0, '2026-01-01'"
    node.change(
        f"INSERT INTO scheduling_schedule ({columns})"  # Our own words.
        f" SELECT '{SCHEDULE.hex}', one.key, {said} FROM directory_institution one"
        " JOIN directory_designation oid ON oid.institution_id = one.id"
        f" WHERE oid.system = 'oid' AND oid.value = '{HUB_A}'"
    )


def appointment(own: Identifier, one: Person) -> dict[str, object]:
    """A booking that says more of the person than it has to."""
    day = korean_day(datetime.now(UTC)) + timedelta(days=2)
    slot = SlotName(SCHEDULE, midnight(day) + timedelta(minutes=30 * (one.number % 40)))
    actor = {
        "type": "Patient",
        "display": f"남궁{one.given}",
        "identifier": {"system": f"urn:oid:{own.authority}", "value": own.value},
    }
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "description": f"남궁{one.given} {one.telephone}",
        "comment": one.resident_number,
        "slot": [{"reference": f"Slot/{slot}"}],
        "participant": [{"actor": actor, "status": "accepted"}],
    }


def do_everything(doings: Doings, everyone: list[Person]) -> None:
    own: dict[int, Identifier] = {}
    open_times(doings.exchange.node)

    def register(share: int) -> None:
        caller = doings.caller(HUB_A)
        for one in everyone[share::4]:
            own[one.number] = doings.register(one, caller)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(register, range(4)))
    caller = doings.caller(HUB_A)
    with doings.fhir(HUB_A) as fhir:
        for one in everyone[::10]:
            doings.use(one, own[one.number], caller, fhir)
    for one in everyone[::25]:
        doings.refuse(one, own[one.number])
        doings.look_at_pages(one)
    caller = doings.caller(HUB_A)  # The connection of the one before was idle for too long.
    # Two whose numbers differ are never merged; a numberless one may be.
    again = Identifier("TEST-AGAIN", f"{HUB_A}.1")
    record = PatientRecord(
        identifiers=(again,), demographics=replace(demographics(everyone[-1]), other_ids=())
    )
    told = messages.feed_message(PatientAdd(record=record))
    assert messages.acknowledgement(caller.soap(PIX, FEED_ACTION, told)) == "CA"
    doings.merge(own[everyone[-1].number], again, caller)
    consents(caller, affinity_identifier(caller, own[0]), WITHDRAW)
    doings.crash(everyone[3], own[3])


def dumped(node: Node) -> bytes:
    """What a PostgreSQL database holds, as its files would say it; nothing of SQLite's, a file."""
    if not node.database:
        return b""
    import psycopg

    found = []
    with psycopg.connect(node.database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            statement = f'COPY "{table}" TO STDOUT (FORMAT binary)'
            with connection.cursor().copy(statement) as rows:  # type: ignore[arg-type]  # Our own names.
                found += [bytes(one) for one in rows]
    return b"".join(found)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Exchange, Doings]]:
    with fresh_database() as database:
        exchange = Exchange.establish(tmp_path, database)
        variables = {**exchange.node.variables, "NARU_RRN_AUTHORITY": RESIDENT_NUMBERS}
        exchange.node.variables = variables
        exchange.node.start()
        wire = Tap(exchange.node.tls_port, tmp_path / "wire.captured")
        pages = Tap(exchange.node.port, tmp_path / "pages.captured")
        yield exchange, Doings(exchange, wire, pages)
        wire.close()
        pages.close()
        if exchange.node.process and exchange.node.process.poll() is None:
            exchange.node.kill()


def nobody_is_readable(place: tuple[Exchange, Doings], folder: Path, count: int) -> None:
    exchange, doings = place
    everyone = people(count)
    scan = Scan(everyone)
    do_everything(doings, everyone)
    node = exchange.node
    # Before it stops, so that the write-ahead log is there too, as after a power cut.
    node.kill()
    doings.wire.close()
    doings.pages.close()
    assert (folder / "wire.captured").stat().st_size > 1000 * count
    assert "OperationalError" in node.log or "ProgrammingError" in node.log  # Its trace is there.
    assert scan.of_folder(folder) == {}
    assert scan.of(dumped(node)) == set()
    assert not list(folder.rglob("core*"))
    # The same search finds somebody who is planted, so that its silence says something.
    where = node.data / "objects" / secrets.token_hex(4)
    where.write_bytes(everyone[5].given.encode("utf-16-le"))
    with node.data.with_name(f"{node.data.name}.log").open("a") as log:
        log.write(f'"GET /fhir/Patient?given={quote(everyone[6].given)} HTTP/1.1" 200\n')
    node.change(
        "INSERT INTO outbox_entry (kind, key, payload, state, available_at, attempts, reason)"
        f" VALUES ('planted', '{everyone[7].resident_number}', '', 'done', '2026-01-01', 0, '')"
    )
    found = scan.of_folder(folder)
    in_database = scan.of(dumped(node))
    for hits in found.values():
        in_database |= hits
    planted = {everyone[5].given, everyone[6].given}
    assert in_database == planted | {everyone[7].resident_number.replace("-", "")}


@pytest.mark.timeout(200)
def test_privacy_of_a_few_dozen_people_holds_wherever_data_lie(
    place: tuple[Exchange, Doings], tmp_path: Path
) -> None:
    nobody_is_readable(place, tmp_path, 40)


@pytest.mark.long
def test_privacy_of_a_thousand_people_holds_wherever_data_lie(
    place: tuple[Exchange, Doings], tmp_path: Path
) -> None:
    nobody_is_readable(place, tmp_path, 1000)
