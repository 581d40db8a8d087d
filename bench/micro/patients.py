"""PDQ by name and birth date among many people: `python -m bench.micro.patients`.

Prints p50, p95 and p99 in milliseconds of the look-up alone, of the service with its durable access
record, of ITI-78 at the door without a socket, and of the floor: the same statements, traced from
the look-ups and replayed on the same connection in the same run. Want: p95 below 10 ms among a
million. The database is a throw-away one, or that of `--database`, which must be empty.
"""

import argparse
import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

if TYPE_CHECKING:
    from naru.domain.person import Demographics

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOSPITAL, AFFINITY = "2.999.300", "2.999.301"
BATCH = 25_000
SURNAMES = {
    "김": 215, "이": 147, "박": 84, "최": 47, "정": 43, "강": 24, "조": 21, "윤": 20, "장": 20,
    "임": 16, "한": 15, "오": 15, "서": 15, "신": 15, "권": 14, "황": 14, "안": 14, "송": 14,
    "류": 13, "홍": 11, "남궁": 1, "황보": 1, "제갈": 1, "선우": 1,
}  # fmt: skip
"""Roughly per thousand: the commonest has a fifth of everybody, as in Korea."""
FIRST = "하서도지민은가나다보시예유태준현수영정재"
SECOND = "늘윤담솔온람빛진현영아원결슬우준호희연경"


class Person(NamedTuple):
    """Somebody made up."""

    family: str
    given: str
    born: date
    male: bool


def population(size: int) -> Iterator[Person]:
    """The same people at every run."""
    chance = random.Random(20261121)
    names, weights = list(SURNAMES), list(SURNAMES.values())
    for _ in range(size):
        given = chance.choice(FIRST) + chance.choice(SECOND)
        born = date(1931, 1, 1) + timedelta(days=chance.randrange(33_000))
        yield Person(chance.choices(names, weights)[0], given, born, chance.random() < 0.5)


def prepare(folder: Path, database: str) -> None:
    """A data folder with its keys and an empty database."""
    os.environ |= {
        "NARU_DATA": str(folder),
        "NARU_DATABASE": database,
        "NARU_SANDBOX": "1",
        "NARU_AFFINITY_DOMAINS": AFFINITY,
        "DJANGO_SETTINGS_MODULE": "naru.node.settings",
    }
    from naru.security.keys import create_master_key

    create_master_key(folder / "keys")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def demographics(person: Person) -> "Demographics":
    """What a hospital tells of a person."""
    from naru.domain.person import Demographics, Gender, PersonName

    name = PersonName(
        text=person.family + person.given, family=person.family, given=(person.given,)
    )
    gender = Gender.MALE if person.male else Gender.FEMALE
    return Demographics(names=(name,), gender=gender, birth_time=f"{person.born:%Y%m%d}")


def fill(size: int) -> None:
    """Keep everybody as a feed would, in large transactions."""
    from django.db import connection, transaction

    from naru.patients import domains

    with transaction.atomic():
        rows = domains.row(HOSPITAL).pk, domains.row(AFFINITY).pk
    gc.disable()  # A batch is half a million objects, and none of them is garbage yet.
    people = enumerate(population(size), start=1)
    while batch := list(islice(people, BATCH)):
        with transaction.atomic():
            _keep(batch, *rows)
    gc.enable()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT MAX(id) FROM patients_source_record")
        assert cursor.fetchone() == (size,)


def _keep(batch: Sequence[tuple[int, Person]], hospital: int, affinity: int) -> None:
    from django.db import connection

    from naru.domain.identifiers import Identifier
    from naru.patients import models, sealed, terms
    from naru.storage import rows

    patients, records, identifiers, tokens = [], [], [], []
    for number, person in batch:
        key, told = UUID(int=number, version=4), demographics(person)
        patients.append(models.Patient(key=key, root=key))
        blob = sealed.seal_demographics(told, key)
        records.append(models.SourceRecord(key=key, patient_id=number, sealed=blob, updated=NOW))
        for domain, oid in ((hospital, HOSPITAL), (affinity, AFFINITY)):
            identifier = Identifier(f"TEST-{number}", oid)
            token = sealed.identifier_token(identifier)
            identifiers.append(
                models.PatientIdentifier(
                    token=token,
                    domain_id=domain,
                    patient_id=number,
                    record_id=number if domain == hospital else None,
                    sealed=sealed.seal_identifier(identifier, token),
                )
            )
        of_record = sealed.search_tokens(terms.of_record(told))
        tokens += [(one, number) for one in of_record]
    # The database counts from one, as `number` does. Tokens go in their order: so an index that is
    # larger than the memory is read once for each batch.
    tokens.sort()
    for made in (patients, records, identifiers):
        rows.insert(made)
    with connection.cursor() as cursor:
        statement = "INSERT INTO patients_search_token (token, record_id) VALUES (%s, %s)"
        cursor.executemany(statement, tokens)


def measure(name: str, act: Callable[[Any], object], questions: Sequence[Any]) -> float:
    """Print and hand out the p95 of one act on every question, in milliseconds."""
    taken = []
    for question in questions:
        start = time.perf_counter()
        act(question)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    p50, p95, p99 = (taken[min(len(taken) - 1, len(taken) * n // 100)] for n in (50, 95, 99))
    print(f"{name:<44}{p50:>8.2f}{p95:>8.2f}{p99:>8.2f}{taken[-1]:>9.2f}", flush=True)
    return p95


class Tracing:
    """Notes the statements that pass on their way to the database."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        """Django's execute wrapper."""
        if sql.lstrip().startswith("SELECT"):
            self.statements.append((sql, rest[0]))
        return execute(sql, *rest)


def compare(people: Sequence[Person]) -> None:
    """Each way to ask, beside its floor."""
    from naru.domain.patient_query import PatientQuery
    from naru.domain.patient_search import Born, Named, NamePart
    from naru.domain.person import PersonName

    def day(one: Person) -> str:
        return f"{one.born:%Y%m%d}"

    def soap(one: Person) -> PatientQuery:
        name = PersonName(family=one.family, given=(one.given,))
        return PatientQuery(names=(name,), birth_time=day(one))

    def fhir(one: Person) -> PatientQuery:
        family, given = Named(NamePart.FAMILY, one.family), Named(NamePart.GIVEN, one.given)
        return PatientQuery(clauses=((family,), (given,), (Born(day(one), day(one)),)))

    def alike(one: Person) -> PatientQuery:
        name = PersonName(text=one.family + one.given, use="SRCH")
        return PatientQuery(names=(name,), birth_time=day(one))

    def whole_name(one: Person) -> PatientQuery:
        return PatientQuery(names=(PersonName(family=one.family, given=(one.given,)),))

    print(f"{'milliseconds':<44}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>9}")
    for name, question in (
        ("name and birth date, ITI-47", soap),
        ("name and birth date, ITI-78", fhir),
        ("a name like it and birth date", alike),
        ("a name in two parts alone", whole_name),
    ):
        _beside_floor(name, [question(one) for one in people])
    measure("ITI-78 at the door, read and answered", _at_door, people)


def _beside_floor(name: str, questions: Sequence[Any]) -> None:
    from django.db import connection

    from naru.exchange import identify
    from naru.exchange.access import Access
    from naru.exchange.patients import identity as patient_identity
    from naru.exchange.patients.viewing import Viewing
    from naru.patients import queries
    from naru.patients.errors import TooBroad

    traced: list[list[tuple[str, Any]]] = []

    def access() -> Access:
        caller = identify.at_wire(None, address="127.0.0.1", now=NOW)
        return Access(transaction="BENCH", caller=caller, time=NOW)

    def trace(question: Any) -> None:
        tracing = Tracing()
        with connection.execute_wrapper(tracing):
            queries.find(question, Viewing(access()))
        traced.append(tracing.statements)

    def replay(statements: list[tuple[str, Any]]) -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    kept = []
    for question in questions:
        try:
            trace(question)
        except TooBroad:  # Nothing to measure: more than a thousand have this name.
            continue
        kept.append(question)
    if len(kept) < len(questions):
        print(f"  ({len(questions) - len(kept)} of {len(questions)} are too broad)")
    if not kept:
        return
    floor = measure(f"  floor: {len(traced[0])} statements", replay, traced)
    alone = measure(f"{name}: look-up", lambda one: queries.find(one, Viewing(access())), kept)
    measure(
        f"{name}: with its record", lambda one: patient_identity.demographics(access(), one), kept
    )
    print(f"  look-up at p95: {alone / floor:.1f} x its floor")


def _at_door(one: Person) -> None:
    import io

    from naru.faces.fhir.door import PEER_CERTIFICATE, answer

    asked = {"family": one.family, "given": one.given, "birthdate": f"{one.born}"}
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/fhir/Patient",
        "QUERY_STRING": urlencode(asked),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        PEER_CERTIFICATE: None,
    }
    said: list[str] = []

    def start(status: str, _headers: object) -> None:
        said.append(status)

    content = b"".join(answer(environ, start))  # type: ignore[arg-type]  # What the door uses of it.
    assert said == ["200 OK"], (said, content)
    assert b'"entry"' in content


def main() -> None:
    """Fill, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--database", default="", help="postgresql://…; empty is SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="naru-bench-") as folder:
        prepare(Path(folder), given.database)
        began = time.perf_counter()
        fill(given.patients)
        print(f"{given.patients} people in {time.perf_counter() - began:.0f} s")
        chance = random.Random(1)
        everybody = list(population(given.patients))
        compare(chance.sample(everybody, min(given.rounds, given.patients)))
        from naru.audit import services as audit

        audit.stop()


if __name__ == "__main__":
    main()
