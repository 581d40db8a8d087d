"""A connection that was promised to stay stays, however busy the machine is."""

import socket

import pytest
from gunicorn import http
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from naru.node import worker
from naru.node.pace import Paced
from naru.node.worker import PatientWorker

REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nwhole"
CLIENT = ("127.0.0.1", 1)


@pytest.mark.parametrize("streams", [False, True])
def test_only_a_long_body_is_waited_for_by_the_clock(
    monkeypatch: pytest.MonkeyPatch, *, streams: bool
) -> None:
    monkeypatch.setattr(worker, "DRAIN_SECONDS", -1.0)  # The thread was kept from running.
    here, peer = socket.socketpair()
    with here, peer:
        conn = TConn(Config(), Paced(here), CLIENT, CLIENT)
        conn.parser = http.get_parser(conn.cfg, conn.sock, CLIENT)
        peer.sendall(REQUEST)
        next(conn.parser)
        asked = PatientWorker.__new__(PatientWorker)  # As it is after its fork, without a server.
        asked._uploading = {conn: CLIENT[1]} if streams else {}
        assert asked._keepalive_after(conn, keepalive=True) is not streams
