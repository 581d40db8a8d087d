"""Bytes are received, settled, kept, given back, forgotten and swept."""

import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.repository import objects, queries, services, tasks
from naru.repository.errors import DocumentDamaged, RepositoryTaken
from naru.repository.models import Document
from naru.repository.services import Claim
from naru.repository.values import Received

pytestmark = pytest.mark.django_db(transaction=True)

OID = "2.999.7"
NOW = datetime.now(UTC)
LATER = NOW + tasks.ORPHAN_AFTER + timedelta(hours=3)
"""Long after whatever a test writes, however long ago this module was read."""
CONTENT = "<ClinicalDocument>가</ClinicalDocument>".encode()


@pytest.fixture(autouse=True)
def repository(transactional_db: None) -> None:
    services.establish(oid=OID, institution=uuid4(), name="나루병원 저장소")


def claim_of(unique_id: str = "2.999.4.1", **said: object) -> Claim:
    return Claim(unique_id=unique_id, mime_type="text/xml", **said)  # type: ignore[arg-type]  # By name.


def settle(content: bytes, claim: Claim | None = None) -> Received:
    writer = services.receive()
    writer.write(content)
    return services.settle(writer, claim or claim_of())


def keep(received: Received, claim: Claim | None = None, *, pending: bool = False) -> None:
    with transaction.atomic():
        services.keep(received, claim or claim_of(), repository_oid=OID, now=NOW, pending=pending)


def read(unique_id: str = "2.999.4.1") -> bytes:
    return b"".join(queries.chunks(queries.held(OID, unique_id)))


def stored() -> set[str]:
    """The addresses of all objects, drafts included by their names."""
    folder = Path(settings.NARU.data) / "objects"
    return {file.name for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(autouse=True)
def before() -> Iterator[set[str]]:
    services.receive().abort()
    already = stored()
    yield already
    for name in stored() - already:
        objects.store().delete(name)


@pytest.mark.parametrize("size", [0, 1, 13_000, 300_000])
def test_a_document_comes_back_byte_for_byte(size: int) -> None:
    content = os.urandom(size)
    keep(settle(content))
    held = queries.held(OID, "2.999.4.1")
    assert read() == content
    assert (held.size, held.mime_type) == (size, "text/xml")
    assert held.sha1 == hashlib.sha1(content).hexdigest()
    assert held.sha256 == hashlib.sha256(content).hexdigest()


def test_a_document_is_found_in_one_statement() -> None:
    keep(settle(CONTENT))
    with CaptureQueriesContext(connection) as captured:
        queries.held(OID, "2.999.4.1")
    assert len(captured) == 1


def test_the_right_hash_in_either_case_is_accepted() -> None:
    digest = hashlib.sha1(CONTENT).hexdigest()
    for said in (digest, digest.upper()):
        settle(CONTENT, claim_of(hash=said, size=len(CONTENT)))


@pytest.mark.parametrize(
    ("said", "breaches"),
    [({"hash": "0" * 40}, 1), ({"size": 1}, 1), ({"hash": "0" * 40, "size": 1}, 2)],
    ids=str,
)
def test_a_wrong_hash_or_size_is_refused_and_nothing_stored(
    said: dict[str, object], breaches: int, before: set[str]
) -> None:
    with pytest.raises(RegistryFailure) as refused:
        settle(CONTENT, claim_of(**said))
    codes = [error.code for error in refused.value.errors]
    assert codes == [ErrorCode.XDSRepositoryMetadataError] * breaches
    assert stored() == before


def test_a_message_names_a_document_once() -> None:
    services.check_message([claim_of("1"), claim_of("2")])
    with pytest.raises(RegistryFailure, match="XDSRepositoryDuplicateUniqueIdInMessage"):
        services.check_message([claim_of("1"), claim_of("1")])


def test_the_same_bytes_are_accepted_again_and_stored_once(before: set[str]) -> None:
    first, second = settle(CONTENT), settle(CONTENT)
    keep(first)
    keep(second)
    assert Document.objects.count() == 1
    assert stored() - before == {first.address}
    assert read() == CONTENT


def test_other_bytes_under_a_held_unique_id_are_refused() -> None:
    keep(settle(CONTENT))
    with pytest.raises(RegistryFailure, match=r"^XDSNonIdenticalHash$"):
        keep(settle(CONTENT[::-1]))
    with pytest.raises(RegistryFailure, match=r"^XDSNonIdenticalSize, XDSNonIdenticalHash$"):
        keep(settle(CONTENT + b" "))
    assert read() == CONTENT


def test_a_rolled_back_registration_leaves_the_document_unknown() -> None:
    received = settle(CONTENT)
    with transaction.atomic():
        services.keep(received, claim_of(), repository_oid=OID, now=NOW)
        transaction.set_rollback(True)
    with pytest.raises(RegistryFailure, match="XDSDocumentUniqueIdError"):
        queries.held(OID, "2.999.4.1")


def test_forgotten_bytes_are_gone_but_held_ones_stay(before: set[str]) -> None:
    held, failed, pending = settle(CONTENT), settle(CONTENT), settle(b"other")
    keep(held)
    keep(pending, claim_of("2"), pending=True)
    services.forget([held, failed, pending])
    assert stored() - before == {held.address}
    assert Document.objects.count() == 1
    assert read() == CONTENT


def test_unknown_repositories_and_documents_have_their_own_errors() -> None:
    for oid, code in ((OID, "XDSDocumentUniqueIdError"), ("2.999.77", "XDSUnknownRepositoryId")):
        with pytest.raises(RegistryFailure, match=code) as refused:
            queries.held(oid, "1")
        assert refused.value.errors[0].location == "1"
    received = settle(CONTENT)
    with pytest.raises(RegistryFailure, match="XDSUnknownRepositoryId"), transaction.atomic():
        services.keep(received, claim_of(), repository_oid="2.999.77", now=NOW)


def test_two_repositories_hold_one_unique_id_each() -> None:
    services.establish(oid="2.999.77", institution=uuid4(), name="둘째")
    keep(settle(CONTENT))
    with transaction.atomic():
        services.keep(settle(b"other"), claim_of(), repository_oid="2.999.77", now=NOW)
    assert read() == CONTENT
    assert b"".join(queries.chunks(queries.held("2.999.77", "2.999.4.1"))) == b"other"
    assert [one.oid for one in queries.repositories()] == [OID, "2.999.77"]


def test_a_repository_may_change_its_name_and_never_who_answers_for_it() -> None:
    found = queries.repository(OID)
    assert found is not None
    with pytest.raises(RepositoryTaken):
        services.establish(oid=OID, institution=uuid4(), name="새 이름")
    assert queries.repository(OID) == found
    services.establish(oid=OID, institution=found.institution, name="새 이름")
    renamed = queries.of_institution(found.institution)
    assert renamed is not None
    assert renamed.name == "새 이름"
    assert queries.repository("2.999.77") is None


def test_a_document_that_is_not_what_was_registered_never_reaches_its_end() -> None:
    content = os.urandom(200_000)
    keep(settle(content))
    Document.objects.update(sha1="0" * 40)
    given: list[bytes] = []
    with pytest.raises(DocumentDamaged):
        given.extend(queries.chunks(queries.held(OID, "2.999.4.1")))
    assert sum(map(len, given)) < len(content)


def test_reading_may_stop_early() -> None:
    keep(settle(os.urandom(200_000)))
    for read_first in (True, False):
        chunks = queries.chunks(queries.held(OID, "2.999.4.1"))
        if read_first:
            next(chunks)
        chunks.close()
        chunks.close()


# Pending, and what is swept


def test_a_pending_document_can_be_read_before_it_is_confirmed() -> None:
    received = settle(CONTENT)
    keep(received, pending=True)
    assert read() == CONTENT
    with transaction.atomic():
        services.confirm([received], now=NOW)
    assert Document.objects.get().state == Document.State.HELD
    assert read() == CONTENT


def test_a_confirmed_copy_of_a_held_document_is_dropped(before: set[str]) -> None:
    first, second = settle(CONTENT), settle(CONTENT)
    keep(first, pending=True)
    keep(second, pending=True)
    with transaction.atomic():
        services.confirm([first, second], now=NOW)
    assert Document.objects.count() == 1
    assert stored() - before == {first.address}


def test_orphans_are_swept_and_held_documents_are_not(before: set[str]) -> None:
    held, orphan, pending = settle(CONTENT), settle(b"orphan"), settle(b"pending")
    keep(held)
    keep(pending, claim_of("2"), pending=True)
    tasks.sweep(now=NOW, is_registered=lambda *_: False)
    assert stored() - before == {held.address, orphan.address, pending.address}
    tasks.sweep(now=LATER, is_registered=lambda *_: False)
    assert stored() - before == {held.address}
    assert Document.objects.count() == 1
    assert read() == CONTENT


def test_a_pending_document_that_was_registered_is_held_by_the_sweep() -> None:
    keep(settle(CONTENT), pending=True)
    tasks.sweep(now=LATER, is_registered=lambda *_: True)
    assert Document.objects.get().state == Document.State.HELD
    assert read() == CONTENT


def test_of_several_writers_of_one_unique_id_one_wins() -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def run(number: int) -> None:
        received = settle(f"content {number}".encode())
        start.wait(10)
        try:
            keep(received)
            outcomes.append("")
        except RegistryFailure as failure:
            outcomes.append(str(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["", *["XDSNonIdenticalHash"] * 3]
    assert read().startswith(b"content ")
