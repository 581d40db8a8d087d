"""Every column of every room is brought to the newest generation, by what the columns say."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from naru.consent.models import Act
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.ledger import services as ledger
from naru.ledger.models import Commitment
from naru.patients import queries, services
from naru.patients.models import PatientIdentifier, SourceRecord
from naru.security import rotation
from naru.security.errors import RotationRefused, SealBroken
from naru.security.fields import SealedField, columns
from naru.security.key_file import Step, read
from naru.security.keys import digest_of, header_of, ring
from naru.security.resealing import left, users_of

pytestmark = pytest.mark.django_db

DOMAIN = "2.999.77"
SETTLE = timedelta(seconds=10)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self) -> None:
        self.now += SETTLE


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Iterator[Path]:
    """The keys of this test process, which are as before when the test ends."""
    keys = data / "keys"
    shutil.copytree(keys, tmp_path / "before", copy_function=shutil.copy2)
    yield keys
    shutil.rmtree(keys)
    shutil.copytree(tmp_path / "before", keys, copy_function=shutil.copy2)
    ring().look()


@pytest.fixture(autouse=True)
def _affinity_domain() -> Iterator[None]:
    with override_settings(NARU=replace(settings.NARU, affinity_domains=(DOMAIN,))):
        yield


def fed(value: str, given: str) -> UUID:
    record = PatientRecord(
        identifiers=(Identifier(value, DOMAIN),),
        demographics=Demographics(names=(PersonName(family="김", given=(given,)),)),
    )
    with transaction.atomic():
        return services.keep(record, now=datetime(2026, 1, 1, tzinfo=UTC)).patient


def go_on(folder: Path, clock: Clock, until: Step) -> None:
    worker = rotation.Rotation(folder, clock)
    for _ in range(1000):
        found = read(folder)
        assert found is not None
        if found.step is until:
            ring().look()
            return
        if not worker.go_on() and read(folder) == found:
            clock.tick()
    raise AssertionError(left(ring().current))


def test_whoever_was_known_stays_known_at_every_step(folder: Path) -> None:
    first, clock = fed("TEST-1", "나루"), Clock()
    rotation.announce(folder, clock(), SETTLE)
    ring().look()
    announced = fed("TEST-2", "나래")
    assert users_of(2) == {}
    clock.tick()
    go_on(folder, clock, Step.RESEALING)
    third = fed("TEST-3", "나비")
    for value, patient in (("TEST-1", first), ("TEST-2", announced), ("TEST-3", third)):
        found = queries.resolve(Identifier(value, DOMAIN))
        assert found is not None
        assert found.patient == patient
    # The same person told again is the same, though the token stands under the old cover.
    assert fed("TEST-1", "나루") == first
    assert PatientIdentifier.objects.filter(domain__oid=DOMAIN).count() == 3
    assert left(2)["patients_identifier.token"] >= 2
    go_on(folder, clock, Step.SETTLED)
    assert left(2) == {}
    for value, patient in (("TEST-1", first), ("TEST-2", announced), ("TEST-3", third)):
        found = queries.resolve(Identifier(value, DOMAIN))
        assert found is not None
        assert found.patient == patient
        (source,) = queries.sources(patient)
        assert Identifier(value, DOMAIN) in source.identifiers
    assert fed("TEST-2", "나래") == announced


def test_a_generation_is_destroyed_only_when_nothing_needs_it(folder: Path) -> None:
    fed("TEST-1", "나루")
    clock = Clock()
    rotation.announce(folder, clock(), SETTLE)
    for step in (Step.RESEALING, Step.SETTLED):
        with pytest.raises(RotationRefused, match="in use"):
            rotation.retire(folder, 1, clock())
        clock.tick()
        go_on(folder, clock, step)
    with pytest.raises(RotationRefused, match="shortly"):
        rotation.retire(folder, 1, clock())
    clock.tick()
    with pytest.raises(RotationRefused, match="in use"):
        rotation.retire(folder, 2, clock())
    with pytest.raises(RotationRefused, match="no generation 7"):
        rotation.retire(folder, 7, clock())
    # One value that was overlooked is enough.
    row = SourceRecord.objects.all()[0]
    before = bytes(row.sealed)
    SourceRecord.objects.filter(pk=row.pk).update(sealed=header_of(1) + before[3:])
    with pytest.raises(RotationRefused, match=r"patients_source_record.sealed \(1\)"):
        rotation.retire(folder, 1, clock())
    SourceRecord.objects.filter(pk=row.pk).update(sealed=before)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM patients_search_token LIMIT 1")
        stored = bytes(cursor.fetchone()[0])
        update = "UPDATE patients_search_token SET token = %s WHERE token = %s"
        cursor.execute(update, [digest_of(stored), stored])
        with pytest.raises(RotationRefused, match=r"patients_search_token\.token"):
            rotation.retire(folder, 1, clock())
        cursor.execute(update, [stored, digest_of(stored)])
    rotation.retire(folder, 1, clock())
    ring().look()
    with pytest.raises(SealBroken, match="no key 1"):
        ring().sealer("patients/demographics").open(header_of(1) + before[3:], row.key.bytes)


def test_what_is_chained_opens_after_its_generation_is_gone(folder: Path) -> None:
    record = os.urandom(16)
    blob = ring().sealer("audit").seal(b"particulars", record)
    clock = Clock()
    rotation.announce(folder, clock(), SETTLE)
    go_on(folder, clock, Step.SETTLED)
    clock.tick()
    rotation.retire(folder, 1, clock())
    ring().look()
    assert ring().sealer("audit").open(blob, record) == b"particulars"
    assert {one.purpose for one in columns(SealedField) if one.kept} == {"audit", "audit/received"}


def test_erasure_is_whole_once_the_generation_is_gone_and_other_proofs_stand(
    folder: Path, tmp_path: Path
) -> None:
    """R34: what is deleted cannot be had back from a copy; what is not deleted is still proved."""
    erased, other = uuid4(), uuid4()
    digest = bytes(range(32))
    with transaction.atomic():
        ledger.commit_document(erased, digest)
        ledger.commit_document(other, digest)
    row = Commitment.objects.get(subject=erased)
    backup, operation = bytes(row.sealed_key), row.operation
    demographics = fed("TEST-1", "나루")
    person = bytes(SourceRecord.objects.get(patient__key=demographics).sealed)
    row.delete()
    clock = Clock()
    rotation.announce(folder, clock(), SETTLE)
    go_on(folder, clock, Step.SETTLED)
    # Until the generation is gone, a backup still opens: that is what the runbook says.
    assert ring().sealer("ledger").open(backup, operation.bytes)
    clock.tick()
    rotation.retire(folder, 1, clock())
    ring().look()
    assert ledger.verify_document(other, digest)
    for sealer, blob, aad in (
        ("ledger", backup, operation.bytes),
        ("patients/demographics", person, b""),
    ):
        with pytest.raises(SealBroken, match="no key 1"):
            ring().sealer(sealer).open(blob, aad)


def test_a_row_that_changes_meanwhile_keeps_the_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = uuid4()
    sealer = ring().sealer("consent-act")
    row = Act.objects.create(act=act, patient=uuid4(), content=sealer.seal(b"one", act.bytes))
    clock = Clock()
    rotation.announce(folder, clock(), SETTLE)
    clock.tick()
    go_on(folder, clock, Step.RESEALING)
    opened = type(sealer).open

    def slow(self: object, blob: bytes, aad: bytes) -> bytes:
        found = opened(self, blob, aad)  # type: ignore[arg-type]  # A Sealer.
        if found == b"one":
            Act.objects.filter(pk=row.pk).update(content=sealer.seal(b"two", act.bytes))
        return found

    monkeypatch.setattr(type(sealer), "open", slow)
    go_on(folder, clock, Step.SETTLED)
    row.refresh_from_db()
    assert opened(sealer, bytes(row.content), act.bytes) == b"two"


def test_a_worker_that_dies_leaves_the_rest_to_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        fed(f"TEST-{number}", f"나루{number}")
    monkeypatch.setattr("naru.security.resealing.BATCH", 2)
    clock = Clock()
    rotation.announce(folder, clock(), SETTLE)
    go_on(folder, clock, Step.RESEALING)
    rotation.Rotation(folder, clock).go_on()  # One batch, and its worker is gone.
    assert left(2)["patients_identifier.token"] > 0
    go_on(folder, clock, Step.SETTLED)
    assert left(2) == {}


def test_what_a_straggler_still_seals_under_the_old_is_not_left_behind(folder: Path) -> None:
    fed("TEST-1", "나루")
    row = SourceRecord.objects.get()
    clock, before = Clock(), bytes(row.sealed)
    rotation.announce(folder, clock(), SETTLE)
    clock.tick()
    go_on(folder, clock, Step.RESEALING)
    worker = rotation.Rotation(folder, clock)
    while worker.go_on():
        pass
    assert left(2) == {}
    # A process that has not looked at the ring yet: its step has not lasted long enough.
    SourceRecord.objects.filter(pk=row.pk).update(sealed=before)
    assert users_of(1) == {"patients_source_record.sealed": 1}
    clock.tick()
    go_on(folder, clock, Step.SETTLED)
    assert users_of(1) == {}
