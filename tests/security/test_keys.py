from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.security.errors import KeyRefused, SealBroken
from naru.security.keys import (
    FIRST_KEY,
    KeyRing,
    Keys,
    create_master_key,
    derived,
    lasting_of,
    open_ring,
    read_master_key,
    ring,
    secret_key,
)


def ring_of(master: bytes) -> KeyRing:
    """The ring of a folder whose keys were never rotated."""
    first = Keys({FIRST_KEY: master}, lasting_of(master), FIRST_KEY, (FIRST_KEY,))
    return KeyRing(lambda: first, lambda: None)


RING = ring_of(bytes(range(32)))
SEALER = RING.sealer("registry/metadata")


def test_the_master_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    file = create_master_key(folder)
    key = read_master_key(folder)
    assert create_master_key(folder) == file
    assert read_master_key(folder) == key
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [file]


def test_processes_that_start_together_end_with_one_master_key(tmp_path: Path) -> None:
    def start(_: int) -> bytes:
        create_master_key(tmp_path)
        return read_master_key(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(32)))) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    create_master_key(tmp_path).chmod(mode)
    with pytest.raises(KeyRefused, match="open to others"):
        read_master_key(tmp_path)


def test_a_missing_or_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="cannot be read"):
        read_master_key(tmp_path)
    create_master_key(tmp_path).write_bytes(b"short")
    with pytest.raises(KeyRefused, match="not a key"):
        read_master_key(tmp_path)


def test_derivation_depends_on_purpose_and_number_and_never_changes() -> None:
    # HKDF-SHA256 of the bytes 0…31, no salt, info "naru/v1/registry/metadata/1": were it to
    # change, nothing that was ever sealed could be opened.
    assert RING.derive("registry/metadata", 1).hex() == DERIVED
    assert RING.derive("registry/title", 1) != RING.derive("registry/metadata", 1)
    assert ring_of(bytes(32)).derive("registry/metadata", 1).hex() != DERIVED


def test_what_lasted_before_there_was_a_secret_for_it_is_derived_as_then() -> None:
    # A chain of access records, an OID or a token that changed would lose all that rests on it.
    assert RING.derive("audit/chain") == derived(bytes(range(32)), "audit/chain", 1)
    assert RING.derive("token/patients/search") == derived(
        bytes(range(32)), "token/patients/search", 1
    )
    assert RING.derive("something new") != derived(bytes(range(32)), "something new", 1)


def test_what_the_first_version_sealed_is_opened() -> None:
    # Written by the version before there were generations, under the bytes 0…31.
    blob = bytes.fromhex(
        "010001d56cdeb747e1fdb682bed0d05ae8bbf45a69ed7740943c89aadad1005efa8d77e9cf"
    )
    assert RING.sealer("patients/demographics").open(blob, b"row").decode() == "가나"
    assert RING.token("patients/search", "가나").hex() == (
        "119e70fecf86294f3db6cce9569e257b488630272c24cf0d34b78ee8b9c1757a"
    )
    wrapped = bytes.fromhex(
        "01000184e40fe4278296693e9b7652379e497cd8bb5189a5d687466d298e4601db745fbf6de3dfb2eef0"
        "5379b7f8be5b10b00881d51cd0853373932d7d3f7e"
    )
    assert RING.unwrap(wrapped, b"address") == bytes(32)
    lasting = {
        "audit/chain": "d3d8e87ea6bba475deee587e2fa541b841a6e861ecae4c62420ce386b00da2fb",
        "django/secret-key": "cb04f119fd56a25faeb47314d71ddcbac53ce890d7f574ab1ab1ef6939d741c8",
        "oid/patient-identification-domain": (
            "de3018db0ae9dc05d31f9ea21c61e0e90be2e6033f5e13ce74172239ec762d2a"
        ),
    }
    assert {purpose: RING.derive(purpose).hex() for purpose in lasting} == lasting


def test_a_key_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyRefused):
        RING.derive("registry/metadata", 2)


@given(plaintext=st.binary(max_size=300), aad=st.binary(max_size=40))
def test_what_was_sealed_opens_with_the_same_aad(plaintext: bytes, aad: bytes) -> None:
    blob = SEALER.seal(plaintext, aad)
    assert SEALER.open(blob, aad) == plaintext
    assert SEALER.seal(plaintext, aad) != blob


@given(plaintext=st.binary(max_size=50), aad=st.binary(max_size=20), other=st.binary(max_size=20))
def test_another_aad_is_detected(plaintext: bytes, aad: bytes, other: bytes) -> None:
    blob = SEALER.seal(plaintext, aad)
    if other != aad:
        with pytest.raises(SealBroken):
            SEALER.open(blob, other)


def test_every_flipped_bit_and_every_cut_is_detected() -> None:
    blob = SEALER.seal(b"metadata", b"patient")
    for bit in range(len(blob) * 8):
        altered = bytearray(blob)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            SEALER.open(bytes(altered), b"patient")
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            SEALER.open(blob[:length], b"patient")


def test_one_purpose_does_not_open_what_another_sealed() -> None:
    with pytest.raises(SealBroken):
        RING.sealer("patients/demographics").open(SEALER.seal(b"x", b""), b"")
    with pytest.raises(SealBroken):
        RING.unwrap(SEALER.seal(b"x" * 32, b""), b"")


def test_a_wrapped_key_belongs_to_its_object() -> None:
    sealed = RING.wrap(b"k" * 32, b"address")
    assert RING.unwrap(sealed, b"address") == b"k" * 32
    with pytest.raises(SealBroken):
        RING.unwrap(sealed, b"another")


def test_a_token_is_found_again_under_its_purpose_and_key_only() -> None:
    assert RING.token("patients/name", "가나") == RING.token("patients/name", "가나")
    assert RING.token("patients/name", "가나") != RING.token("patients/birth", "가나")
    assert RING.token("patients/name", "가나") != ring_of(bytes(32)).token("patients/name", "가나")
    assert len(RING.token("patients/name", "")) == 32


def test_no_key_shows_in_a_representation() -> None:
    assert bytes(range(32)).hex() not in repr(RING)
    assert "KeyRing(current=1)" in repr(RING)


def test_the_node_finds_its_ring_and_django_its_secret_key(data: Path) -> None:
    from django.conf import settings

    assert ring() is open_ring(data / "keys")
    assert str(settings.SECRET_KEY) == secret_key(data / "keys")
    assert len(str(settings.SECRET_KEY)) == 64


DERIVED = "f93c897b9830e3a04e1e1218b3e7a6df299ea9819fdb3ac6c35566a8e03f1a72"
