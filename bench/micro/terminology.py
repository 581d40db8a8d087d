"""Terms searched and codes judged: `python -m bench.micro.terminology`.

Loads a made-up KOSTOM of the true size (321,757 terms) and a KCD, then prints p50, p95 and p99 in
milliseconds of searches as people type them, each beside its floor: the same statements, traced and
run again on the same connection. Want: p95 below 50 ms. Then how many codes a second are judged:
by the room, by the room many at once, by the door without a socket with its durable access record,
and over HTTP by a node with two workers, one in a request and many in a batch, each request with
its durable record; beside the bare statements. Want: 5,000.

On PostgreSQL: `scripts/on-postgresql.sh sh -c '.venv/bin/python -m bench.micro.terminology
--database "$NARU_TEST_DATABASE"'`.
"""

import argparse
import io
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.driver import Job
from bench.machines import ROOT, free_port
from bench.messages import Template
from bench.micro.patients import Tracing, measure, prepare

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TODAY = date(2026, 11, 21)
KCD_9 = "https://naru.invalid/CodeSystem/kcd-9"
SYSTEMS = (("kostom", date(2022, 10, 1)), ("kcd-9", date(2026, 1, 1)))
SECONDS = 3.0
BATCHES = (20, 100, 500)
"""Questions of one batch."""


def fill(terms: int) -> None:
    """Load as a hospital would, from files."""
    from django.db import connection

    from naru.demo.terms import files
    from naru.domain.terminology import System
    from naru.formats.terminology.releases import read_release
    from naru.terminology import services

    made = files(terms)
    for name, since in SYSTEMS:
        content = made[f"{name}.csv"]().encode()
        began = time.perf_counter()
        release, _ = read_release(content, System(name), version="TEST-1", since=since)
        told = services.load(release, now=NOW)
        print(f"{name}: {told.terms} terms in {time.perf_counter() - began:.0f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def questions(rounds: int) -> Iterator[tuple[str, list[str]]]:
    """What people type for terms that are there, and for some that are not."""
    from naru.terminology.keystrokes import INITIALS
    from naru.terminology.models import Term

    chance = random.Random(1)
    kept = list(Term.objects.filter(concept__system=1).order_by("id").values_list("id", flat=True))
    ids = chance.sample(kept, min(rounds, len(kept)))
    texts = [row.text for row in Term.objects.filter(id__in=ids).order_by("id")]

    def initials(text: str) -> str:
        heads = (INITIALS[(ord(one) - 0xAC00) // 588] for one in text if "가" <= one <= "힣")
        return "".join(heads)[: chance.randrange(2, 7)] or "ㄷㄴㅂ"

    def words(text: str) -> str:
        parted = text.split()
        return " ".join(chance.sample(parted, min(2, len(parted))))

    yield "a prefix of any length", [one[: chance.randrange(1, len(one) + 1)] for one in texts]
    yield "the first character", [one[0] for one in texts]
    yield "initial consonants", [initials(one) for one in texts]
    yield "two words in any order", [words(one) for one in texts]
    yield "the whole term", texts
    yield "a word that is there, one that is not", [f"{one.split()[0]} 없는말" for one in texts]


def searches(rounds: int) -> None:
    """Each kind of question beside its floor."""
    from naru.terminology import queries

    print(f"{'milliseconds':<44}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>9}")
    for name, asked in questions(rounds):
        traced = [_statements(lambda one=one: queries.search(one, on=TODAY)) for one in asked]
        floor = measure(f"  floor: {len(traced[0])} statements", _replay, traced)
        p95 = measure(name, lambda one: queries.search(one, on=TODAY), asked)
        print(f"  at p95: {p95 / floor:.1f} x its floor, {_processor(asked):.1f} ms of processor")


def _processor(asked: Sequence[str]) -> float:
    """The p95 of what a search takes of this process's own processor, whatever others do."""
    from naru.terminology import queries

    taken = []
    for one in asked:
        start = time.thread_time()
        queries.search(one, on=TODAY)
        taken.append((time.thread_time() - start) * 1000)
    return sorted(taken)[len(taken) * 95 // 100]


def judgements() -> Sequence[str]:
    """Codes a second; returns those that were judged."""
    from naru.terminology import queries

    codes = [one.code for one in queries.page(_kcd(), TODAY, count=500)[0]]
    one = _statements(lambda: queries.validate("kcd-9", codes[0], TODAY))
    _rate("floor: the bare statement", lambda _: _replay(one), codes)
    _rate("validate", lambda code: queries.validate("kcd-9", code, TODAY), codes)
    pairs = [("kcd-9", code) for code in codes]
    _rate("validate_all, 500 at once", lambda _: queries.validate_all(pairs, TODAY), [""] * 20, 500)
    _rate("$validate-code at the door, recorded", _at_door, codes)
    return codes


def _kcd() -> Any:
    from naru.domain.terminology import System

    return System.KCD_9


def _rate(name: str, act: Callable[[str], object], codes: Sequence[str], each: int = 1) -> None:
    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        for code in codes:
            act(code)
        number += len(codes) * each
    print(f"{name:<44}{number / (time.perf_counter() - began):>8.0f} codes/s", flush=True)


def _statements(act: Callable[[], object]) -> list[tuple[str, Any]]:
    from django.db import connection

    tracing = Tracing()
    with connection.execute_wrapper(tracing):
        act()
    return tracing.statements


def _replay(statements: list[tuple[str, Any]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()


def _at_door(code: str) -> None:
    from naru.faces.fhir.door import PEER_CERTIFICATE, answer

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/fhir/CodeSystem/$validate-code",
        "QUERY_STRING": f"url={KCD_9}&code={code}",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        PEER_CERTIFICATE: None,
    }
    content = b"".join(answer(environ, lambda *_: None))  # type: ignore[arg-type, return-value]  # What the door uses of it.
    assert b'"valueBoolean":true' in content


@contextmanager
def serving(folder: Path, database: str) -> Iterator[tuple[int, int]]:
    """A sandbox with two workers: its port and its process."""
    port, ready = free_port(), folder.with_name(f"{folder.name}-ready.json")
    command = [sys.executable, "-m", "naru.node.cli", "serve", "--sandbox", "--data", str(folder)]
    command += ["--port", str(port), "--workers", "2", "--ready-file", str(ready)]
    command += ["--database", database] if database else []
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=ROOT) as node:
        try:
            while not ready.exists():
                assert node.poll() is None, "the node did not start"
                time.sleep(0.05)
            yield port, node.pid
        finally:
            node.terminate()
            node.wait(timeout=30)
            ready.unlink(missing_ok=True)


def over_http(folder: Path, database: str, codes: Sequence[str]) -> None:
    """The same questions by eight connections, posted: alone, and in batches of different codes."""
    with serving(folder, database) as (port, pid):
        path = "/fhir/CodeSystem/$validate-code"
        _posted("$validate-code over HTTP, 2 workers", port, pid, path, _asked(codes[0]), 1)
        for each in BATCHES:
            _posted(f"the same, {each} in a batch", port, pid, "/fhir", _batch(codes[:each]), each)


def _asked(code: str) -> dict[str, Any]:
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": KCD_9},
            {"name": "code", "valueCode": code},
        ],
    }


def _batch(codes: Sequence[str]) -> dict[str, Any]:
    request = {"method": "POST", "url": "CodeSystem/$validate-code"}
    entries = [{"resource": _asked(code), "request": request} for code in codes]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}


def _posted(name: str, port: int, pid: int, path: str, body: dict[str, Any], each: int) -> None:
    template = Template(
        name="validate-code",
        path=path,
        content_type="application/fhir+json",
        body=json.dumps(body).encode(),
        proof=b'"valueBoolean":true',
    )
    job = Job(
        template=template, host="127.0.0.1", port=port, tls=None, connections=8,
        seconds=SECONDS, number=1, trees={"server": pid},
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.driver"], input=pickle.dumps(job), check=True,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT,
    )  # fmt: skip
    load = json.loads(done.stdout)
    codes = load["answered"] * each
    print(
        f"{name:<44}{codes / load['seconds']:>8.0f} codes/s,"
        f" {load['cpu']['server'] / codes * 1e6:.0f} µs of processor each, {load['errors']} errors",
        flush=True,
    )


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terms", type=int, default=321_757)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--database", default="", help="postgresql://…; empty is SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="naru-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        prepare(data, given.database)
        fill(given.terms)
        searches(given.rounds)
        codes = judgements()
        from django.db import connections

        from naru.audit import services as audit

        audit.stop()
        connections.close_all()
        over_http(data, given.database, codes)


if __name__ == "__main__":
    main()
