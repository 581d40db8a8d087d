"""What a paper's entries say little of costs little, however much of it would be written."""

from dataclasses import replace
from datetime import date

from naru.domain.papers import Cell, PaperDocument
from naru.formats.cda.papers import write_paper_document
from naru.formats.cda.rules import check
from tests import papers

DAY = date(2026, 11, 21)


def document() -> PaperDocument:
    (found,) = (one for one in papers.documents(papers.header()) if one.kind == "receipt")
    return found


def receipt(cells: int) -> bytes:
    each = tuple(Cell(row=f"r{n}", column=f"c{n}", won=1) for n in range(cells))
    return write_paper_document(replace(document(), paper=replace(papers.receipt(), cells=each)))


def unreadable(octets: bytes) -> list[str]:
    found = (one for one in check(octets, on=DAY) if one.rule == "paper.unreadable")
    return [dict(one.values)["why"] for one in found]


def test_a_table_of_a_row_and_a_column_for_each_amount_is_not_written_to_be_compared() -> None:
    assert unreadable(receipt(90)) == []
    assert unreadable(receipt(110)) == ["a table would have more than 10000 cells"]


def test_a_text_that_cannot_be_written_within_the_limits_is_a_finding() -> None:
    octets = write_paper_document(document()).replace(b"TEST-R-1<", b">" * 1_100_000 + b"<")
    assert unreadable(octets) == ["the document holds too many references"]
