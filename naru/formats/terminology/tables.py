"""A table in a file: CSV or text parted by tabs, in UTF-8, UTF-16 or CP949, under limits."""

import csv
import io
from collections.abc import Iterator
from typing import Final

LARGEST: Final = 256 * 1024 * 1024
"""Octets of a file: four times what the greatest release has."""

MOST: Final = 2_000_000
"""Rows: LOINC, KOSTOM and EDI together have fewer."""

MOST_COLUMNS: Final = 200

_BROADEST: Final = 100_000
"""Characters of a cell."""


class ReleaseFileRefused(ValueError):
    """The file is no release that can be read; the sentence repeats nothing of what it holds."""


def rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line on which they end, the heads first.

    Raises ReleaseFileRefused, also while it is read on.
    """
    text = _text(content)
    head = text.partition("\n")[0]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    csv.field_size_limit(_BROADEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader):
            if number > MOST:
                raise ReleaseFileRefused(f"The file has more than {MOST} rows.")
            if len(cells) > MOST_COLUMNS:
                raise ReleaseFileRefused(f"Line {reader.line_num} has too many columns.")
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise ReleaseFileRefused(f"Line {reader.line_num} cannot be read as CSV.") from error


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise ReleaseFileRefused(f"The file is larger than {LARGEST // 2**20} MiB.")
    if content.startswith(b"PK\x03\x04"):
        raise ReleaseFileRefused("A spreadsheet is to be saved as CSV (UTF-8) first.")
    encodings = ["utf-8-sig", "cp949"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # As spreadsheets write "Unicode text".
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReleaseFileRefused("The file is neither UTF-8, UTF-16 nor CP949.")
