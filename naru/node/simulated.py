"""The world outside of a demo: programs on loopback that begin and end with it."""

import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socketserver import BaseServer

    from naru.demo.identity_simulator import Simulator
    from naru.simulators import hira_relay


@contextmanager
def identity_provider() -> Iterator["Simulator"]:
    """A provider of 본인확인 for made-up people, on a port of its own; it ends with the demo."""
    from naru.demo.identity_simulator import Simulator
    from naru.demo.population import NEWCOMER, PATIENT

    known = [
        {
            "name": one.name,
            "born": f"{one.born}",
            "gender": one.gender.value,
            "phone": one.telephone,
        }
        for one in (PATIENT, NEWCOMER)
    ]
    server = Simulator(0, secrets.token_urlsafe(24), known=known)
    with _serving(server, "identity"):
        yield server


@contextmanager
def relay() -> Iterator["hira_relay.Simulator"]:
    """HIRA's relay for made-up referrals, likewise."""
    from naru.simulators.hira_relay import Simulator

    server = Simulator(0, secrets.token_urlsafe(24))
    with _serving(server, "relay"):
        yield server


@contextmanager
def _serving(server: "BaseServer", name: str) -> Iterator[None]:
    # Before any thread: one that took a signal would end the demo without its cleaning up.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    thread = threading.Thread(target=server.serve_forever, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
