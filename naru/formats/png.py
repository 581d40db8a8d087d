"""A picture from outside, looked at before it is kept: a PNG within bounds, with ink on it."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

LARGEST: Final = 128 * 1024
"""Octets of a signature's picture; a pad of this size draws a tenth of it."""

MOST_PIXELS: Final = 1200
"""Of a side; what a picture claims to be is made in memory by whoever draws it."""

_MARK: Final = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS: Final = 64
_TAKEN: Final = frozenset({b"IHDR", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"pHYs"})
"""What a pad's canvas writes: no text and no colour profile, of which a small one can be huge."""

_CHANNELS: Final = {0: 1, 2: 3, 4: 2, 6: 4}  # PNG 11.2.2; a palette is no pad's.


class PngRefused(ValueError):
    """The octets are no picture that is taken; the message says why."""


def check(octets: bytes) -> None:
    """Return for a whole PNG of 8 bits, without interlace, on which something is drawn."""
    if len(octets) > LARGEST or not octets.startswith(_MARK):
        raise PngRefused("no PNG, or too large a one")
    width = height = channels = 0
    data = b""
    for kind, content in _chunks(octets):
        if kind == b"IHDR":
            width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", content)
            channels = _CHANNELS.get(colour, 0)
            if depth != 8 or not channels or any(rest):  # noqa: PLR2004  # Bits of a sample.
                raise PngRefused("a kind of PNG that no pad draws")
            if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
                raise PngRefused("a picture of more pixels than a pad has")
        elif kind == b"IDAT":
            data += content
    _check_drawn(data, height, width * channels + 1)


def _chunks(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, seen = len(_MARK), 0
    while True:
        head = octets[at : at + 8]
        if len(head) != 8 or seen >= _MOST_CHUNKS:  # noqa: PLR2004  # A length and a kind.
            raise PngRefused("a PNG that ends too early, or of too many parts")
        length, kind = struct.unpack(">I4s", head)
        content = octets[at + 8 : at + 8 + length]
        crc = octets[at + 8 + length : at + 12 + length]
        whole = struct.pack(">I", zlib.crc32(kind + content)) == crc
        if kind not in _TAKEN:
            raise PngRefused("a part that no pad writes")
        if not whole or (seen == 0) is not (kind == b"IHDR"):
            raise PngRefused("a part of the PNG is not whole")
        if kind == b"IHDR" and length != 13:  # noqa: PLR2004  # PNG 11.2.2.
            raise PngRefused("a PNG without its size")
        yield kind, content
        at, seen = at + 12 + length, seen + 1
        if kind == b"IEND":
            if at != len(octets):
                raise PngRefused("something stands behind the PNG")
            return


def _check_drawn(data: bytes, height: int, row: int) -> None:
    whole = height * row
    inflate = zlib.decompressobj()
    try:
        pixels = inflate.decompress(data, whole + 1)
    except zlib.error:
        raise PngRefused("a PNG whose pixels cannot be read") from None
    if not whole or len(pixels) != whole:
        raise PngRefused("a PNG of more or fewer pixels than it says")
    # A pad begins transparent: without ink every sample is nothing, whatever filter a row has.
    if not any(any(pixels[at + 1 : at + row]) for at in range(0, whole, row)):
        raise PngRefused("nothing is drawn")
