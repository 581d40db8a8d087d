"""What every object store promises (`naru.storage.objects.contract`)."""

import hashlib
import resource
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naru.security.errors import SealBroken
from naru.storage.objects import ObjectStore, StoredObject, UnknownStore, open_store
from naru.storage.objects.errors import ObjectMissing, WriterClosed
from naru.storage.objects.stream import CHUNK_BYTES


def put(store: ObjectStore, *chunks: bytes) -> StoredObject:
    with store.open_writer() as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.commit()


def pattern(size: int) -> bytes:
    return hashlib.shake_128(size.to_bytes(8, "big")).digest(size)


BORDERS = sorted(
    {
        max(0, chunks * CHUNK_BYTES + offset)
        for chunks in (0, 1, 2, 3)
        for offset in (-17, -1, 0, 1, 17)
    }
)


@pytest.mark.parametrize("size", BORDERS)
def test_what_was_written_comes_back_around_every_chunk_border(
    store: ObjectStore, size: int
) -> None:
    content = pattern(size)
    stored = put(store, content)
    assert store.read_all(stored.address, stored.sealed_key) == content
    assert stored.size == size
    assert stored.sha1 == hashlib.sha1(content).hexdigest()
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    store.verify(stored.address)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, CHUNK_BYTES + 40), max_size=5))
def test_how_the_writing_was_cut_makes_no_difference(store: ObjectStore, cuts: list[int]) -> None:
    content = pattern(sum(cuts))
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(content[start : start + cut])
        start += cut
    stored = put(store, *pieces)
    reader = store.open_reader(stored.address, stored.sealed_key)
    assert b"".join(reader) == content


def test_a_buffer_may_be_reused_as_soon_as_it_was_written(store: ObjectStore) -> None:
    buffer = bytearray(b"first ")
    with store.open_writer() as writer:
        writer.write(memoryview(buffer))
        buffer[:] = b"second"
        writer.write(buffer)
        stored = writer.commit()
    assert store.read_all(stored.address, stored.sealed_key) == b"first second"


def test_the_same_document_twice_is_two_objects_with_nothing_in_common(store: ObjectStore) -> None:
    one, other = put(store, b"same"), put(store, b"same")
    assert one.address != other.address
    assert one.sealed_key != other.sealed_key
    assert one.sha256 == other.sha256


def test_a_key_opens_its_own_object_only(store: ObjectStore) -> None:
    one, other = put(store, b"one"), put(store, b"other")
    with pytest.raises(SealBroken):
        store.open_reader(one.address, other.sealed_key)


def test_the_hashes_are_known_before_anything_is_stored(store: ObjectStore) -> None:
    writer = store.open_writer()
    writer.write(b"document")
    with pytest.raises(WriterClosed):
        _ = writer.written
    assert writer.close() is writer
    assert writer.close().written.sha1 == hashlib.sha1(b"document").hexdigest()
    stored = writer.commit()
    assert store.read_all(stored.address, stored.sealed_key) == b"document"


def test_a_writer_takes_nothing_after_its_end(store: ObjectStore) -> None:
    writer = store.open_writer()
    writer.close()
    with pytest.raises(WriterClosed):
        writer.write(b"more")
    writer.commit()
    with pytest.raises(WriterClosed):
        writer.commit()
    writer.abort()  # Nothing: it was committed.
    aborted = store.open_writer()
    aborted.abort()
    aborted.abort()
    with pytest.raises(WriterClosed):
        aborted.commit()


def test_an_object_stays_after_an_abort_that_follows_its_commit(store: ObjectStore) -> None:
    writer = store.open_writer()
    writer.write(b"kept")
    stored = writer.commit()
    writer.abort()
    assert store.read_all(stored.address, stored.sealed_key) == b"kept"


@pytest.mark.parametrize(
    "address", ["", "..", "a" * 63, "A" * 64, "../" * 21 + "a", "a" * 64 + "\n", "0" * 64]
)
def test_an_address_without_an_object_is_named_as_missing(store: ObjectStore, address: str) -> None:
    with pytest.raises(ObjectMissing):
        store.verify(address)


def test_a_deleted_object_is_missing_and_may_be_deleted_again(store: ObjectStore) -> None:
    stored = put(store, b"gone")
    store.delete(stored.address)
    store.delete(stored.address)
    with pytest.raises(ObjectMissing):
        store.open_reader(stored.address, stored.sealed_key)


def test_a_reader_may_be_left_early(store: ObjectStore) -> None:
    stored = put(store, pattern(3 * CHUNK_BYTES))
    reader = store.open_reader(stored.address, stored.sealed_key)
    assert len(next(reader)) == CHUNK_BYTES
    reader.close()
    reader.close()
    assert list(reader) == []


def test_a_sweep_removes_old_orphans_and_nothing_else(store: ObjectStore) -> None:
    known, orphan = put(store, b"known"), put(store, b"orphan")
    now = datetime.now(UTC)
    before = store.sweep(older_than=now - timedelta(hours=1), is_known=lambda _: False)
    assert before.orphans == 0
    after = store.sweep(
        older_than=now + timedelta(minutes=1), is_known=lambda address: address == known.address
    )
    assert after.orphans >= 1
    store.verify(known.address)
    with pytest.raises(ObjectMissing):
        store.verify(orphan.address)


def test_a_hundred_megabytes_pass_in_constant_memory(store: ObjectStore) -> None:
    block = pattern(1 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with store.open_writer() as writer:
        for _ in range(100):
            writer.write(block)
        stored = writer.commit()
    digest, size = hashlib.sha256(), 0
    for chunk in store.open_reader(stored.address, stored.sealed_key):
        digest.update(chunk)
        size += len(chunk)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    store.delete(stored.address)
    assert (size, digest.hexdigest()) == (100 << 20, stored.sha256)
    assert grown < 16 * 1024  # KiB


def test_a_scheme_without_a_driver_is_named() -> None:
    with pytest.raises(UnknownStore, match="'s3'"):
        open_store("s3://bucket/prefix", keys=None)  # type: ignore[arg-type]  # Never used.
