"""The floor: what the same SQL and the same files cost this machine without the program.

Run as `python -m bench.floor` with a pickled `FloorJob` on standard input; prints a `Load` as JSON.
As many processes as the server has workers replay traced statements on bare connections, with new
ids where the program made some. A change is a transaction of its own, one thread for each client.
Reads of all clients of a process go one after the other and their access records share one commit:
the best that a commit thread can do.
"""

import fcntl
import itertools
import json
import multiprocessing
import os
import pickle
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import Any
from uuid import UUID, uuid4

from bench.driver import Load
from bench.processes import cpu_seconds
from bench.tracing import Statement

WARM_SECONDS = 0.5
_MADE = re.compile(r"(2\.999\.41[5-8]\.)\d{13}")
_UUID = re.compile(r"(urn:uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorJob:
    """What to replay on what."""

    kind: str
    folder: Path
    database: str
    """A `postgresql://` URL, or the SQLite file."""
    objects: Path
    keys: list[str]
    """Surrogate ids that were there before and stay as they are."""
    clients: int
    processes: int
    seconds: float
    trees: dict[str, int]


class Replay:
    """The statements of one kind of request on one connection, with a chain of its own."""

    def __init__(self, job: FloorJob) -> None:
        self._traces = pickle.loads((job.folder / "trace").read_bytes())[job.kind]
        self._keep = _constant(self._traces) | {
            form for key in job.keys for form in (key, key.replace("-", ""))
        }
        self._postgresql = "://" in job.database
        self._connection = _connect(job.database)
        self._writer = uuid4()
        self._seq = 0
        self._new: dict[Any, Any] = {}
        self._next = itertools.cycle(self._traces)
        turn = f"{job.database}-turn" if not self._postgresql else os.devnull
        self._turn = os.open(turn, os.O_RDWR | os.O_CREAT)
        self._prepared: dict[str, str] = {}
        self._execute(
            "INSERT INTO audit_writer (id, seq, hash) VALUES (%s, 0, %s)",
            (self._key(self._writer), bytes(32)),
        )

    def reads(self) -> list[Statement]:
        """Run what stands outside of the transaction; hand back the rest."""
        trace = next(self._next)
        self._new = {}
        for inside, _, sql, params in trace:
            if not inside:
                self._execute(sql, self._fresh(params))
        return [statement for statement in trace if statement[0]]

    def change(self, batch: list[list[Statement]]) -> None:
        """Run what stands inside of transactions, all in one."""
        if not self._postgresql:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        self._execute("BEGIN" if self._postgresql else "BEGIN IMMEDIATE", ())
        for statements in batch:
            self._new = {}
            for _, many, sql, params in statements:
                for one in params if many else [params]:
                    self._execute(sql, self._chained(sql, self._fresh(one)))
        self._execute("COMMIT", ())
        if not self._postgresql:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _execute(self, sql: str, params: Any) -> None:
        prepared = self._prepared.get(sql)
        if prepared is None:
            prepared = self._prepared[sql] = sql if self._postgresql else _question_marks(sql)
        cursor = self._connection.execute(prepared, params)
        if cursor.description is not None:
            cursor.fetchall()

    def _chained(self, sql: str, params: Any) -> Any:
        """The writer and the number of an access record are this replay's own."""
        if sql.startswith("INSERT INTO audit_record ("):
            self._seq += 1
            return [params[0], self._key(self._writer), self._seq, *params[3:]]
        if "audit_writer" in sql:
            return [*params[:-1], self._key(self._writer)]
        return params

    def _key(self, value: UUID) -> Any:
        return value if self._postgresql else value.hex

    def _fresh(self, params: Any) -> Any:
        if isinstance(params, dict | None):
            return params or ()
        return [self._value(one) for one in params]

    def _value(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return value if str(value) in self._keep else self._made(value, uuid4)
        if not isinstance(value, str) or value in self._keep:
            return value
        if _MADE.fullmatch(value):
            prefix = value.rpartition(".")[0]
            return self._made(value, lambda: f"{prefix}.{secrets.randbelow(10**15) + 10**15}")
        if _UUID.fullmatch(value):
            prefix = "urn:uuid:" if value.startswith("urn") else ""
            return self._made(value, lambda: f"{prefix}{uuid4()}")
        if _HEX.fullmatch(value):
            return self._made(value, lambda: secrets.token_hex(len(value) // 2))
        return value

    def _made(self, value: Any, make: Callable[[], Any]) -> Any:
        if value not in self._new:
            self._new[value] = make()
        return self._new[value]


def _constant(traces: list[list[Statement]]) -> set[str]:
    """The values that every request has: what was there before."""
    return set.intersection(*({str(one) for one in _strings(trace)} for trace in traces))


def _strings(trace: list[Statement]) -> Iterator[Any]:
    for _, many, _, params in trace:
        for one in params if many else [params or ()]:
            values = one.values() if isinstance(one, dict) else one
            yield from (value for value in values if isinstance(value, str | UUID))


def _connect(database: str) -> Any:
    if "://" in database:
        import psycopg

        return psycopg.connect(database, autocommit=True, cursor_factory=psycopg.ClientCursor)
    from naru.storage.sqlite import BUSY_SECONDS, PRAGMAS, install

    install()
    import sqlite3

    connection = sqlite3.connect(
        database, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
    )
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _question_marks(sql: str) -> str:
    return re.sub(r"%\((\w+)\)s", r":\1", sql).replace("%s", "?").replace("%%", "%")


class Files:
    """The same files: a document written durably, or one read."""

    def __init__(self, job: FloorJob) -> None:
        self._objects = job.objects
        self._held = itertools.cycle(list(job.objects.glob("?/?/*"))[:2000])
        self._content = os.urandom(13 * 1024 + 40)

    def of(self, kind: str) -> None:
        """Do what a request of this kind does with files."""
        if kind == "provide":
            self._write()
        elif kind == "retrieve":
            next(self._held).read_bytes()

    def _write(self) -> None:
        name = secrets.token_hex(32)
        draft = self._objects / "drafts" / name
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, self._content)
        os.fsync(file)
        os.close(file)
        leaf = self._objects / name[0] / name[1]
        draft.rename(leaf / name)
        folder = os.open(leaf, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


def _work(job: FloorJob, clients: int, pipe: Any) -> None:
    latencies: list[float] = []
    spent: list[float] = []
    begin = time.perf_counter() + WARM_SECONDS
    end = begin + job.seconds
    Timer(WARM_SECONDS, lambda: spent.append(time.process_time())).start()
    if job.kind in {"provide", "register"}:
        threads = [Thread(target=_changes, args=(job, latencies, begin, end))
                   for _ in range(clients)]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        _reads(job, clients, latencies, begin, end)
    pipe.send((latencies, time.process_time() - spent[0]))


def _changes(job: FloorJob, latencies: list[float], begin: float, end: float) -> None:
    replay, files = Replay(job), Files(job)
    while (now := time.perf_counter()) < end:
        files.of(job.kind)
        replay.change([replay.reads()])
        if now >= begin:
            latencies.append(time.perf_counter() - now)


def _reads(job: FloorJob, clients: int, latencies: list[float], begin: float, end: float) -> None:
    replay, files = Replay(job), Files(job)
    while (now := time.perf_counter()) < end:
        batch = []
        for _ in range(clients):
            batch.append(replay.reads())
            files.of(job.kind)
        replay.change(batch)
        if now >= begin:
            latencies += [time.perf_counter() - now] * clients


@contextmanager
def _passing(database: str) -> Iterator[None]:
    """Entries that are made inside go afterwards: their sealed part belongs to a traced one.

    Left in the registry they would break every later query of their patients.
    """
    connection = _connect(database)
    (newest,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM registry_entry").fetchone()
    try:
        yield
    finally:
        connection.execute(f"DELETE FROM registry_entry WHERE id > {newest:d}")
        connection.close()


def main() -> None:
    """Do one job."""
    job: FloorJob = pickle.load(sys.stdin.buffer)
    with _passing(job.database):
        print(json.dumps(asdict(_done(job))))


def _done(job: FloorJob) -> Load:
    context = multiprocessing.get_context("spawn")
    workers = []
    for number in range(job.processes):
        clients = job.clients // job.processes + (number < job.clients % job.processes)
        if clients:
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(job, clients, sending))
            process.start()
            workers.append((process, receiving))
    before = {name: cpu_seconds([pid]) for name, pid in job.trees.items()}
    began = time.perf_counter()
    done = [receiving.recv() for _, receiving in workers]
    whole = (time.perf_counter() - began) / job.seconds
    after = {name: cpu_seconds([pid]) for name, pid in job.trees.items()}
    for process, _ in workers:
        process.join()
    latencies = [one for some, _ in done for one in some]
    return Load(
        answered=len(latencies),
        errors=0,
        seconds=job.seconds,
        milliseconds=[one * 1000 for one in latencies],
        driver_cpu=0.0,
        cpu={"server": sum(spent for _, spent in done)}
        | {
            name: sum(now - before[name].get(pid, 0.0) for pid, now in after[name].items()) / whole
            for name in job.trees
        },
        next_number=0,
        first_error="",
    )


if __name__ == "__main__":
    main()
