"""How one object is encrypted: AES-256-GCM in chunks, after the STREAM construction.

    header   "NARU", format 1, exponent of the chunk size, two zero bytes
    chunk    ciphertext of 2^exponent bytes of plaintext, then its 16-byte tag
    …
    last     ciphertext of 0 to 2^exponent bytes, then its tag

The nonce is the chunk's number in eleven bytes and a byte that is 1 on the last chunk only. Nonces
never repeat under a key, since every object has a key of its own. A chunk that is moved, dropped
or followed by another fails to authenticate; so does every chunk if the header is changed.
"""

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from naru.storage.objects.errors import ObjectCorrupt

KEY_BYTES = 32
TAG_BYTES = 16

CHUNK_EXPONENT = 18
"""256 KiB: large enough that the cost for each chunk vanishes, small enough to hold many."""

_SMALLEST, _LARGEST = 12, 20
_HEADER = struct.Struct(">4sBB2x")
_MAGIC = b"NARU"
_FORMAT = 1

HEADER_BYTES = _HEADER.size
CHUNK_BYTES = 1 << CHUNK_EXPONENT


def write_header(exponent: int = CHUNK_EXPONENT) -> bytes:
    """The first bytes of an object."""
    return _HEADER.pack(_MAGIC, _FORMAT, exponent)


def read_header(header: bytes) -> int:
    """The size of the chunks that follow. A size out of bounds is refused before any is read."""
    if len(header) != HEADER_BYTES:
        raise ObjectCorrupt("A stored object is shorter than its header.")
    magic, form, exponent = _HEADER.unpack(header)
    if magic != _MAGIC or form != _FORMAT or not _SMALLEST <= exponent <= _LARGEST:
        raise ObjectCorrupt("A stored object does not begin as one.")
    return 1 << int(exponent)


class ChunkCipher:
    """Encrypts or decrypts the chunks of one object, in order."""

    __slots__ = ("_cipher", "_header", "_number")

    def __init__(self, key: bytes, header: bytes) -> None:
        self._cipher = AESGCM(key)
        self._header = header
        self._number = 0

    def encrypt(self, chunk: bytes | memoryview, *, last: bool) -> bytes:
        """The next chunk, encrypted."""
        return self._cipher.encrypt(self._nonce(last=last), chunk, self._header)

    def decrypt(self, chunk: bytes | memoryview, *, last: bool) -> bytes:
        """The next chunk's plaintext, or `ObjectCorrupt` if it is not the next one."""
        try:
            return self._cipher.decrypt(self._nonce(last=last), chunk, self._header)
        except InvalidTag:
            number = self._number - 1
            raise ObjectCorrupt(f"Chunk {number} of a stored object is not authentic.") from None

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._number.to_bytes(11, "big") + (b"\1" if last else b"\0")
        self._number += 1
        return nonce
