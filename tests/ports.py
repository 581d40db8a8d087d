"""Ports for the programs that tests start.

Taken from below those that the system lends to outgoing connections: a port that was free when it
was asked for could otherwise be a client's by the time the program listens. Each is held by a lock
for as long as the test process lives, so that no two test processes are given the same one.
"""

import fcntl
import os
import socket
import tempfile
from itertools import count
from pathlib import Path
from typing import Final

_FIRST: Final = 10240
_LAST: Final = 30240  # The lent ones begin at 32768.
_LOCKS: Final = Path(tempfile.gettempdir()) / f"naru-test-ports-{os.getuid()}"
_turns = count(os.getpid() % 100 * 100)
_held: list[int] = []


def free_port() -> int:
    """A port that nobody listens on, and neither on the next, each time another."""
    while True:
        port = _FIRST + next(_turns) * 2 % (_LAST - _FIRST)
        if _hold(port) and _is_free(port) and _is_free(port + 1):
            return port


def _hold(port: int) -> bool:
    _LOCKS.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(_LOCKS / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
