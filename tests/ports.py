"""Ports for the programs that tests start.

Taken from below those that the system lends to outgoing connections: a port that was free when it
was asked for could otherwise be a client's by the time the program listens.
"""

import os
import socket
from itertools import count
from typing import Final

_FIRST: Final = 10240
_EACH: Final = 100
_PROCESSES: Final = 200  # Up to 30240; the lent ones begin at 32768.
_turns = count()


def free_port() -> int:
    """A port that nobody listens on, and neither on the next, each time another."""
    while True:
        place = _FIRST + os.getpid() % _PROCESSES * _EACH + next(_turns) % (_EACH // 2) * 2
        if _is_free(place) and _is_free(place + 1):
            return place


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
