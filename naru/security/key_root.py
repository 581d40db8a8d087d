"""What wraps the generations of keys: a file of the keys folder, or a KMS that never gives its key.

A root is named by a URI, which stands in the ring file: `file:master.key`, or a `pkcs11:` URI
(RFC 7512). Another kind of KMS is one more class here with two methods.
"""

import os
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from naru.security.errors import KeyRefused, SealBroken

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FILE: Final = "file:"
_PKCS11: Final = "pkcs11:"


class Root(Protocol):
    """Wraps the secrets of a ring; `aad` binds each to its place in it."""

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """The secret, sealed. Raises KeyRefused where the root does not answer."""

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The secret again. Raises KeyRefused, or SealBroken where it is of another root."""


class FileRoot:
    """A root of 32 bytes in a file of the keys folder."""

    def __init__(self, secret: bytes) -> None:
        info = b"naru/v1/root"
        self._cipher = AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret))

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """The secret under AES-256-GCM."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, aad)

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The secret again."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):
            raise SealBroken("The root key is not the one that wrapped this ring.") from None


def open_root(uri: str, folder: Path) -> Root:
    """The root that a URI names. Raises KeyRefused."""
    if uri.startswith(_FILE):
        return FileRoot(read_key(root_file(uri, folder)))
    if uri.startswith(_PKCS11):
        from naru.security.key_root_pkcs11 import Pkcs11Root

        return Pkcs11Root(uri)
    raise KeyRefused(f"{uri.partition(':')[0]}: is no kind of root key that is known here.")


def root_file(uri: str, folder: Path) -> Path:
    """The file that a `file:` URI names, beside the ring and nowhere else."""
    name = uri.removeprefix(_FILE)
    if name != Path(name).name or name in {"", ".", ".."}:
        raise KeyRefused("A root file stands in the keys folder.")
    return folder / name


def is_file(uri: str) -> bool:
    """Whether the root is a file of the keys folder."""
    return uri.startswith(_FILE)


def read_key(file: Path) -> bytes:
    """A key file's 32 bytes, refused where anyone but its owner may read or replace it."""
    key = read_private(file)
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"{file} is not a key: it has {len(key)} bytes.")
    return key


def read_private(file: Path) -> bytes:
    """What stands in a file of its owner's alone. Raises KeyRefused."""
    try:
        mode = file.stat().st_mode
        content = file.read_bytes()
    except OSError as error:
        raise KeyRefused(f"{file} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise KeyRefused(f"{file} is open to others ({mode & 0o777:o}); make it 600.")
    return content
