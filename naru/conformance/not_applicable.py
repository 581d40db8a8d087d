"""The steps that are left out for a reason that a standards expert would accept, by a data file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from naru.conformance.plan import StepKey

COLUMNS: Final = ["test", "section", "position", "reason"]
SHIPPED: Final = "data/not-applicable.tsv"


class NotApplicableRefused(Exception):
    """The file is not as described; the sentence names the line."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """By step the reason why it does not apply."""

    reasons: dict[StepKey, str]

    @classmethod
    def shipped(cls) -> Self:
        """The lines that come with the program."""
        return cls.read(files("naru.conformance").joinpath(SHIPPED).read_text("utf-8"), SHIPPED)

    @classmethod
    def of_file(cls, file: Path) -> Self:
        """The lines of a file. Raises NotApplicableRefused, OSError."""
        return cls.read(file.read_text("utf-8"), str(file))

    @classmethod
    def read(cls, text: str, name: str) -> Self:
        """Lines of test, section, position and reason, below one with these words."""
        lines = (line for line in text.splitlines() if line and not line.startswith("#"))
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return cls(dict(_steps(rows, name)))

    def reason(self, key: StepKey) -> str | None:
        """Why the step does not apply; None where it does."""
        return self.reasons.get(key)


def _steps(rows: Iterable[list[str]], name: str) -> Iterator[tuple[StepKey, str]]:
    listed = iter(rows)
    if next(listed, None) != COLUMNS:
        raise NotApplicableRefused(f"{name} does not begin with {' '.join(COLUMNS)}")
    for row in listed:
        if len(row) != len(COLUMNS) or not all(row) or not row[2].isdecimal():
            raise NotApplicableRefused(f"{name}: {row} is not test, section, position, reason")
        yield StepKey(row[0], row[1], int(row[2])), row[3]
