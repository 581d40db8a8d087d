"""`python -m bench.pages`: the citizen's and the clinician's first page, under arrivals.

A node of 100,000 people; the patient shown has 200 documents, of five hospitals in four years.
Browsers arrive at random, 20 a second whether or not the last one was answered (an open loop), and
the time is counted from the arrival. Node and database run on two processors, the arrivals on the
others. Beside each page stands what it costs in one process without HTTP and its floor: the same
SQL on one connection and the frame of a page with nothing in it; over HTTP the floor is a page that
asks no database. The citizen's page is measured once more when a clinic has looked a thousand
times, since it tells of every look. Every run is kept with each browser's wait as a line of JSON in
bench/results/. `--quick` has 2,000 people and is over in two minutes.
"""

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import urlsplit

from bench import machines
from bench.machines import Place
from bench.micro.patients import AFFINITY
from bench.pages_seeding import PagesSeed
from bench.processes import cpu_seconds

ARRIVING = 64
"""Browsers at once; more than that are not answered in time anyway."""

WARM_SECONDS = 3.0
HEAD = (
    f"{'page':<17}{'arr/s':>6}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'max':>8}{'CPU ms':>8}"
    f"{'alone ms':>9}{'floor ms':>9}{'SQL':>5}{'KB':>7}{'err':>5}{'want p95':>9}{'load':>6}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as one browser asks for it; `proof` stands in its answer, `want` is for its p95."""

    name: str
    path: str
    cookie: str
    proof: bytes
    want: float = 0.0


class Browsers:
    """Browsers that keep their connections, one for each thread."""

    def __init__(self, port: int, page: Page) -> None:
        self._port, self._page, self._own = port, page, local()
        self.octets = 0
        self.errors = 0

    def look(self, arrived: float) -> float:
        """Ask for the page; how long after its arrival it was there, in milliseconds."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._own.connection = connection
        headers = {"Cookie": f"naru-session={self._page.cookie}", "Host": f"localhost:{self._port}"}
        try:
            connection.request("GET", self._page.path, headers=headers)
            answer = connection.getresponse()
            octets = answer.read()
            right = answer.status == http.client.OK and self._page.proof in octets
        except (OSError, http.client.HTTPException):
            connection.close()
            octets, right = b"", False
        self.octets = max(self.octets, len(octets))
        self.errors += not right
        return (time.perf_counter() - arrived) * 1000


def arrive(browsers: Browsers, rate: float, seconds: float, chance: random.Random) -> list[float]:
    """Let browsers come at random times; each one's wait, in milliseconds."""
    with ThreadPoolExecutor(ARRIVING) as pool:
        waits, at, end = [], time.perf_counter(), time.perf_counter() + seconds
        while at < end:
            at += chance.expovariate(rate)
            time.sleep(max(0.0, at - time.perf_counter()))
            waits.append(pool.submit(browsers.look, at))
        return sorted(one.result() for one in waits)


def measure(page: Page, port: int, node: int, rate: float, seconds: float) -> dict[str, Any]:
    """One page under arrivals."""
    chance, browsers = random.Random(20261121), Browsers(port, page)
    arrive(browsers, rate, WARM_SECONDS, chance)
    browsers.errors = 0
    before = cpu_seconds([node])
    waits = arrive(browsers, rate, seconds, chance)
    after = cpu_seconds([node])
    spent = sum(now - before.get(pid, 0.0) for pid, now in after.items())
    return {
        "page": page.name, "rate": rate, "answered": len(waits), "errors": browsers.errors,
        "p50": waits[len(waits) // 2], "p95": waits[len(waits) * 95 // 100],
        "p99": waits[len(waits) * 99 // 100], "max": waits[-1],
        "cpu_ms": spent * 1000 / len(waits), "octets": browsers.octets,
        "want": page.want, "load_average": os.getloadavg()[0], "time": time.time(),
        "waits": [round(one, 2) for one in waits],
    }  # fmt: skip


@contextmanager
def on_processors(which: set[int]) -> Iterator[None]:
    """What is started inside runs on these processors alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, which & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _pages(seed: PagesSeed) -> list[Page]:
    shown = "김하늘".encode()
    return [
        Page(name="no database", path="/sign-in", cookie="", proof=b"<main"),
        Page(name="portal home", path="/portal", cookie=seed.citizen, proof=shown, want=150),
        Page(name="clinic first", path="/clinic", cookie=seed.clinician, proof=shown, want=300),
        Page(name="home, looked at", path="/portal", cookie=seed.citizen, proof=shown, want=150),
    ]


def _report(found: dict[str, Any]) -> None:
    print(
        f"{found['page']:<17}{found['rate']:>6.0f}{found['p50']:>8.1f}{found['p95']:>8.1f}"
        f"{found['p99']:>8.1f}{found['max']:>8.1f}{found['cpu_ms']:>8.1f}"
        f"{found.get('page_ms', 0.0):>9.1f}{found.get('floor_ms', 0.0):>9.1f}"
        f"{found.get('statements', 0):>5}{found['octets'] / 1024:>7.0f}{found['errors']:>5}"
        f"{found['want']:>9.0f}{found['load_average']:>6.1f}",
        flush=True,
    )


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 people, short")
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0, help="arrivals a second")
    parser.add_argument("--seconds", type=float, default=45.0, help="for each page")
    parser.add_argument("--workers", type=int, default=2, help="web processes of the node")
    parser.add_argument("--page", action="append", help="only this page; more than once for more")
    given = parser.parse_args()
    patients, seconds = (2_000, 10.0) if given.quick else (given.patients, given.seconds)
    os.environ["NARU_AFFINITY_DOMAINS"] = AFFINITY
    results = Path(__file__).parent / "results" / time.strftime("pages-%Y%m%d-%H%M%S.jsonl")
    results.parent.mkdir(exist_ok=True)
    every = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="naru-pages-") as folder:
        place = Place(folder=Path(folder))
        machines.python(place, "bench.pages_seeding", folder, str(patients), str(given.documents))
        seed = PagesSeed.read(place.folder)
        floors = json.loads(machines.python(place, "bench.pages_floor", folder))
        filled = f"{patients} people in {seed.filled:.0f} s, {given.documents} documents"
        print(f"{filled}; {results}", flush=True)
        where = f"processors {every[:2]}, arrivals on {every[2:] or every}"
        print(f"{given.workers} workers on {where}\n{HEAD}")
        with on_processors(set(every[:2])):
            node = machines.serving(place, workers=given.workers)
            _, pid = node.__enter__()
        endpoints = json.loads((place.folder / "ready.json").read_text())["endpoints"]
        port = urlsplit(endpoints["/portal"]).port
        assert port is not None, "the pages have an address of their own"
        try:
            with on_processors(set(every[2:])):
                for page in _pages(seed):
                    if given.page and page.name not in given.page:
                        continue
                    found = measure(page, port, pid, given.rate, seconds)
                    found |= floors.get(page.name, {}) | {"workers": given.workers}
                    _report(found)
                    with results.open("a") as file:
                        file.write(json.dumps(found) + "\n")
        finally:
            node.__exit__(*sys.exc_info())


if __name__ == "__main__":
    main()
