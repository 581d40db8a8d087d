"""What is measured: a node that serves, the database under it, and a disk that may be slow."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A port with a free one behind it, for the TLS listener."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A filled data folder and its database."""

    folder: Path
    database: str = ""
    postmaster: int = 0
    """The process of PostgreSQL whose tree does the database's work."""

    @property
    def data(self) -> Path:
        """The node's data folder."""
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a node finds both."""
        return os.environ | {
            "NARU_DATA": str(self.data),
            "NARU_DATABASE": self.database,
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
        }

    @property
    def trees(self) -> dict[str, int]:
        """The database's processes, where it has any."""
        return {"database": self.postmaster} if self.postmaster else {}

    def fill(self, patients: int) -> None:
        """Make the tables and fill them, then trace what a request does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        arguments = (str(self.folder), str(patients))
        self._python("bench.seeding", *arguments)
        shutil.copy(self.data / "ca" / "ca.pem", self.folder / "ca.pem")

    def trace(self) -> None:
        """Leave the statements of each kind of request for the floor."""
        self._python("bench.tracing", str(self.folder))

    def _python(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        subprocess.run(command, check=True, env=self.environment, cwd=ROOT)


def python(place: Place, module: str, *arguments: str) -> str:
    """What a module of the bench prints, run on a place; its words of trouble are passed on."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True, env=place.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


@contextmanager
def serving(
    place: Place, *, workers: int, sandbox: bool = False, preload: str = ""
) -> Iterator[tuple[int, int]]:
    """A node that answers: the port of its wire doors and its process."""
    port, ready = free_port(), place.folder / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "naru.node.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers), "--ready-file", str(ready)]
    command += ["--sandbox"] if sandbox else []
    environment = place.environment | ({"LD_PRELOAD": preload} if preload else {})
    with (
        (place.folder / "node.log").open("w+") as log,
        subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log) as node,
    ):
        try:
            while not ready.exists():
                if node.poll() is not None:
                    raise RuntimeError("the node did not start")
                time.sleep(0.05)
            endpoints = json.loads(ready.read_text())["endpoints"]
            yield int(endpoints["/ihe/registry"].split(":")[2].split("/")[0]), node.pid
        finally:
            node.terminate()
            node.wait(timeout=30)
            log.seek(0)
            failed = [line for line in log if " failed: " in line]
            if failed:
                print(f"{len(failed)} requests failed; the last: {failed[-1].strip()}")


@contextmanager
def postgresql(preload: str = "") -> Iterator[tuple[str, int]]:
    """A throw-away cluster on loopback, durable as it comes; its URL and process."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise FileNotFoundError("no PostgreSQL is installed")
    bin_, port = found[-1], free_port()
    lend = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        data = f"{folder}/data"
        subprocess.run(
            [*lend, bin_ / "initdb", "-D", data, "-U", "naru", "--auth=trust", "--locale=C",
             "--encoding=UTF8"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        slow = ["env", f"LD_PRELOAD={preload}"] if preload else []
        command = [*lend, *slow, bin_ / "postgres", "-D", data]
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings += ["max_connections=200", "shared_buffers=256MB"]
        for setting in settings:
            command += ["-c", setting]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            url = f"postgresql://naru@127.0.0.1:{port}/postgres"
            try:
                _await(url)
                yield url, server.pid
            finally:
                stop = [*lend, bin_ / "pg_ctl", "-D", data, "-m", "fast", "stop"]
                subprocess.run(stop, check=True, stdout=subprocess.DEVNULL)


def _await(url: str) -> None:
    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("PostgreSQL does not answer")


def slow_disk(folder: Path) -> str:
    """A library that adds 5 ms to each fsync of whoever preloads it."""
    folder.chmod(0o755)
    library = folder / "slow.so"
    source = Path(__file__).parent / "slow_fsync.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return str(library)
