"""A hundred people press one slot on a page at the same moment, over real sockets."""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connections

from naru.domain.caller import Role
from naru.scheduling import models
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient
from tests.ports import free_port
from tests.scheduling.doctors import doctor, slots

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 100
THREADS = 16
DIARY = "/clinic/appointments"


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
def address() -> Iterator[str]:
    server = Server(("127.0.0.1", free_port()), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
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

    def post(self, path: str, form: dict[str, object]) -> tuple[int, str]:
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, urlencode(form), headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def test_exactly_one_gets_it_and_the_others_a_sentence_and_the_next_free_times(
    address: str,
) -> None:
    here = Hospital()
    schedule = doctor(here)
    first, second, *_ = slots(schedule)
    people = [here.patient() for _ in range(AT_ONCE)]
    session = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나").cookies["naru-session"]
    looks = Browser(address, session.value)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', looks.get(DIARY))
    looks.connection.close()
    assert token is not None
    start, told = threading.Barrier(AT_ONCE), list[tuple[int, str]]()

    def presses(patient: Patient) -> None:
        browser = Browser(address, session.value)
        browser.headers = looks.headers
        form = {
            "csrfmiddlewaretoken": token[1],
            "patient": patient.key,
            "once": uuid4(),
            "slot": first.name,
        }
        browser.connection.connect()
        start.wait()
        told.append(browser.post(f"{DIARY}/book", form))
        browser.connection.close()

    threads = [threading.Thread(target=presses, args=(one,)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert Counter(status for status, _ in told) == {302: 1, 409: AT_ONCE - 1}
    for status, page in told:
        if status == 409:
            assert "그 시각은 방금 다른 분이 예약했습니다" in page
            assert str(second.name) in page
    booked = models.Appointment.objects.filter(schedule__schedule=schedule.id)
    assert booked.count() == 1
