"""The keys of a node: one master key, from which every other is derived by its purpose.

The master key never leaves this module, and what it protects carries the number of its key, so that
a later key can be added and the old ones still open what they sealed.
"""

import hmac
import os
import struct
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from naru.security.errors import KeyRefused, SealBroken
from naru.security.files import create_once, create_private_folder

KEY_BYTES = 32
FIRST_KEY = 1
_LABEL = "naru/v1"

_HEADER = struct.Struct(">BH")  # Format, key number.
_FORMAT = 1
_NONCE_BYTES = 12
_TAG_BYTES = 16
_OVERHEAD = _HEADER.size + _NONCE_BYTES + _TAG_BYTES


class Sealer:
    """Seals small values under one purpose with AES-256-GCM.

    Promised: `open` returns what was sealed under the same purpose and the same `aad`, or raises
    `SealBroken`. Not promised: that length is hidden, or that an older value is not put back.
    """

    __slots__ = ("_ciphers", "_current", "_derive", "_header", "_purpose")

    def __init__(self, ring: "KeyRing", purpose: str) -> None:
        self._purpose = purpose
        self._derive = ring.derive
        self._current = ring.current
        self._header = _HEADER.pack(_FORMAT, self._current)
        self._ciphers: dict[int, AESGCM] = {}

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Header, nonce, ciphertext and tag, bound to `aad`, which is not stored."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._cipher(self._current)
        return self._header + nonce + cipher.encrypt(nonce, plaintext, self._header + aad)

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """The value that was sealed with the same `aad`."""
        if len(blob) < _OVERHEAD:
            raise SealBroken("A sealed value is shorter than its own header.")
        header = blob[: _HEADER.size]
        form, number = _HEADER.unpack(header)
        if form != _FORMAT:
            raise SealBroken(f"A sealed value has the unknown format {form}.")
        body = _HEADER.size + _NONCE_BYTES
        try:
            return self._cipher(number).decrypt(
                blob[_HEADER.size : body], blob[body:], header + aad
            )
        except InvalidTag:
            raise SealBroken("A sealed value was altered or belongs elsewhere.") from None

    def _cipher(self, number: int) -> AESGCM:
        cipher = self._ciphers.get(number)
        if cipher is None:
            try:
                cipher = AESGCM(self._derive(self._purpose, number))
            except KeyRefused as refused:
                raise SealBroken(f"There is no key {number} to open with.") from refused
            self._ciphers[number] = cipher
        return cipher


class KeyRing(Protocol):
    """Where keys come from: the data folder, or a KMS in its place."""

    @property
    def current(self) -> int:
        """The number of the key that seals from now on."""

    def derive(self, purpose: str, number: int = FIRST_KEY) -> bytes:
        """32 bytes that depend on the purpose and the key's number, the same at every call.

        Raises `KeyRefused` where there is no key of that number.
        """

    def sealer(self, purpose: str) -> Sealer:
        """The sealer of small values of one purpose."""

    def token(self, purpose: str, value: str) -> bytes:
        """A keyed digest by which an equal value is found again without being stored."""

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        """An object's own key, sealed for storing beside the object's address."""

    def unwrap(self, sealed_key: bytes, aad: bytes) -> bytes:
        """The object's own key again; raises `SealBroken`."""


class LocalKeyRing:
    """The key ring of a data folder: keys derived by HKDF-SHA256 from `master.key`."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise KeyRefused(f"A master key has {KEY_BYTES} bytes, not {len(master)}.")
        self._masters = {FIRST_KEY: master}
        # One cache for each ring: a key never outlives the ring that it came from.
        self.derive = lru_cache(maxsize=256)(self._derive)
        self.sealer = lru_cache(maxsize=256)(self._sealer)
        self._wrapper = self._sealer("object-key")

    @property
    def current(self) -> int:
        """The number of the newest master key."""
        return max(self._masters)

    def token(self, purpose: str, value: str) -> bytes:
        """HMAC-SHA256 under a key of the purpose. The caller brings the value into normal form."""
        return hmac.digest(self.derive(f"token/{purpose}", FIRST_KEY), value.encode(), "sha256")

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        """Seal an object's own key."""
        return self._wrapper.seal(key, aad)

    def unwrap(self, sealed_key: bytes, aad: bytes) -> bytes:
        """Open an object's own key."""
        return self._wrapper.open(sealed_key, aad)

    def _derive(self, purpose: str, number: int = FIRST_KEY) -> bytes:
        master = self._masters.get(number)
        if master is None:
            raise KeyRefused(f"There is no master key {number}.")
        info = f"{_LABEL}/{purpose}/{number}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(master)

    def _sealer(self, purpose: str) -> Sealer:
        return Sealer(self, f"seal/{purpose}")

    def __repr__(self) -> str:
        return f"LocalKeyRing(current={self.current})"  # Never the key itself.


def create_master_key(folder: Path) -> Path:
    """Make `master.key` where there is none, readable by its owner only, durable on return."""
    create_private_folder(folder)
    file = folder / "master.key"
    create_once(file, os.urandom(KEY_BYTES))
    return file


def read_master_key(folder: Path) -> bytes:
    """The master key, refused where anyone but its owner may read or replace it."""
    file = folder / "master.key"
    try:
        mode = file.stat().st_mode
        key = file.read_bytes()
    except OSError as error:
        raise KeyRefused(f"{file} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise KeyRefused(f"{file} is open to others ({mode & 0o777:o}); make it 600.")
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"{file} is not a key: it has {len(key)} bytes.")
    return key


@cache
def open_ring(folder: Path) -> LocalKeyRing:
    """The key ring of a keys folder, one for each process."""
    return LocalKeyRing(read_master_key(folder))


def ring() -> KeyRing:
    """The key ring of this node, from the keys folder of its settings."""
    from django.conf import settings

    return open_ring(settings.NARU.keys)


def secret_key(folder: Path) -> str:
    """Django's SECRET_KEY, derived so that it is stored nowhere else."""
    return open_ring(folder).derive("django/secret-key").hex()
