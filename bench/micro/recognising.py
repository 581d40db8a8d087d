"""Whose a new registration is, among many people: `python -m bench.micro.recognising`.

Prints p50, p95 and p99 in milliseconds of recognising alone and of keeping the record with it, by
the clock and in the process's own CPU time, which others on the machine do not lengthen. With
`--days` fewer birthdays are shared by as many people as in a larger population: 50,000 people on
1,650 days meet as many of their day as a million on all days. Want: p95 below 10 ms.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.micro import patients
from bench.micro.patients import NOW, Person, demographics, fill, population, prepare

HOSPITAL = "2.999.310"


def measure(name: str, act: Callable[[Any], object], questions: Sequence[Any]) -> None:
    """Print what one act takes on every question."""
    walls, cpus = [], []
    for question in questions:
        wall, cpu = time.perf_counter(), time.process_time()
        act(question)
        cpus.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
    for of, taken in (("clock", walls), ("CPU", cpus)):
        taken.sort()
        p50, p95, p99 = (taken[min(len(taken) - 1, len(taken) * n // 100)] for n in (50, 95, 99))
        print(f"{name:<34}{of:<7}{p50:>8.2f}{p95:>8.2f}{p99:>8.2f}", flush=True)


def crowded(size: int, days: int) -> list[Person]:
    """The people of the other bench, born on the first of so many days."""
    first = date(1960, 1, 1)
    chance = random.Random(7)
    return [
        one._replace(born=first + timedelta(days=chance.randrange(days)))
        for one in population(size)
    ]


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=1_650)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--database", default="", help="postgresql://…; empty is SQLite")
    given = parser.parse_args()
    people = crowded(given.patients, given.days)
    with tempfile.TemporaryDirectory(prefix="naru-bench-") as folder:
        prepare(Path(folder), given.database)
        patients.population = lambda _size: iter(people)
        fill(given.patients)
        print(f"{'milliseconds':<41}{'p50':>8}{'p95':>8}{'p99':>8}")
        asked = random.Random(1).sample(people, given.rounds)
        _compare(asked)


def _compare(people: Sequence[Person]) -> None:
    from uuid import UUID

    from naru.domain.identifiers import Identifier
    from naru.domain.person import PatientRecord, Telecom
    from naru.patients import recognising, services
    from naru.patients.recognising import Asked

    services.know_domain(HOSPITAL)
    told = [replace(demographics(one), telecoms=(Telecom("01000001111"),)) for one in people]

    def recognise(one: Any) -> None:
        recognising.settled(
            Asked(
                told=one,
                number=None,
                former=frozenset(),
                authority=HOSPITAL,
                patient=UUID(int=0),
                year=NOW.year,
            )
        )

    def keep(numbered: tuple[int, Any]) -> None:
        number, one = numbered
        own = (Identifier(f"TEST-NEW-{number}", HOSPITAL),)
        services.keep(PatientRecord(identifiers=own, demographics=one), now=NOW)

    measure("recognising", recognise, told)
    # Each with a telephone of its own, since everybody's would be everybody's case.
    own = [(n, replace(one, telecoms=(Telecom(f"0100{n:07}"),))) for n, one in enumerate(told)]
    measure("a registration kept", keep, own)


if __name__ == "__main__":
    main()
