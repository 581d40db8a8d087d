"""A running node under test: a process of its own, real sockets, and a look at what it holds."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from naru.audit.chain import Body, read_body
from tests.ports import free_port

PATIENCE = 30.0
TO_START = 90.0
"""Seconds: a node migrates its database first, which a busy machine draws out."""
NARU = Path(sys.executable).with_name("naru")
# Audit grows by each request, and the worker drains the outbox into the ledger and into notices of
# earlier acts, counts the records, and keeps what earlier documents say, as it likes.
_APART = (
    *("audit_", "sqlite_", "outbox_", "ledger_ordered", "notifications_"),
    *("statistics_", "repository_said"),
)


def environment(**more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return clean | more


def children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


@contextmanager
def fresh_database() -> Iterator[str]:
    """A PostgreSQL database of its own where one is named, else none: then SQLite serves."""
    url = os.environ.get("NARU_TEST_DATABASE", "")
    if not url:
        yield ""
        return
    import psycopg

    name = f"naru_end_to_end_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # Our own name.
    yield f"{url.rpartition('/')[0]}/{name}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]  # Same.


@dataclass(kw_only=True)
class Node:
    """`naru serve`, started and stopped as an operator does it."""

    data: Path
    database: str = ""
    tls: bool = False
    options: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    lost_its_audit: bool = False
    """It was taken away by a test: then no page is answered, as the log tells."""
    process: subprocess.Popen[bytes] | None = None
    pids: dict[str, Any] = field(default_factory=dict)

    @property
    def ready_file(self) -> Path:
        return self.data.with_name(f"{self.data.name}-ready.json")

    @property
    def log(self) -> str:
        file = self.data.with_name(f"{self.data.name}.log")
        return file.read_text("utf-8") if file.exists() else ""

    def start(self) -> float:
        """Start and wait for the ready file; answer the seconds that took."""
        begun = time.monotonic()
        self.ready_file.unlink(missing_ok=True)
        with self.data.with_name(f"{self.data.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(), env=environment(**self.variables), stdout=log, stderr=log
            )
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.log[-3000:]
            if time.monotonic() - begun > TO_START:
                self.kill()  # What is left running would fail the next test by a warning.
                raise AssertionError(self.log[-3000:])
            time.sleep(0.02)
        self.pids = json.loads(self.ready_file.read_text())["pids"]
        return time.monotonic() - begun

    def _command(self) -> list[str]:
        command = [str(NARU), "serve", "--data", str(self.data), "--port", str(self.port)]
        command += ["--ready-file", str(self.ready_file)]
        if self.database:
            command += ["--database", self.database]
        if self.tls:
            command += ["--tls-port", str(self.tls_port)]
        return command + list(self.options)

    def stop(self) -> None:
        """Stop by SIGTERM: cleanly, and with nothing in the log that ought not to be there."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log[-3000:]
        assert "Traceback" not in self.log, self.log[-6000:]
        broke = [line for line in self.log.splitlines() if line.startswith("broke: ")]
        assert broke == [] or self.lost_its_audit, self.log[-6000:]

    def kill(self) -> None:
        """As if the power went: nobody gets a chance to finish."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def web(self) -> int:
        """The process that holds the listeners now: of the supervisor's two, the one with its own.

        It is looked up anew, since the supervisor starts it again when it dies.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for pid in children(self.pids["supervisor"]):
                if children(pid):
                    return pid
            time.sleep(0.02)
        raise AssertionError("the node has no web workers")

    def workers(self) -> list[int]:
        """The web processes that run now."""
        return children(self.web())

    def change(self, sql: str) -> None:
        """What an operator's hand, or a failing disk, may do to the database."""
        with self._connection(mode="rw") as connection:
            connection.execute(sql)
            if not self.database:
                connection.commit()

    @contextmanager
    def _connection(self, mode: str = "ro") -> Iterator[Any]:
        if self.database:
            import psycopg

            with psycopg.connect(self.database, autocommit=True) as postgresql:
                yield postgresql
        else:
            from pysqlite3 import dbapi2

            uri = f"file:{self.data / 'naru.db'}?mode={mode}"
            with closing(dbapi2.connect(uri, uri=True, timeout=20)) as sqlite:
                yield sqlite

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return list(connection.execute(sql).fetchall())

    def holdings(self) -> dict[str, int]:
        """The rows of each table and the files of the object store."""
        tables = [name for name in self._tables() if not name.startswith(_APART)]
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)
        held = {str(name): int(count) for name, count in self.rows(counts)}
        held["files"] = sum(1 for path in (self.data / "objects").rglob("*") if path.is_file())
        return held

    def _tables(self) -> list[str]:
        sql = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if self.database
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        return sorted(str(row[0]) for row in self.rows(sql))

    def records_after(self, last: int) -> list[Body]:
        """The access records that were written after the row `last`, in the clear part."""
        rows = self.rows(f"SELECT body FROM audit_record WHERE id > {last} ORDER BY id")
        return [read_body(bytes(row[0])) for row in rows]

    def last_record(self) -> int:
        return int(self.rows("SELECT coalesce(max(id), 0) FROM audit_record")[0][0])

    def administer(self, program: str, *arguments: str) -> str:
        """Run a piece of Python beside the node, with its options, as its operator could."""
        variables = dict(self.variables)
        variables |= {"NARU_DATA": str(self.data), "NARU_DATABASE": self.database}
        ran = subprocess.run(
            [sys.executable, "-c", f"{ENTER}\n{program}", *arguments],
            env=environment(**{name: value for name, value in variables.items() if value}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


ENTER = """
import json, sys
from uuid import UUID
from naru.node import preparation
from naru.node.options import NodeOptions
options = preparation.enter(NodeOptions.from_environment())
from django.utils import timezone
from naru.domain.korea import korean_day
now = timezone.now()
today = korean_day(now)
"""
