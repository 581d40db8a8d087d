"""Tables to keep (CSV, RFC 4180), as spreadsheets in Korea read them."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would reckon out."""


class _Line:
    """Takes one line from the writer of tables, and gives it on."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table."""
    writer = csv.writer(_Line())
    yield "\ufeff"  # Else spreadsheets read Korean as another encoding.
    for row in rows:
        yield writer.writerow([f"'{one}" if one.startswith(_FORMULA) else one for one in row])
