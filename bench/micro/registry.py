"""FindDocuments of 20 entries among many, LeafClass, without XML: `python -m bench.micro.registry`.

Prints the time of one query with and without a consent filter that passes, of its SQL alone, of
one registration, and the number of SQL statements each takes. The database is a throw-away one.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from naru.registry.values import Indexed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BATCH = 1000


def prepare(folder: Path) -> None:
    """A data folder with its keys and an empty database."""
    os.environ["NARU_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "naru.node.settings"
    from naru.security.keys import create_master_key

    create_master_key(folder / "keys")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def permit_all(items: "Sequence[Indexed]") -> list[bool]:
    """A consent filter that looks at each item and passes it."""
    return [item.institution is not None for item in items]


def fill(total: int, each: int) -> "tuple[object, object]":
    """Store `total` entries, `each` of every patient; hand out the people and one patient."""
    from naru.registry import rows
    from naru.registry.models import Entry
    from tests.registry.synthetic import ORIGIN, People, entry

    people = People()
    patient = None
    batch: list[Entry] = []
    for number in range(total // each):
        patient = people.add(f"TEST-{number}")
        key: UUID = people.known[patient].patient
        for place in range(each):
            uuid = f"urn:uuid:{UUID(int=number * each + place + 1, version=4)}"
            value = entry(patient, uuid, availability_status=rows.AvailabilityStatus.APPROVED)
            batch.append(rows.of_entry(value, patient=key, origin=ORIGIN, now=NOW))
        if len(batch) >= BATCH:
            Entry.objects.bulk_create(batch)
            batch.clear()
    Entry.objects.bulk_create(batch)
    return people, patient


def measure(name: str, act: Callable[[], object], rounds: int) -> None:
    """Print median and best of many runs, in microseconds, with the CPU that each took."""
    act()
    taken = []
    began = time.process_time()
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1e6)
    cpu = (time.process_time() - began) * 1e6 / rounds
    print(f"{name:<34} {statistics.median(taken):8.0f} {min(taken):8.0f} {cpu:8.0f}")


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        compare(given.entries, given.each, given.rounds)


def compare(entries: int, each: int, rounds: int) -> None:
    """The queries and a registration, one line each."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from naru.domain.stored_query import FindDocuments
    from naru.domain.xds import AvailabilityStatus
    from naru.registry import entries as search
    from naru.registry import queries, services
    from naru.registry.identity import Survivors
    from tests.registry.synthetic import ORIGIN, entry, submission

    people, patient = fill(entries, each)
    query = FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,))
    key = people.known[patient].patient

    def find(*, leaf: bool = True) -> object:
        return queries.run(query, patients=people, permit=permit_all, leaf=leaf)

    def register() -> None:
        with transaction.atomic():
            services.register(
                submission(patient, entry(patient)),
                origin=ORIGIN,
                now=NOW,
                patients=people,
                permit=permit_all,
            )

    print(f"{'microseconds':<34} {'median':>8} {'best':>8} {'cpu':>8}")
    measure(f"FindDocuments, {each} LeafClass", find, rounds)
    measure(f"FindDocuments, {each} ObjectRef", lambda: find(leaf=False), rounds)
    measure("  its SQL alone", lambda: search.matching(query, [key]), rounds)
    survivors = Survivors(people)
    found = search.matching(query, [key])
    measure("  judging", lambda: search.permitted(found, permit_all, survivors), rounds)
    opened = {key: patient}
    measure("  opening", lambda: search.opened(found, opened, leaf=True), rounds)
    for name, act in (("FindDocuments", find), ("register", register)):
        with CaptureQueriesContext(connection) as captured:
            act()
        print(f"{name}: {len(captured)} statements, the transaction's own included")
    measure("register, durable", register, max(rounds // 10, 1))


if __name__ == "__main__":
    main()
