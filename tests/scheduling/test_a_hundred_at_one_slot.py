"""A hundred at one slot at the same moment, half at a page, half by an EMR, over real sockets."""

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.db import connections

from naru.domain.caller import Role
from naru.node import peer
from naru.node.wsgi import application
from naru.scheduling import models
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient
from tests.ports import free_port
from tests.scheduling.doctors import doctor, slots
from tests.scheduling.emr import Emr, appointment

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 100
THREADS = 16
DIARY = "/clinic/appointments"
Answer = tuple[int, str]


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


class Server(WSGIServer):
    """The pages over real sockets, on as many threads as a node has at most."""

    request_queue_size = 2 * AT_ONCE
    threads = ThreadPoolExecutor(THREADS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.threads.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)
            connections.close_all()


@pytest.fixture
def emr(tmp_path: Path) -> Emr:
    return Emr(Hospital(), tmp_path)


@pytest.fixture
def address(emr: Emr) -> Iterator[str]:
    def answered(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        # As the node's own server does for a connection by mutual TLS.
        peer._current.certificate = emr.certificate
        try:
            return application(environ, start_response)
        finally:
            peer._current.certificate = None

    server = Server(("127.0.0.1", free_port()), WSGIRequestHandler)
    server.set_app(answered)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.threads.shutdown()
    server.server_close()


class Browser:
    """A connection of its own with the coordinator's cookies."""

    def __init__(self, address: str, session: str) -> None:
        where = urlsplit(address)
        self.connection = http.client.HTTPConnection(where.netloc, timeout=60)
        self.headers = {"Cookie": f"naru-session={session}", "Host": where.netloc}

    def get(self, path: str) -> str:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        token = re.search(r"csrftoken=([^;]+)", answer.headers["Set-Cookie"])
        assert token is not None
        self.headers["Cookie"] += f"; csrftoken={token[1]}"
        return answer.read().decode()

    def post(self, path: str, kind: str, body: str) -> tuple[int, str]:
        headers = {**self.headers, "Content-Type": kind}
        self.connection.request("POST", path, body.encode(), headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def test_exactly_one_gets_it_and_the_others_are_told_the_next_free_times(
    address: str, emr: Emr
) -> None:
    here = emr.hospital
    schedule = doctor(here)
    first, second, *_ = slots(schedule)
    people = [here.patient() for _ in range(AT_ONCE)]
    session = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나").cookies["naru-session"]
    looks = Browser(address, session.value)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', looks.get(DIARY))
    looks.connection.close()
    assert token is not None
    start, pages, emrs = threading.Barrier(AT_ONCE), list[Answer](), list[Answer]()

    def asks(path: str, kind: str, body: str, told: list[Answer]) -> None:
        browser = Browser(address, session.value)
        browser.headers = looks.headers
        browser.connection.connect()
        start.wait()
        told.append(browser.post(path, kind, body))
        browser.connection.close()

    def presses(patient: Patient) -> None:
        form = {"csrfmiddlewaretoken": token[1], "patient": patient.key, "once": uuid4()}
        form |= {"slot": first.name}
        asks(f"{DIARY}/book", "application/x-www-form-urlencoded", urlencode(form), pages)

    def books(patient: Patient) -> None:
        body = json.dumps(appointment(patient, first))
        asks("/fhir/Appointment", "application/fhir+json", body, emrs)

    threads = [
        threading.Thread(target=(presses, books)[number % 2], args=(one,))
        for number, one in enumerate(people)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    made = [status for status, _ in (*pages, *emrs) if status != 409]
    assert made in ([302], [201]), Counter(made)
    assert {len(pages), len(emrs)} == {AT_ONCE // 2}
    for status, page in pages:
        if status == 409:
            assert "그 시간은 방금 다른 분이 예약했습니다" in page
            assert str(second.name) in page
    for status, outcome in emrs:
        if status == 409:
            assert json.loads(outcome)["issue"][1]["diagnostics"].endswith(f"/{second.name}")
    booked = models.Appointment.objects.get(schedule__schedule=schedule.id)
    (record,) = emr.found(f"Appointment?slot=Slot/{first.name}")
    assert record["id"] == str(booked.appointment)
