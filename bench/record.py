"""Access records and consent decisions: `python bench/record.py`, in a scratch data folder.

Prints records/s of the commit thread beside one commit for each record, and the floor: the same
rows by bare SQL, once one by one and once 32 to a commit; then all of it with 5 ms more per fsync.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

HERE = Path(__file__).parent
THREADS = 32


def main() -> None:
    """Measure twice, in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        slow = Path(folder) / "slow.so"
        source = HERE / "slow_fsync.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", slow, source, "-ldl"], check=True)
        for name, extra in (("plain fsync", {}), ("fsync + 5 ms", {"LD_PRELOAD": str(slow)})):
            print(f"\n{name}")
            data = Path(folder) / name.replace(" ", "")
            environment = os.environ | extra | {"NARU_DATA": str(data)}
            environment |= {"DJANGO_SETTINGS_MODULE": "naru.node.settings"}
            environment |= {"PYTHONPATH": str(HERE.parent)}
            subprocess.run([sys.executable, __file__, "measure"], check=True, env=environment)


def measure() -> None:
    """Make a data folder and measure in it."""
    from naru.node.options import NodeOptions
    from naru.security.keys import create_master_key

    create_master_key(NodeOptions.from_environment().keys)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    slow = "LD_PRELOAD" in os.environ
    audit(160 if slow else 3200)
    connection.close()
    if not slow:
        consent()


def audit(count: int) -> None:
    """Records by the commit thread, by one commit each, and the floor."""
    from django.db import transaction

    from naru.audit.records import AccessRecord, AuditedObject, Outcome
    from naru.audit.services import record_now, record_within, verify_chain
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role

    caller = Caller(
        role=Role.CLINICIAN,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=uuid4(),
        address="192.0.2.7",
    )

    def record() -> AccessRecord:
        return AccessRecord(
            transaction="ITI-18",
            caller=caller,
            outcome=Outcome.SUCCESS,
            time=datetime.now(UTC),
            request_id=uuid4(),
            patients=(uuid4(),),
            objects=(AuditedObject("document", "2.999.1"),),
            query="<AdhocQuery/>" * 40,
        )

    def one_commit_each() -> None:
        with transaction.atomic():
            record_within(record())

    def grouped() -> None:
        record_now(record())

    for threads in (1, THREADS):
        report(f"one commit each, {threads} threads", one_commit_each, count, threads)
        report(f"commit thread,   {threads} threads", grouped, count * min(threads, 5), threads)
    floor(1, count)
    floor(THREADS, count * 5)
    began = time.perf_counter()
    found = verify_chain()
    print(f"  verify_chain: {len(found)} findings in {time.perf_counter() - began:.2f} s")


def floor(batch: int, count: int) -> None:
    """The same rows by bare SQL, `batch` to a commit, one thread."""
    from django.db import connection

    from naru.audit import rows

    connection.ensure_connection()
    raw = connection.connection
    writer, body, sealed = uuid4().hex, b"b" * 430, b"s" * 600
    opening = "INSERT INTO audit_writer (id, seq, hash, mac) VALUES (?, 0, ?, ?)"
    raw.execute(opening, (writer, bytes(32), bytes(32)))
    (place,) = raw.execute("SELECT coalesce(max(id), 0) FROM audit_record").fetchone()
    insert, patient, head = (
        text.replace("%s", "?")
        for text in (rows.INSERT_RECORD, rows.INSERT_PATIENT, rows.MOVE_HEAD)
    )
    began = time.perf_counter()
    for first in range(0, count, batch):
        numbers = range(first + 1, first + batch + 1)
        ids = [uuid4().hex for _ in numbers]
        none = bytes(32)
        raw.execute("BEGIN IMMEDIATE")
        values = [
            (place + seq, one, writer, seq, none, none, body, sealed, None)
            for one, seq in zip(ids, numbers, strict=True)
        ]
        raw.executemany(insert, values)
        raw.executemany(patient, [(uuid4().hex, place + seq) for seq in numbers])
        raw.execute(head, (first + batch, none, none, writer))
        raw.execute("COMMIT")
    rate = count / (time.perf_counter() - began)
    print(f"  floor, bare SQL, {batch} to a commit: {rate:,.0f}/s")
    raw.execute(
        "DELETE FROM audit_record_patient WHERE record_id IN"
        " (SELECT id FROM audit_record WHERE writer = ?)",
        (writer,),
    )
    raw.execute("DELETE FROM audit_record WHERE writer = ?", (writer,))
    raw.execute("DELETE FROM audit_writer WHERE id = ?", (writer,))


def report(name: str, act: Callable[[], None], count: int, threads: int) -> None:
    """Run `act` on each thread and print rate, CPU and waits."""
    waits: list[float] = []

    def go_on(_: int) -> None:
        for _ in range(count // threads):
            began = time.perf_counter()
            act()
            waits.append(time.perf_counter() - began)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(go_on, range(threads)))  # Threads and connections exist from here on.
        waits.clear()
        processor, began = time.process_time(), time.perf_counter()
        list(pool.map(go_on, range(threads)))
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
    waits.sort()
    print(
        f"  {name}: {len(waits) / seconds:,.0f}/s, {processor / len(waits) * 1e6:.0f} µs CPU each,"
        f" p50 {statistics.median(waits) * 1e3:.2f} p99 {waits[len(waits) * 99 // 100] * 1e3:.2f}"
        f" max {waits[-1] * 1e3:.2f} ms"
    )


def consent() -> None:
    """Acts, snapshots and decisions."""
    from naru.consent import queries, services
    from naru.consent.asked import Asked
    from naru.consent.decision import decide, for_patient
    from naru.consent.policy import policy
    from naru.consent.snapshots import Exclusion, Standing
    from naru.domain.arrangements import Relation, RelationKind
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
    from naru.domain.decision import Act, Item, Path, Question, Requester

    actor = Caller(
        role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST, assurance=Assurance.SESSION
    )
    now, day = datetime.now(UTC), date(2026, 11, 20)
    patients = [uuid4() for _ in range(1000)]
    began = time.perf_counter()
    for patient in patients:
        services.grant(patient, day, actor, "TEST-1", now)
    print(f"  consent acts, durable: {1000 / (time.perf_counter() - began):,.0f}/s")
    report_each("snapshot, no exclusions", [lambda p=p: queries.snapshot(p) for p in patients])
    for patient in patients[:200]:
        services.exclude(patient, Exclusion(department="03"), actor, "TEST-1", now)
    few = patients[:200]
    report_each("snapshot, an exclusion", [lambda p=p: queries.snapshot(p) for p in few])
    hospital = uuid4()
    items = [
        Item(institution=uuid4(), event_date=day, department="01", document=f"2.999.{number}")
        for number in range(200_000)
    ]
    question = Question(
        requester=Requester(role=Role.CLINICIAN, institution=hospital),
        patient=patients[0],
        item=items[0],
        act=Act.READ,
        path=Path.QUERY,
        purpose=PurposeOfUse.TREATMENT,
        time=now,
    )
    treated = Relation(institution=hospital, kind=RelationKind.RECEPTION, since=now, until=now)
    law = policy()
    for name, patient in (("no exclusions", patients[999]), ("an exclusion", patients[0])):
        standing = Standing(snapshot=queries.snapshot(patient), relations=(treated,))
        began = time.perf_counter()
        for _ in range(100_000):
            decide(question, standing, law)
        print(f"  decisions, {name}: {100_000 / (time.perf_counter() - began):,.0f}/s")
        began = time.perf_counter()
        decided = for_patient(Asked.of(question, standing, law))
        for item in items:
            decided(item)
        print(f"  of one patient, {name}: {len(items) / (time.perf_counter() - began):,.0f}/s")
    began = time.perf_counter()
    for _ in items:
        as_it_is(question.item)
    rate = len(items) / (time.perf_counter() - began)
    print(f"  floor, a call that decides nothing: {rate:,.0f}/s")


def as_it_is(item: object) -> object:
    """What a call costs on this machine."""
    return item


def report_each(name: str, acts: list[Callable[[], object]]) -> None:
    """Print the median of single calls."""
    spent = []
    for _ in range(5):
        for act in acts:
            began = time.perf_counter()
            act()
            spent.append(time.perf_counter() - began)
    print(f"  {name}: median {statistics.median(spent) * 1e6:.0f} µs")


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["measure"] else main()
