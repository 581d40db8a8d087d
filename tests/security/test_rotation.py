"""The ring through its rotations, without a database: `tests/node/test_keys.py` has the whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.security import key_file, rotation
from naru.security.errors import KeyRefused, RotationRefused, SealBroken
from naru.security.key_file import Step
from naru.security.keys import KeyRing, Keys, create_master_key, lasting_of, open_ring

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COVERING = Keys({1: bytes(32), 2: bytes(range(32))}, lasting_of(bytes(32)), 2, (2, 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_master_key(tmp_path)
    return tmp_path


def step_to(folder: Path, step: Step) -> None:
    """What a worker does once a step has lasted, without the rows."""
    ring = key_file.read(folder)
    assert ring is not None
    key_file.write(folder, replace(ring, step=step))


def fresh(folder: Path) -> KeyRing:
    """The ring as another process would open it."""
    return open_ring.__wrapped__(folder)


def test_a_rotation_is_announced_before_it_seals_and_opens_what_was_sealed(folder: Path) -> None:
    before = fresh(folder)
    blob = before.sealer("p").seal(b"value", b"row")
    assert rotation.announce(folder, NOW, SECOND) == 2
    announced = fresh(folder)
    assert announced.current == 1
    assert announced.keys().looking == (1, 2)
    step_to(folder, Step.RESEALING)
    resealing = fresh(folder)
    assert resealing.current == 2
    assert resealing.keys().looking == (2, 1)
    assert resealing.sealer("p").open(blob, b"row") == b"value"
    anew = resealing.sealer("p").seal(b"value", b"row")
    assert anew[:3] != blob[:3]
    # A process that has not looked since sees a number that it does not know, and looks.
    assert before.sealer("p").open(anew, b"row") == b"value"
    step_to(folder, Step.SETTLED)
    assert fresh(folder).keys().looking == (2,)


def test_what_must_last_is_the_same_after_every_rotation(folder: Path) -> None:
    purposes = ("audit/chain", "oid/patient-identification-domain", "token/records/term", "new one")
    before = [fresh(folder).derive(one) for one in purposes]
    for _ in range(3):
        rotation.announce(folder, NOW, SECOND)
        step_to(folder, Step.SETTLED)
        assert [fresh(folder).derive(one) for one in purposes] == before


@given(digest=st.sampled_from([16, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
def test_a_token_is_covered_and_uncovered(digest: bytes) -> None:
    assert COVERING.uncover(COVERING.cover(digest, 2)) == digest
    assert COVERING.cover(digest, 2) == COVERING.cover(digest, 2)
    assert COVERING.cover(digest, 2)[2:] != digest
    assert COVERING.cover(digest, 1) == digest


def test_a_second_rotation_waits_for_the_first(folder: Path) -> None:
    rotation.announce(folder, NOW, SECOND)
    with pytest.raises(RotationRefused, match="goes on"):
        rotation.announce(folder, NOW, SECOND)


def test_the_root_in_a_file_is_replaced_with_every_rotation(folder: Path) -> None:
    rotation.announce(folder, NOW, SECOND)
    first = (folder / "ring.json").read_bytes()
    assert sorted(one.name for one in folder.iterdir()) == ["ring.json", "root-2.key"]
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in folder.iterdir())
    step_to(folder, Step.SETTLED)
    rotation.announce(folder, NOW, SECOND)
    assert sorted(one.name for one in folder.iterdir()) == ["ring.json", "root-3.key"]
    # A ring file that lies about opens with no root that is left.
    (folder / "ring.json").write_bytes(first)
    (folder / "root-2.key").write_bytes((folder / "root-3.key").read_bytes())
    (folder / "root-2.key").chmod(0o600)
    with pytest.raises(KeyRefused, match="not the one"):
        fresh(folder)


def test_a_secret_put_in_another_place_of_the_ring_is_refused(folder: Path) -> None:
    rotation.announce(folder, NOW, SECOND)
    ring = key_file.read(folder)
    assert ring is not None
    one, two = (entry for entry in ring.entries if not entry.purpose)
    others = tuple(entry for entry in ring.entries if entry.purpose)
    swapped = (replace(one, wrapped=two.wrapped), replace(two, wrapped=one.wrapped), *others)
    key_file.write(folder, replace(ring, entries=swapped))
    with pytest.raises(KeyRefused):
        fresh(folder)


def test_a_ring_that_is_broken_or_open_to_others_is_refused(folder: Path) -> None:
    rotation.announce(folder, NOW, SECOND)
    (folder / "ring.json").chmod(0o640)
    with pytest.raises(KeyRefused, match="open to others"):
        fresh(folder)
    (folder / "ring.json").chmod(0o600)
    (folder / "ring.json").write_bytes(b"{}")
    with pytest.raises(KeyRefused, match="no ring"):
        fresh(folder)


@pytest.mark.parametrize("uri", ["file:../other.key", "file:", "vault:x", "pkcs11:token=t"])
def test_a_root_that_is_none_changes_nothing(folder: Path, uri: str) -> None:
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    with pytest.raises(KeyRefused):
        rotation.change_root(folder, uri, NOW)
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_the_ring_refuses_rather_than_go_on_with_keys_that_changed(folder: Path) -> None:
    ring = fresh(folder)
    blob = ring.sealer("p").seal(b"value", b"")
    rotation.announce(folder, NOW, SECOND)
    (folder / "root-2.key").unlink()
    with pytest.raises(KeyRefused, match="cannot be read"):
        ring.look()
    with pytest.raises(SealBroken, match="no key 2"):
        ring.sealer("p").open(b"\x01\x00\x02" + blob[3:], b"")
