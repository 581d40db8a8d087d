"""A table in a file, under limits.

CSV or text parted by tabs, in UTF-8, UTF-16 or CP949, or the first sheet of a spreadsheet (XLSX).
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.sheets import MARK, sheet

LARGEST: Final = 256 * 1024 * 1024
"""Octets of a file: four times what the greatest release has."""

MOST: Final = 2_000_000
"""Rows: LOINC, KOSTOM and EDI together have fewer."""

MOST_COLUMNS: Final = 200

_BROADEST: Final = 100_000
"""Characters of a cell."""


def rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line on which they end, the heads first.

    Raises ReleaseFileRefused, also while it is read on.
    """
    if len(content) > LARGEST:
        raise ReleaseFileRefused(f"The file is larger than {LARGEST // 2**20} MiB.")
    for number, (line, cells) in enumerate(
        sheet(content) if content.startswith(MARK) else _parted(content)
    ):
        if number > MOST:
            raise ReleaseFileRefused(f"The file has more than {MOST} rows.")
        if len(cells) > MOST_COLUMNS:
            raise ReleaseFileRefused(f"Line {line} has too many columns.")
        if any(cells):
            yield line, cells


def _parted(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _text(content)
    head = text.partition("\n")[0]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    csv.field_size_limit(_BROADEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ReleaseFileRefused(f"Line {reader.line_num} cannot be read as CSV.") from error


def _text(content: bytes) -> str:
    encodings = ["utf-8-sig", "cp949"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # As spreadsheets write "Unicode text".
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReleaseFileRefused("The file is neither UTF-8, UTF-16 nor CP949.")
