"""Pictures that a document carries: told by their own first octets, never by what it says of them.

Nothing is fetched: a picture that lies elsewhere is named and left there.
"""

import binascii
import re
import struct
from base64 import b64decode
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.show.narrative import Narrator
from naru.formats.cda.show.shown import Picture, Said

LARGEST: Final = 2 * 1024 * 1024
"""Octets of one picture."""

LARGEST_SIDE: Final = 8_192
LARGEST_AREA: Final = 16_000_000
"""Pixels: what a picture claims to be is made in memory by whoever draws it."""

_PNG: Final = re.compile(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR(.{4})(.{4})", re.DOTALL)
_GIF: Final = re.compile(rb"GIF8[79]a(.{2})(.{2})", re.DOTALL)
_JPEG: Final = b"\xff\xd8\xff"
# ITU T.81 B.1.1.3: the frame headers, which hold the size.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3})
_MOST_SEGMENTS: Final = 200


def picture(narrator: Narrator, name: str) -> Picture | Said:
    """The picture of an observationMedia's ID, or why it is not shown."""
    media = narrator.pictures.get(name)
    value = None if media is None else media.find(hl7("value"))
    if media is None or value is None:
        return Said(narrator.words("picture_missing"))
    octets = embedded(value, LARGEST)
    if octets is None:
        elsewhere = value.find(hl7("reference")) is not None
        return Said(narrator.words("picture_elsewhere" if elsewhere else "picture_unreadable"))
    kind = media_type(octets)
    if not kind:
        return Said(narrator.words("picture_unreadable"))
    width, height = _size(octets)
    if len(octets) > narrator.budget.pictures or width * height > narrator.budget.pixels:
        return Said(narrator.words("picture_large"))
    narrator.budget.pictures -= len(octets)
    narrator.budget.pixels -= width * height
    return Picture(kind, octets, _words(narrator, media), narrator.anchor(media))


def embedded(value: _Element, largest: int) -> bytes | None:
    """The octets of an ED in base64 (HL7 v3 data types, ED); None where it holds none so large."""
    if value.get("representation") != "B64":
        return None
    text = "".join((value.text or "").split())
    if not text or len(text) * 3 // 4 > largest + 3:
        return None
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def media_type(octets: bytes) -> str:
    """The type that the octets are of, if it is a picture that is drawn and not too large a one."""
    width, height = size = _size(octets)
    if min(size) <= 0 or max(size) > LARGEST_SIDE or width * height > LARGEST_AREA:
        return ""
    if octets.startswith(_JPEG):
        return "image/jpeg"
    return "image/png" if _PNG.match(octets) else "image/gif"


def _size(octets: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the first octets claim; nothing of what is no picture."""
    if octets.startswith(_JPEG):
        return _jpeg_size(octets)
    for begins, form in ((_PNG, ">II"), (_GIF, "<HH")):
        if found := begins.match(octets):
            width, height = struct.unpack(form, found[1] + found[2])
            return width, height
    return 0, 0


def _jpeg_size(octets: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = octets[at : at + 9]
        if len(head) < len("FFC0LLPHH") or head[0] != 0xFF:  # noqa: PLR2004  # T.81 B.1.1.2.
            break
        if head[1] in _FRAMES:
            height, width = struct.unpack(">HH", head[5:9])
            return width, height
        at += 2 + int.from_bytes(head[2:4])
    return 0, 0


def _words(narrator: Narrator, media: _Element) -> str:
    coded = media.find(path("value"))
    told = media.get("displayName") or ("" if coded is None else coded.get("displayName", ""))
    return told or narrator.words("picture")
