"""A signature's picture is a whole PNG within bounds, on which something is drawn."""

import struct
import zlib

import pytest

from naru.formats.png import MOST_PIXELS, PngRefused, check

MARK = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


def drawn(
    width: int = 4, height: int = 3, *, ink: bytes = b"\x01", rows: int | None = None
) -> bytes:
    """An RGBA picture with one dot."""
    pixels = bytearray((1 + 4 * width) * (height if rows is None else rows))
    if pixels:
        pixels[1:2] = ink
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        MARK
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(pixels)))
        + chunk(b"IEND", b"")
    )


def test_a_drawn_picture_is_taken() -> None:
    check(drawn())


WRONG = {
    "no picture": b"%PDF-1.7",
    "nothing drawn": drawn(ink=b"\x00"),
    "too wide": drawn(width=MOST_PIXELS + 1),
    "no pixels": drawn(width=0),
    "fewer rows than said": drawn(rows=2),
    "more rows than said": drawn(rows=4),
    "cut off": drawn()[:-6],
    "something behind": drawn() + b"<script>",
    "a changed byte": drawn().replace(b"IDAT", b"IDAU"),
    "a palette": drawn().replace(struct.pack(">BB", 8, 6), struct.pack(">BB", 8, 3)),
    "a bomb": MARK
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 6, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
    + chunk(b"IEND", b""),
    "a profile that is a bomb": drawn().replace(
        chunk(b"IEND", b""),
        chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b""),
    ),
    "words": drawn().replace(chunk(b"IEND", b""), chunk(b"tEXt", b"x\x00y") + chunk(b"IEND", b"")),
    "no end": MARK + b"".join(chunk(b"pHYs", b"x") for _ in range(100)),
}


@pytest.mark.parametrize("octets", WRONG.values(), ids=WRONG.keys())
def test_what_no_pad_draws_is_refused(octets: bytes) -> None:
    with pytest.raises(PngRefused):
        check(octets)
