"""The supervisor: starts the node's processes, starts a dead one again, stops them all."""

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Final

from naru.node import children

STOP_SECONDS: Final = 15.0
"""How long a child may take to finish what it has begun before it is killed."""

RESTARTS: Final = 5
RESTART_WINDOW: Final = 60.0
"""A child that dies more than RESTARTS times within this many seconds takes the node down."""

_SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})

log = logging.getLogger(__name__)


class ChildKeepsDying(Exception):
    """A process of the node cannot stay alive; the operator has to look."""


class Supervisor:
    """Runs the named pieces of work, each in a process of its own, until told to stop."""

    def __init__(self, works: dict[str, Callable[[], None]]) -> None:
        self._works = works
        self._running: dict[int, str] = {}
        self._deaths: dict[str, list[float]] = {name: [] for name in works}
        # Blocked from here on, so that none is missed before `watch` waits for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)

    def start(self) -> dict[str, int]:
        """Start every process; answer their ids by name."""
        for name in self._works:
            self._start(name)
        return self.pids()

    def pids(self) -> dict[str, int]:
        """The ids of the processes that run now, by name."""
        return {name: pid for pid, name in self._running.items()}

    def watch(self, seconds: float | None = None) -> bool:
        """Wait until a signal to stop (True) or until `seconds` have gone by (False)."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 60.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                return False
            received = signal.sigtimedwait(_SIGNALS, left)
            if received is not None and received.si_signo in {signal.SIGTERM, signal.SIGINT}:
                return True
            self._bury()

    def stop(self) -> None:
        """End every process: first with time to finish, then without."""
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, 0.2)
            self._reap()
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        while self._running:
            os.waitpid(next(iter(self._running)), 0)
            self._running.pop(next(iter(self._running)))

    def _start(self, name: str) -> None:
        self._running[children.start(self._works[name])] = name

    def _bury(self) -> None:
        for name in self._reap():
            now = time.monotonic()
            recent = [at for at in self._deaths[name] if now - at < RESTART_WINDOW]
            self._deaths[name] = [*recent, now]
            if len(recent) >= RESTARTS:
                raise ChildKeepsDying(name)
            log.error("The process %s ended; it is started again.", name)
            self._start(name)

    def _reap(self) -> list[str]:
        ended = [pid for pid in self._running if os.waitpid(pid, os.WNOHANG)[0]]
        return [self._running.pop(pid) for pid in ended]
