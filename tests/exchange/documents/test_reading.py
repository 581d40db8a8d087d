"""What documents say is kept beside them, and is told of each exactly as its bytes would be."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from naru.audit.models import Record as AuditRow
from naru.domain.clinical import Content
from naru.exchange.charts import past_history as past
from naru.repository import objects, tasks
from naru.repository.models import Document, Said
from tests.exchange.charts.test_past_history import DIABETES, DRUG, consented, sends, summary
from tests.exchange.hospitals import Hospital, Patient


def reads_everything(version: int | None = None) -> None:
    readers = settings.READERS
    if version is not None:
        readers = replace(readers, version=lambda: version)
    while tasks.read(readers, most=100):
        pass


@pytest.fixture
def three() -> tuple[Hospital, Hospital, Patient]:
    """East sends two documents that can be read and one that cannot; west treats the patient."""
    east, west, patient = consented()
    sends(east, patient, summary(east, patient, Content(diagnoses=(DIABETES,))))
    sends(
        east, patient, summary(east, patient, Content(diagnoses=(DIABETES,), medications=(DRUG,)))
    )
    sends(east, patient, b"<ClinicalDocument")
    west.receives(patient)
    return east, west, patient


def test_kept_or_read_now_the_same_is_told(three: tuple[Hospital, Hospital, Patient]) -> None:
    _, west, patient = three
    before = past.gather(west.access(), patient.key)
    assert (len(before.sources), len(before.unread)) == (2, 1)
    reads_everything()

    access = west.access()
    assert past.gather(access, patient.key) == before
    first, second = AuditRow.objects.order_by("-id")[:2]
    assert first.id != second.id
    assert len(access.objects) == 6  # Three were found, and three were opened.


def test_no_bytes_are_opened_of_what_is_kept(
    three: tuple[Hospital, Hospital, Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, west, patient = three
    reads_everything()
    monkeypatch.setattr(objects, "store", None)

    with CaptureQueriesContext(connection) as asked:
        assert len(past.gather(west.access(), patient.key).sources) == 2
    assert sum("repository_said" in one["sql"] for one in asked) == 1


def test_each_is_decided_on_when_it_is_asked_for(
    three: tuple[Hospital, Hospital, Patient],
) -> None:
    _, west, patient = three
    reads_everything()
    assert past.gather(Hospital().access(), patient.key) == past.Gathered((), ())
    patient.withdraws()
    assert past.gather(west.access(), patient.key) == past.Gathered((), ())


def test_what_other_readers_took_from_a_document_counts_for_nothing(
    three: tuple[Hospital, Hospital, Patient],
) -> None:
    _, west, patient = three
    reads_everything(version=7)
    Said.objects.update(sealed=b"of another version")
    assert len(past.gather(west.access(), patient.key).sources) == 2
    reads_everything()
    assert set(Document.objects.values_list("read_by", flat=True)) == {settings.READERS.version()}
    assert len(past.gather(west.access(), patient.key).sources) == 2


def test_it_goes_with_its_document_and_lies_sealed(
    three: tuple[Hospital, Hospital, Patient],
) -> None:
    reads_everything()
    assert Said.objects.count() == 2
    assert not any("시험".encode() in bytes(one.sealed) for one in Said.objects.all())
    Document.objects.all().delete()
    assert not Said.objects.exists()


def test_a_document_that_cannot_be_opened_is_left_to_whoever_asks_for_it(
    three: tuple[Hospital, Hospital, Patient],
) -> None:
    address = Document.objects.order_by("id").first()
    assert address is not None
    objects.store().delete(address.address)
    reads_everything()
    assert Said.objects.count() == 1


def test_readers_without_a_format_have_read_it_all_the_same(
    three: tuple[Hospital, Hospital, Patient],
) -> None:
    with override_settings(READERS=replace(settings.READERS, documents={})):
        reads_everything()
    assert not Said.objects.exists()
    assert set(Document.objects.values_list("read_by", flat=True)) == {settings.READERS.version()}
