"""`python -m bench`: what a node does beside the floor of this same machine and run.

Prints a table and keeps every run as a line of JSON in bench/results/; then what is measured in one
process (people by name and birth date, ITI-20 send, the XUA check), kept as it is printed.
`--quick` takes four minutes.
"""

import argparse
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import machines
from bench.driver import Job
from bench.floor import FloorJob
from bench.machines import ROOT, Place
from bench.messages import templates
from bench.seeding import Seed

HEAD = (
    f"{'database':<11}{'request':<9}{'wk':>3}{'conn':>5}{'req/s':>8}{'floor/s':>9}{'ratio':>7}"
    f"{'cpu µs':>8}{'db µs':>7}{'floor µs':>9}{'p50 ms':>8}{'p99':>7}{'max':>7}{'err':>5}"
    f"{'driver':>8}{'load':>6}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Which runs are made on one place."""

    name: str
    place: Place
    workers: tuple[int, ...] = (1, 2)
    connections: tuple[int, ...] = (1, 8, 32)
    seconds: float = 3.0
    preload: str = ""
    sandbox: bool = False


class Bench:
    """Runs series and keeps what came of them."""

    def __init__(self, results: Path) -> None:
        self._results = results
        self._number = int(time.time() * 1000)

    def run(self, series: Series) -> None:
        """Every request of a series under every number of workers and connections."""
        for workers in series.workers:
            runs = self._floors(series, workers)
            with machines.serving(
                series.place, workers=workers, sandbox=series.sandbox, preload=series.preload
            ) as (port, pid):
                for kind, connections, floor in runs:
                    load = self._load(series, kind, connections, port, pid)
                    self._report(series, kind, workers, connections, load, floor)

    def _floors(self, series: Series, workers: int) -> list[tuple[str, int, dict[str, Any]]]:
        """Floors come first, while no other process of ours runs."""
        kinds = ("provide", "register", "query", "find", "retrieve")
        return [
            (kind, connections, self._floor(series, kind, workers, connections))
            for kind in kinds
            for connections in series.connections
        ]

    def _floor(self, series: Series, kind: str, workers: int, connections: int) -> dict[str, Any]:
        place = series.place
        seed = Seed.read(place.folder)
        job = FloorJob(
            kind=kind,
            folder=place.folder,
            database=place.database or str(place.data / "naru.db"),
            objects=place.data / "objects",
            keys=[key for _, _, key in seed.patients] + seed.institutions,
            clients=connections,
            processes=workers,
            seconds=series.seconds / 2,
            trees=place.trees,
        )
        return child("bench.floor", job, series.preload)

    def _load(
        self, series: Series, kind: str, connections: int, port: int, pid: int
    ) -> dict[str, Any]:
        place = series.place
        known = {one.name: one for one in templates(Seed.read(place.folder))}
        job = Job(
            template=known[kind],
            host="127.0.0.1",
            port=port,
            tls=None if series.sandbox else place.folder,
            connections=connections,
            seconds=series.seconds,
            number=self._number,
            trees={"server": pid, **place.trees},
        )
        load = child("bench.driver", job)
        self._number = load["next_number"]
        return load

    def _report(
        self,
        series: Series,
        kind: str,
        workers: int,
        connections: int,
        load: dict[str, Any],
        floor: dict[str, Any],
    ) -> None:
        here, bare = _figures(load), _figures(floor)
        line = {
            "series": series.name, "request": kind, "workers": workers,
            "connections": connections, "server": here, "floor": bare,
            "driver_share": load["driver_cpu"] / load["seconds"],
            "load_average": os.getloadavg()[0], "first_error": load["first_error"],
            "time": time.time(),
        }  # fmt: skip
        with self._results.open("a") as file:
            file.write(json.dumps(line) + "\n")
        ratio = here["rate"] / bare["rate"] if bare["rate"] else 0.0
        print(
            f"{series.name:<11}{kind:<9}{workers:>3}{connections:>5}{here['rate']:>8.0f}"
            f"{bare['rate']:>9.0f}{ratio:>7.2f}{here['cpu']:>8.0f}{here['database']:>7.0f}"
            f"{bare['cpu']:>9.0f}{here['p50']:>8.1f}{here['p99']:>7.1f}{here['max']:>7.1f}"
            f"{load['errors']:>5}{line['driver_share']:>8.0%}{line['load_average']:>6.1f}",
            flush=True,
        )


def child(module: str, job: object, preload: str = "") -> dict[str, Any]:
    """Do a job in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment |= {"LD_PRELOAD": preload} if preload else {}
    done = subprocess.run(
        [sys.executable, "-m", module], input=pickle.dumps(job), stdout=subprocess.PIPE,
        check=True, env=environment, cwd=ROOT, timeout=120,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _figures(load: dict[str, Any]) -> dict[str, float]:
    waits = sorted(load["milliseconds"]) or [0.0]
    each = 1e6 / len(waits)
    return {
        "rate": load["answered"] / load["seconds"],
        "cpu": load["cpu"].get("server", 0.0) * each,
        "database": load["cpu"].get("database", 0.0) * each,
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "max": waits[-1],
        "errors": load["errors"],
    }


def _in_process(kept: Path, *, quick: bool) -> None:
    """The parts that measure themselves beside a floor of their own."""
    people, terms = ("20000", "20000") if quick else ("1000000", "321757")
    parts = (
        ("people, ITI-47 and ITI-78", "bench.micro.patients", "--patients", people),
        ("ITI-20 send", "bench.micro.atna"),
        ("XUA check", "bench.micro.xua"),
        ("terms and codes", "bench.micro.terminology", "--terms", terms),
        ("CDA", "bench.micro.cda"),
        ("KR Core", "bench.micro.kr_core"),
    )
    with kept.open("w") as file:
        for title, *command in parts:
            done = subprocess.run(
                [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, check=True,
                env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT,
            )  # fmt: skip
            print(f"\n{title}\n{done.stdout}", end="", flush=True)
            file.write(f"{title}\n{done.stdout}\n")


def _series(folder: Path, stack: ExitStack, *, quick: bool) -> Iterator[Series]:
    patients = 1000 if quick else 5000
    seconds = 1.5 if quick else 3.0
    slow = machines.slow_disk(folder)
    place = Place(folder=folder / "sqlite")
    place.fill(patients)
    sandbox = Place(folder=folder / "sandbox")
    shutil.copytree(place.folder, sandbox.folder)
    place.trace()
    sqlite = Series(name="SQLite", place=place, seconds=seconds)
    if quick:
        sqlite = replace(sqlite, workers=(2,), connections=(8,))
    yield sqlite
    few = replace(sqlite, workers=(2,), connections=(8,) if quick else (8, 32))
    yield replace(few, name="SQLite+5ms", preload=slow)
    _trace_sandbox(sandbox)
    yield replace(few, name="loopback", place=sandbox, sandbox=True, connections=(8,))
    try:
        url, postmaster = stack.enter_context(machines.postgresql())
    except FileNotFoundError as missing:
        print(f"LEFT OUT: PostgreSQL, because {missing}.")
        return
    other = Place(folder=folder / "postgresql", database=url, postmaster=postmaster)
    other.fill(patients)
    other.trace()
    yield replace(sqlite, name="PostgreSQL", place=other)
    stack.close()
    if quick:
        return
    url, postmaster = stack.enter_context(machines.postgresql(slow))
    other = Place(folder=folder / "slow", database=url, postmaster=postmaster)
    other.fill(patients)
    other.trace()
    yield replace(few, name="PG+5ms", place=other, preload=slow)


def _trace_sandbox(sandbox: Place) -> None:
    # What a sandbox's nameless caller asks differs by one statement; it is traced all the same.
    shutil.copy(sandbox.folder.parent / "sqlite" / "trace", sandbox.folder / "trace")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, shorter, 20,000 entries")
    given = parser.parse_args()
    results = Path(__file__).parent / "results" / time.strftime("%Y%m%d-%H%M%S.jsonl")
    results.parent.mkdir(exist_ok=True)
    bench = Bench(results)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {results}\n{HEAD}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="naru-bench-") as folder, ExitStack() as stack:
        for series in _series(Path(folder), stack, quick=given.quick):
            bench.run(series)
    _in_process(results.with_suffix(".txt"), quick=given.quick)
    print(f"{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
