"""The first sheet of a spreadsheet (XLSX) as rows of text, under limits.

A spreadsheet is a ZIP of XML, of which the reader makes a grid as wide and long as its outermost
cells. So the parts are unpacked and counted here first, whatever the ZIP says of them, and the
cells' places are looked at, before the reader sees anything.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from naru.formats.terminology.refused import ReleaseFileRefused

MARK: Final = b"PK\x03\x04"
"""By which a ZIP begins."""

LARGEST_UNPACKED: Final = 1024 * 1024 * 1024
"""Octets of all parts: XML takes several times what the same table takes as CSV."""

MOST_PARTS: Final = 1_000
"""Files of one spreadsheet."""

MOST_CELLS: Final = 20_000_000
"""Of the grid: twice what the greatest release has."""

_CHUNK: Final = 1024 * 1024
_TAG: Final = re.compile(rb"<(?:[^<>\s/:]+:)?(c|row)(?=[\s/>])[^<>]*")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_BOOK: Final = "xl/workbook.xml"
_OTHERS: Final = frozenset({"xl/workbook.bin", "content.xml"})
"""What the reader takes for a spreadsheet of another format, whose places are not looked at."""

_TOO_MUCH: Final = "The spreadsheet unpacks to too much."
_UNREADABLE: Final = "The spreadsheet cannot be read: it is to be XLSX, without a password."


def sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers. Raises ReleaseFileRefused."""
    _bound(content)
    try:
        found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        first = 1 + (found.start or (0, 0))[0]
        for number, row in enumerate(found.iter_rows(), start=first):
            yield number, [_text(cell) for cell in row]
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise ReleaseFileRefused(_UNREADABLE) from error


def _bound(content: bytes) -> None:
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _require_ours(parts.namelist())
            for one in parts.infolist():
                left = _count(parts, one, left)
    except ReleaseFileRefused:
        raise
    except (  # What the library raises for what is no ZIP, or a damaged or encrypted one.
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ReleaseFileRefused(_UNREADABLE) from error


def _require_ours(names: list[str]) -> None:
    if _BOOK not in names or not _OTHERS.isdisjoint(names) or len(names) > MOST_PARTS:
        raise ReleaseFileRefused(_UNREADABLE)


def _count(parts: zipfile.ZipFile, one: zipfile.ZipInfo, left: int) -> int:
    """The octets that are left to the other parts."""
    grid, before = _Grid(), b""
    with parts.open(one) as part:
        while chunk := part.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise ReleaseFileRefused(_TOO_MUCH)
            if one.filename.lower().endswith(".xml"):
                whole, mark, rest = (before + chunk).rpartition(b"<")
                grid.look(whole)
                before = mark + rest
                if len(before) > _CHUNK:
                    raise ReleaseFileRefused(_UNREADABLE)
    grid.look(before)
    return left


@dataclass(slots=True)
class _Grid:
    """How far the cells of a part reach: each says its place, and a row may count on."""

    rows: int = 0
    row: int = 0
    column: int = 0

    def look(self, markup: bytes) -> None:
        """Take in whole tags. Raises ReleaseFileRefused."""
        if b"\0" in markup:  # Another encoding, in which no place would be seen.
            raise ReleaseFileRefused(_UNREADABLE)
        for tag in _TAG.finditer(markup):
            place = _PLACE.search(tag[0])
            if tag[1] == b"c" and (place is None or not place[1]):
                raise ReleaseFileRefused(_UNREADABLE)
            self.rows += tag[1] == b"row"
            if place is not None:
                self.row = max(self.row, int(place[2][:20]))
                self.column = max(self.column, _number(place[1][:20]))
        if max(self.row, self.rows) * max(self.column, 1) > MOST_CELLS:
            raise ReleaseFileRefused(_TOO_MUCH)


def _number(letters: bytes) -> int:
    """A column by its letters: A is 1, AA is 27."""
    found = 0
    for letter in letters.upper():
        found = 26 * found + letter - ord("A") + 1
    return found


def _text(cell: object) -> str:
    """A cell as CSV would have it: a code that was kept as a number has no decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
