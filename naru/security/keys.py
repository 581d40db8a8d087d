"""The keys of a node: a root wraps generations, and from these every key derives by its purpose.

    root ── wraps ──► generation ── derives ──► key of a purpose ── seals ──► values, objects' keys
         └─ wraps ──► what lasts ── derives ──► what no rotation changes: chains, OIDs, digests

What is sealed carries the number of its generation, and so does a token from the second generation
on. A ring looks at its file again while it is used, so a rotation needs no restart (`key_file`).
"""

import hmac
import logging
import os
import struct
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from naru.security import key_file
from naru.security.errors import KeyRefused, SealBroken
from naru.security.files import create_once, create_private_folder
from naru.security.key_root import KEY_BYTES, open_root, read_key

FIRST_KEY: Final = key_file.FIRST
LOOK_EVERY: Final = 0.5
"""Seconds after which a ring that is used looks whether its file has changed."""

_LABEL: Final = "naru/v1"
_HEADER: Final = struct.Struct(">BH")  # Format, key number.
_FORMAT: Final = 1
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_OVERHEAD: Final = _HEADER.size + _NONCE_BYTES + _TAG_BYTES

_COVERED: Final = struct.Struct(">H")  # The key number before a token that is covered.
_BLOCK: Final = 16

LASTING: Final = "lasting"
"""The secret from which derives what no rotation may change: audit chains, OIDs, digests."""

_OLDER_THAN_LASTING: Final = (
    "audit/chain",
    "django/secret-key",
    "oid/patient-identification-domain",
    "oid/sandbox-repository",
    "token/audit/received",
    "token/caller/user",
    "token/patients/identifier",
    "token/patients/resident-number",
    "token/patients/search",
    "token/records/term",
)
"""What derived from the master key itself before there was such a secret; nothing is added here."""

OBJECT_KEY: Final = "object-key"
"""The purpose under which objects' own keys are sealed."""

_log: Final = logging.getLogger(__name__)


class Keys:
    """The unwrapped keys of one state of the ring. A key never outlives the state it came from."""

    def __init__(
        self,
        generations: dict[int, bytes],
        kept: dict[tuple[str, int], bytes],
        sealing: int,
        looking: tuple[int, ...],
    ) -> None:
        self._generations = generations
        self._kept = kept
        self.sealing = sealing
        self.looking = looking
        self.derive = lru_cache(maxsize=512)(self._derive)
        self.cipher = lru_cache(maxsize=512)(self._cipher)
        self.cover_cipher = lru_cache(maxsize=8)(self._cover_cipher)

    def _derive(self, purpose: str, number: int | None) -> bytes:
        if number is None:
            kept = self._kept.get((purpose, FIRST_KEY))
            return kept or derived(self._kept[LASTING, FIRST_KEY], purpose, FIRST_KEY)
        kept = self._kept.get((purpose, number))
        if kept is not None:
            return kept
        generation = self._generations.get(number)
        if generation is None:
            raise KeyRefused(f"There is no key {number}.")
        return derived(generation, purpose, number)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Every generation, the newest first."""
        return tuple(sorted(self._generations, reverse=True))

    def has(self, number: int) -> bool:
        """Whether there is this generation; 0 stands for whichever."""
        return not number or number in self._generations

    def _cipher(self, purpose: str, number: int) -> AESGCM:
        return AESGCM(self._derive(purpose, number))

    def _cover_cipher(self, number: int) -> "Cipher[modes.ECB]":
        # Each block is a keyed digest already, so nothing repeats but what is equal; and equal
        # values must have equal tokens, which is what a token is for.
        return Cipher(algorithms.AES256(self._derive("token/cover", number)), modes.ECB())  # noqa: S305  # As said.

    def cover(self, digest: bytes, number: int) -> bytes:
        """The form in which a digest is stored under a generation."""
        if number == FIRST_KEY:
            return digest
        encryptor = self.cover_cipher(number).encryptor()
        return _COVERED.pack(number) + encryptor.update(digest)

    def uncover(self, stored: bytes) -> bytes:
        """The digest again."""
        if not len(stored) % _BLOCK:
            return stored
        (number,) = _COVERED.unpack_from(stored)
        return self.cover_cipher(number).decryptor().update(stored[_COVERED.size :])


def lasting_of(master: bytes) -> dict[tuple[str, int], bytes]:
    """What derives from a first generation and outlives it."""
    return {
        (purpose, FIRST_KEY): derived(master, purpose, FIRST_KEY)
        for purpose in (LASTING, *_OLDER_THAN_LASTING)
    }


def derived(secret: bytes, purpose: str, number: int) -> bytes:
    """32 bytes of a purpose and a number, by HKDF-SHA256."""
    info = f"{_LABEL}/{purpose}/{number}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret)


class Sealer:
    """Seals small values under one purpose with AES-256-GCM.

    Promised: `open` returns what was sealed under the same purpose and the same `aad`, or raises
    `SealBroken`. Not promised: that length is hidden, or that an older value is not put back.
    """

    __slots__ = ("_purpose", "_ring")

    def __init__(self, ring: "KeyRing", purpose: str) -> None:
        self._purpose = purpose
        self._ring = ring

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Header, nonce, ciphertext and tag, bound to `aad`, which is not stored."""
        keys = self._ring.keys()
        header = _HEADER.pack(_FORMAT, keys.sealing)
        nonce = os.urandom(_NONCE_BYTES)
        cipher = keys.cipher(self._purpose, keys.sealing)
        return header + nonce + cipher.encrypt(nonce, plaintext, header + aad)

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
        try:
            return self._ring.keys(number).cipher(self._purpose, number)
        except KeyRefused as refused:
            raise SealBroken(f"There is no key {number} to open with.") from refused


def header_of(number: int) -> bytes:
    """With what everything begins that was sealed under a generation."""
    return _HEADER.pack(_FORMAT, number)


class KeyRing:
    """The keys of this node, as its ring file has them now. Safe to share between threads."""

    def __init__(self, load: Callable[[], Keys], signature: Callable[[], object]) -> None:
        self._load = load
        self._signature = signature
        self._lock = Lock()
        self._keys, self._seen = self._loaded()
        self._look_at = monotonic() + LOOK_EVERY
        self._wrapper = self.sealer(OBJECT_KEY)

    def keys(self, number: int = 0) -> Keys:
        """The keys as they are now; looks at once for a `number` that is not among them.

        Raises KeyRefused where the ring has changed and cannot be unwrapped: to go on with the one
        before would seal, and look up, what others no longer do.
        """
        if monotonic() >= self._look_at or not self._keys.has(number):
            self.look()
        return self._keys

    @property
    def current(self) -> int:
        """The number of the generation that seals now."""
        return self.keys().sealing

    def derive(self, purpose: str, number: int | None = None) -> bytes:
        """32 bytes of the purpose: of a generation, or, without a number, the same for good.

        Raises `KeyRefused` where there is no generation of that number.
        """
        return self.keys().derive(purpose, number)

    def sealer(self, purpose: str) -> Sealer:
        """The sealer of small values of one purpose."""
        return Sealer(self, f"seal/{purpose}")

    def token(self, purpose: str, value: str) -> bytes:
        """A keyed digest by which an equal value is found again without being stored.

        It is the same for good, and is what the program compares; a `TokenField` stores it under
        the cover of the current generation. The caller brings the value into normal form.
        """
        return hmac.digest(self.derive(f"token/{purpose}"), value.encode(), "sha256")

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        """An object's own key, sealed for storing beside the object's address."""
        return self._wrapper.seal(key, aad)

    def unwrap(self, sealed_key: bytes, aad: bytes) -> bytes:
        """The object's own key again; raises `SealBroken`."""
        return self._wrapper.open(sealed_key, aad)

    def look(self) -> None:
        """See at once whether the ring has changed. Raises KeyRefused."""
        with self._lock:
            if self._signature() != self._seen:
                before = self._keys.sealing
                self._keys, self._seen = self._loaded()
                if self._keys.sealing != before:
                    _log.info("Keys: generation %d seals now.", self._keys.sealing)
            self._look_at = monotonic() + LOOK_EVERY

    def _loaded(self) -> tuple[Keys, object]:
        while True:
            seen = self._signature()
            try:
                return self._load(), seen
            except KeyRefused:
                # A change meanwhile takes the root's file away under who reads the ring before it.
                if self._signature() == seen:
                    raise

    def __repr__(self) -> str:
        return f"KeyRing(current={self._keys.sealing})"  # Never a key itself.


def stored(digest: bytes) -> bytes:
    """The form in which a token's digest is written now."""
    keys = ring().keys()
    return keys.cover(digest, keys.looking[0])


def looked_up(digests: Iterable[bytes]) -> list[bytes]:
    """Every form under which these digests may stand now; for SQL that is written by hand."""
    keys = ring().keys()
    return [keys.cover(one, number) for one in digests for number in keys.looking]


def digest_of(token: bytes | memoryview) -> bytes:
    """The digest of a token that was read by SQL written by hand."""
    octets = bytes(token)
    if not len(octets) % _BLOCK:
        return octets
    (number,) = _COVERED.unpack_from(octets)
    return ring().keys(number).uncover(octets)


def create_master_key(folder: Path) -> Path:
    """Make `master.key` where there is none, readable by its owner only, durable on return."""
    create_private_folder(folder)
    file = folder / key_file.MASTER
    create_once(file, os.urandom(KEY_BYTES))
    return file


def read_master_key(folder: Path) -> bytes:
    """The master key, refused where anyone but its owner may read or replace it."""
    return read_key(folder / key_file.MASTER)


@cache
def open_ring(folder: Path) -> KeyRing:
    """The key ring of a keys folder, one for each process. Raises KeyRefused."""
    unwrapped: dict[key_file.Entry, bytes] = {}
    file = folder / key_file.RING

    def load() -> Keys:
        found = key_file.read(folder)
        if found is None:
            master = read_master_key(folder)
            return Keys({FIRST_KEY: master}, lasting_of(master), FIRST_KEY, (FIRST_KEY,))
        return _unwrap(found, folder, unwrapped)

    def signature() -> object:
        try:
            told = file.stat()
        except FileNotFoundError:
            return None
        return told.st_ino, told.st_mtime_ns, told.st_size

    return KeyRing(load, signature)


def _unwrap(found: key_file.KeyFile, folder: Path, known: dict[key_file.Entry, bytes]) -> Keys:
    """The keys of a ring file. The root is asked only for what this process has not seen yet."""
    new = [one for one in found.entries if one not in known]
    if new:
        root = open_root(found.root, folder)
        known.update({one: key_file.unwrapped(root, one) for one in new})
    for gone in known.keys() - set(found.entries):
        del known[gone]
    return Keys(
        {one.number: known[one] for one in found.entries if not one.purpose},
        {(one.purpose, one.number): known[one] for one in found.entries if one.purpose},
        found.sealing,
        found.looking,
    )


def ring() -> KeyRing:
    """The key ring of this node, from the keys folder of its settings."""
    from django.conf import settings

    return open_ring(settings.NARU.keys)


def secret_key(folder: Path) -> str:
    """Django's SECRET_KEY, derived so that it is stored nowhere else."""
    return open_ring(folder).derive("django/secret-key").hex()
