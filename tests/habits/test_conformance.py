"""What docs/conformance says of the code is there: each named file and each named test."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted((PROJECT / "docs" / "conformance").glob("*.tsv"))
COLUMNS = ["clause", "rule", "status", "module", "test", "remark"]


def lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_is_whole(file: Path) -> None:
    assert file.read_text(encoding="utf-8").splitlines()[0].split("\t") == COLUMNS
    for number, line in enumerate(lines(file), 2):
        place = f"{file.name}:{number}"
        assert list(line) == COLUMNS, place
        assert None not in line.values(), place
        assert line["clause"], place
        assert line["rule"], place
        assert line["status"] in {"yes", "partial", "no"}, place
        assert (line["status"] == "yes") is (line["remark"] == ""), place
        kept = line["status"] != "no"
        assert bool(line["module"]) is kept, place
        assert bool(line["test"]) is kept, place


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_rule_is_listed_twice(file: Path) -> None:
    listed = Counter((line["clause"], line["rule"]) for line in lines(file))
    assert [rule for rule, times in listed.items() if times > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_named_file_and_test_exists(file: Path) -> None:
    for number, line in enumerate(lines(file), 2):
        place = f"{file.name}:{number}"
        for module in filter(None, line["module"].split(" ")):
            assert (PROJECT / module).exists(), place
        for named in filter(None, line["test"].split(" ")):
            path, _, test = named.partition("::")
            source = (PROJECT / path).read_text(encoding="utf-8") if path else ""
            assert re.search(rf"^(async )?def {re.escape(test)}\(", source, re.MULTILINE), (
                f"{place}: {named}"
            )
