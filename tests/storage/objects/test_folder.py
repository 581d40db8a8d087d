import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naru.security.keys import KeyRing
from naru.storage.objects.errors import ObjectCorrupt, StorageFailed, StorageFull
from naru.storage.objects.folder import DRAFTS, FolderStore
from naru.storage.objects.stream import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES

SEALED = CHUNK_BYTES + TAG_BYTES
MARKER = b"PLAINTEXT-OF-A-RECORD "
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folder")


@pytest.fixture(scope="module")
def store(root: Path, keys: KeyRing) -> FolderStore:
    return FolderStore(root, keys)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def put(store: FolderStore, content: bytes) -> tuple[Path, str, bytes]:
    with store.open_writer() as writer:
        writer.write(content)
        stored = writer.commit()
    return store._place(stored.address), stored.address, stored.sealed_key


def refused(store: FolderStore, address: str, key: bytes) -> None:
    with pytest.raises(ObjectCorrupt):
        store.read_all(address, key)
    with pytest.raises(ObjectCorrupt):
        store.verify(address)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_detected(store: FolderStore, data: st.DataObject) -> None:
    path, address, key = put(store, b"x" * data.draw(st.sampled_from([0, 1, 100, CHUNK_BYTES + 5])))
    content = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    refused(store, address, key)
    store.delete(address)


def test_every_byte_of_a_small_object_is_covered(store: FolderStore) -> None:
    path, address, key = put(store, b"small")
    whole = path.read_bytes()
    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 0xFF]) + whole[index + 1 :])
        refused(store, address, key)


SECOND_BORDER = HEADER_BYTES + 2 * SEALED


@pytest.mark.parametrize(
    "length",
    [
        *(0, 1, HEADER_BYTES, HEADER_BYTES + 5, HEADER_BYTES + TAG_BYTES),
        *(HEADER_BYTES + SEALED, SECOND_BORDER, SECOND_BORDER + 3),
    ],
)
def test_a_truncated_object_is_detected(store: FolderStore, length: int) -> None:
    path, address, key = put(store, b"y" * (2 * CHUNK_BYTES + 100))
    os.truncate(path, length)
    refused(store, address, key)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 2), (0, 1, 2, 2), (2,)])
def test_reordered_repeated_and_dropped_chunks_are_detected(
    store: FolderStore, order: tuple[int, ...]
) -> None:
    path, address, key = put(store, b"z" * (3 * CHUNK_BYTES))
    whole = path.read_bytes()
    chunks = [whole[start : start + SEALED] for start in range(HEADER_BYTES, len(whole), SEALED)]
    path.write_bytes(whole[:HEADER_BYTES] + b"".join(chunks[index] for index in order))
    refused(store, address, key)


def test_bytes_behind_the_end_are_detected(store: FolderStore) -> None:
    path, address, key = put(store, b"end")
    path.write_bytes(path.read_bytes() + b"\0")
    refused(store, address, key)


def test_no_plaintext_is_on_disk_at_any_moment(tmp_path: Path, keys: KeyRing) -> None:
    store = FolderStore(tmp_path, keys)
    writer = store.open_writer()
    for _ in range(40):
        writer.write(MARKER * 2000)
        assert not any(MARKER in path.read_bytes() for path in files(tmp_path))
    assert len(files(tmp_path)) == 1
    writer.commit()
    assert not any(MARKER in path.read_bytes() for path in files(tmp_path))


def test_an_aborted_writing_leaves_nothing(tmp_path: Path, keys: KeyRing) -> None:
    store = FolderStore(tmp_path, keys)
    for size in (10, 3 * CHUNK_BYTES):
        with store.open_writer() as writer:
            writer.write(b"a" * size)
        with store.open_writer() as writer:
            writer.write(b"a" * size)
            writer.close()
    assert files(tmp_path) == []


def test_objects_are_readable_by_their_owner_only(store: FolderStore, root: Path) -> None:
    path, _, _ = put(store, b"private")
    assert path.stat().st_mode & 0o077 == 0
    assert (root / DRAFTS).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("failing", [1, 2], ids=["the object", "its folder"])
@pytest.mark.parametrize("size", [10, 2 * CHUNK_BYTES])
def test_a_failed_fsync_is_never_acknowledged(
    tmp_path: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch, failing: int, size: int
) -> None:
    store = FolderStore(tmp_path, keys)
    calls, real = 0, os.fsync

    def fsync(handle: int) -> None:
        # No medium at hand fails on demand; this is the one place where we stand in for it.
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.EIO, "I/O error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    writer = store.open_writer()
    writer.write(b"b" * size)
    with pytest.raises(StorageFailed, match="EIO"):
        writer.commit()
    assert files(tmp_path) == []


LIMITED = """
import resource, sys
from pathlib import Path
from naru.storage.objects.errors import StorageFull
from naru.storage.objects.folder import FolderStore
from tests.storage.objects.ring import ring_of

store = FolderStore(Path(sys.argv[1]), ring_of(bytes(32)))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for size in (200_000, 2_000_000):
    writer = store.open_writer()
    try:
        writer.write(b"c" * size)
        writer.commit()
    except StorageFull:
        print("full")
"""


def test_a_limit_of_file_size_is_no_room_and_leaves_nothing(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path],
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["full", "full"]
    assert files(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_nothing_half_and_work_resumes(small_disk: Path, keys: KeyRing) -> None:
    store = FolderStore(small_disk / "objects", keys)
    stored: list[tuple[Path, str, bytes]] = []
    with pytest.raises(StorageFull):
        stored.extend(put(store, b"d" * (size * 7919 % 600_000)) for size in range(1, 10_000))
    assert stored
    assert sorted(files(small_disk)) == sorted(path for path, _, _ in stored)
    for _, address, key in stored:
        store.verify(address)
        store.read_all(address, key)
    for _, address, _ in stored[: len(stored) // 2 + 1]:
        store.delete(address)
    put(store, b"again")


WRITING = """
import os, sys
from pathlib import Path
from naru.storage.objects.folder import FolderStore
from tests.storage.objects.ring import ring_of

store = FolderStore(Path(sys.argv[1]), ring_of(bytes(range(32))))
os.write(1, b"ready\\n")
number = 0
while True:
    number += 1
    with store.open_writer() as writer:
        for _ in range(number % 4 * 3):
            writer.write(bytes([number % 256]) * 100_000)
        writer.write(b"e" * number)
        stored = writer.commit()
    os.write(1, f"{stored.address} {stored.sealed_key.hex()} {stored.sha256}\\n".encode())
"""


def acknowledged_before_kill(root: Path, seconds: float) -> list[list[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, root],
        env={"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def test_kill_9_leaves_no_half_object_and_loses_no_acknowledged_one(
    tmp_path: Path, keys: KeyRing
) -> None:
    store = FolderStore(tmp_path, keys)
    chance = random.Random(9)
    seen = 0
    for _ in range(12):
        for address, key, sha256 in acknowledged_before_kill(tmp_path, chance.uniform(0, 0.15)):
            content = store.read_all(address, bytes.fromhex(key))
            assert hashlib.sha256(content).hexdigest() == sha256
            seen += 1
    assert seen
    for path in files(tmp_path):
        if path.parent.name != DRAFTS:
            store.verify(path.name)
