"""The web server: gunicorn with threads, loaded once and forked (docs/adr/0002).

Two listeners in one set of processes: plain HTTP for pages (on loopback, or behind a proxy that
ends TLS), and mutual TLS for the wire doors (ITI TF-2 3.19).
"""

import os
import resource
from collections.abc import Callable
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from naru.exchange.callers import strangers
from naru.node import children
from naru.node.connections import Shares, Worker
from naru.node.options import NodeOptions
from naru.node.tls import Identity, mutual_tls
from naru.node.wsgi import application

CONNECTIONS: Final = 1000
"""How many connections one process keeps; more wait in the listener's queue."""

FILES: Final = 8192
"""How many files and connections one process may have open, where its limit is lower."""

GRACE_SECONDS: Final = 10
KEEPALIVE_SECONDS: Final = 30


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types.
    """The web server of one node. `started` is told the process id of each worker that starts."""

    def __init__(
        self,
        options: NodeOptions,
        identity: Identity | None,
        started: Callable[[int], None],
    ) -> None:
        self._options = options
        self._identity = identity
        self._started = started
        super().__init__()

    def load_config(self) -> None:
        """Turn the node's options into gunicorn's; nothing is read from files or arguments."""
        for name, value in self._settings().items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """The application, already loaded before the first fork."""
        return application

    def _settings(self) -> dict[str, object]:
        options = self._options
        bind = [f"{options.host}:{options.port}"]
        if self._identity:
            bind.append(f"{options.host}:{options.tls_port}")
        return {
            "bind": bind,
            "worker_class": self._worker_class(),
            "workers": options.workers,
            "threads": options.threads,
            "worker_connections": CONNECTIONS,
            "preload_app": True,
            # An address is as long as a head may be (`arrival.HEAD_BYTES`): pages and doors refuse
            # those that are too long themselves, in words of theirs and with an access record.
            "limit_request_line": 0,
            "sendfile": False,  # It would go around the limits of `pace`.
            "keepalive": KEEPALIVE_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "warning",  # Addresses and times of requests belong to the audit.
            "control_socket_disable": True,
            # A client could otherwise say, past a proxy's rules, which page its address means.
            "forwarder_headers": "",
            "pre_fork": _give_place,
            "post_fork": self._post_fork,
            "worker_exit": _finish,
        }

    def _worker_class(self) -> type[Worker]:
        common = {"shares": Shares(self._options.workers), "uploads": self._uploads()}
        if not self._identity:
            return type("PlainWorker", (Worker,), common)
        config = Config()
        config.set("certfile", str(self._identity.certificate))
        config.set("keyfile", str(self._identity.key))
        config.set("keepalive", KEEPALIVE_SECONDS)
        context = mutual_tls(self._identity)
        # Without this gunicorn reads the files again for each connection.
        config.set("ssl_context", lambda _config, _default: context)
        return type(
            "TlsWorker",
            (Worker,),
            {"tls_port": self._options.tls_port, "tls_config": config, **common},
        )

    def _uploads(self) -> dict[int, int]:
        """Threads that may wait for long bodies: fewer where no certificate is asked for."""
        half, quarter = max(1, self._options.threads // 2), max(1, self._options.threads // 4)
        if not self._identity:
            return {self._options.port: half}
        return {self._options.port: quarter, self._options.tls_port: half}

    def _post_fork(self, arbiter: Arbiter, _worker: object) -> None:
        # A worker that outlived a killed node would go on answering and keep its port taken.
        children.die_with(arbiter.pid)
        _allow_files()
        self._started(os.getpid())


def _allow_files() -> None:
    # CONNECTIONS, databases and the drafts of uploads are more than the usual 1024.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _finish(_arbiter: object, _worker: object) -> None:
    strangers.flush()


def _give_place(arbiter: Any, worker: Worker) -> None:
    """A new worker takes the place of the one that ended."""
    taken = {other.place for other in arbiter.WORKERS.values()}
    worker.place = min(set(range(len(taken) + 1)) - taken) % arbiter.num_workers
    worker.shares.note(worker.place, 0)
