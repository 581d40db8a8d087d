"""`to_pdf`: a paper's octets, the same for the same paper on every machine."""

import struct
from datetime import UTC
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import typst

from naru.domain.paper import (
    LARGEST_IMAGE,
    Block,
    Facts,
    Heading,
    Paper,
    Paragraph,
    Signatures,
    Table,
)
from naru.formats.pdf.errors import PaperRefused

LONGEST: Final = 400_000
"""Characters of a paper: some hundred pages, more than anybody is handed."""

LARGEST_SIDE: Final = 4_096
"""Pixels: what a picture claims to be is made in memory before it is drawn."""

_PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_STANDARDS: "Final[list[typst.PDFStandard]]" = ["a-2a", "ua-1"]


def to_pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2a and PDF/UA-1, its fonts inside. Raises PaperRefused.

    A character of which the font has no glyph is printed as a box, and such a paper claims neither
    standard: nobody goes without a paper because of a rare sign.
    """
    given = {"paper": _data(paper)}
    try:
        return _compiled(given, _STANDARDS)
    except typst.TypstError:
        return _compiled(given, [])


def _compiled(given: dict[str, str], standards: "list[typst.PDFStandard]") -> bytes:
    try:
        made = typst.compile(
            _template(),
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs=given,
            pdf_standards=standards,
            timestamp=0,
        )
    except typst.TypstError as error:
        if standards:
            raise
        raise PaperRefused("This cannot be printed.") from error
    assert isinstance(made, bytes)  # One PDF, not a list of pages' pictures.
    return made


def _data(paper: Paper) -> str:
    time = paper.time.astimezone(UTC)
    text = msgspec.json.encode(
        {
            "title": paper.title,
            "number": paper.number,
            "footer": paper.footer,
            "language": paper.language,
            "time": (time.year, time.month, time.day, time.hour, time.minute, time.second),
            "blocks": [_block(one) for one in paper.blocks],
        }
    ).decode()
    if len(text) > LONGEST + _drawn(paper):
        raise PaperRefused("The paper is too long.")
    return text


def _drawn(paper: Paper) -> int:
    """Characters that pictures take: an octet is written as a number and a comma."""
    blocks = [one for part in paper.blocks if isinstance(part, Signatures) for one in part.blocks]
    return sum(len(one.picture) * 4 for one in blocks)


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Paragraph(text, small):
            return {"kind": "paragraph", "text": text, "small": small}
        case Facts(rows):
            return {"kind": "facts", "rows": rows}
        case Table(head, rows):
            if any(len(row) != len(head) for row in rows):
                raise PaperRefused("A row has not as many cells as the head.")
            return {"kind": "table", "head": head, "rows": rows}
        case Signatures(blocks):
            return {
                "kind": "signatures",
                "blocks": [
                    {
                        "role": one.role,
                        "name": one.name,
                        "when": one.when,
                        "picture": list(_checked(one.picture)),
                    }
                    for one in blocks
                ],
            }


def _checked(picture: bytes) -> bytes:
    if not picture:
        return picture
    if len(picture) > LARGEST_IMAGE or not picture.startswith(_PNG):
        raise PaperRefused("A signature's picture is a PNG of 256 KiB at most.")
    size = picture[len(_PNG) : len(_PNG) + 8]
    if len(size) != struct.calcsize(">II") or max(struct.unpack(">II", size)) > LARGEST_SIDE:
        raise PaperRefused("A signature's picture has 4096 pixels a side at most.")
    return picture


@cache
def _template() -> bytes:
    return (resources.files("naru.formats.pdf") / "paper.typ").read_bytes()


@cache
def fonts() -> typst.Fonts:
    """The fonts of all that is printed, loaded once."""
    folder = resources.files("naru.formats.pdf") / "fonts"
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )
