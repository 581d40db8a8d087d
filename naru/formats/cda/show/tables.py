"""A table of the narrative: rows in groups, cells in rows, whatever else stands between them."""

from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.show.limits import MOST_SPANNED
from naru.formats.cda.show.narrative import Narrator
from naru.formats.cda.show.shown import Cell, Piece, Pieces, Row, RowGroup, Table

_GROUPS: Final = {hl7(name): name for name in ("thead", "tbody", "tfoot")}
_ROW: Final = hl7("tr")
_HEADER: Final = hl7("th")
_CELL: Final = hl7("td")
_CELLS: Final = frozenset({_CELL, _HEADER})
_CAPTION: Final = hl7("caption")
_COLUMNS: Final = frozenset({hl7("col"), hl7("colgroup")})
ALIGNMENTS: Final = frozenset({"left", "center", "right"})
SCOPES: Final = frozenset({"row", "col", "rowgroup", "colgroup"})


def table(narrator: Narrator, element: _Element, depth: int) -> Table:
    """The table; what stands where no cell is becomes a row of its own, in its place."""
    narrator.take()
    groups, spanning = _Groups(narrator), narrator.spanning
    groups.loose_text(element.text)
    for child in element:
        if narrator.budget.spent:
            break
        if isinstance(child.tag, str):
            groups.take(child, depth + 1)
        groups.loose_text(child.tail)
    if narrator.budget.spent:
        groups.say_cut()
    groups.close()
    widest = max((len(row.cells) for group in groups.done for row in group.rows), default=1)
    if narrator.spanning != spanning:
        widest = _widest(groups.done)
    return Table(groups.caption, tuple(groups.done), max(1, widest), narrator.anchor(element))


class _Groups:
    """The groups of a table's rows; rows in none are put into one."""

    def __init__(self, narrator: Narrator) -> None:
        self.caption: Pieces = ()
        self.done: list[RowGroup] = []
        self._narrator = narrator
        self._loose: list[Row] = []

    def take(self, child: _Element, depth: int) -> None:
        """A child of the table."""
        tag = child.tag
        if tag == _CAPTION and not (self.caption or self.done or self._loose):
            self.caption = self._narrator.inside(child, depth)
        elif tag in _GROUPS:
            self.close()
            self.done.append(RowGroup(_GROUPS[tag], tuple(_rows(self._narrator, child, depth))))
        elif tag == _ROW:
            self._loose.append(_row(self._narrator, child, depth, head=False))
        elif tag not in _COLUMNS or _has_words(child):
            self._loose.append(_stray(self._narrator, child, depth))

    def loose_text(self, text: str | None) -> None:
        """Words between the rows."""
        if text and text.strip():
            self._loose.append(_stray_text(self._narrator, text))

    def say_cut(self) -> None:
        """That no more rows are shown."""
        cut: list[Piece] = []
        self._narrator.say_cut(cut)
        if cut:
            self._loose.append(Row((Cell(tuple(cut), columns=0),)))

    def close(self) -> None:
        """End the rows that stood in no group."""
        if self._loose:
            self.done.append(RowGroup("tbody", tuple(self._loose)))
            self._loose = []


def _rows(narrator: Narrator, group: _Element, depth: int) -> list[Row]:
    rows: list[Row] = []
    head = group.tag == hl7("thead")
    if (text := group.text) and text.strip():
        rows.append(_stray_text(narrator, text))
    for child in group:
        if narrator.budget.spent:
            break
        if child.tag == _ROW:
            rows.append(_row(narrator, child, depth + 1, head=head))
        elif isinstance(child.tag, str):
            rows.append(_stray(narrator, child, depth + 1))
        if (text := child.tail) and text.strip():
            rows.append(_stray_text(narrator, text))
    return rows


def _row(narrator: Narrator, row: _Element, depth: int, *, head: bool) -> Row:
    narrator.take(1 + len(row))
    cells: list[Cell] = []
    inside = narrator.inside
    if (text := row.text) and text.strip():
        cells.append(Cell(_words(narrator, text)))
    for child in row:
        tag = child.tag
        if tag == _CELL and not child.attrib:
            cells.append(Cell(inside(child, depth + 1)))
        elif tag in _CELLS:
            cells.append(_cell(narrator, child, depth + 1, head=head))
        elif isinstance(tag, str):
            cells.append(Cell(_child(narrator, child, depth + 1)))
        if (text := child.tail) and text.strip():
            cells.append(Cell(_words(narrator, text)))
    return Row(tuple(cells), narrator.anchor(row))


def _cell(narrator: Narrator, cell: _Element, depth: int, *, head: bool) -> Cell:
    pieces = narrator.inside(cell, depth)
    header = cell.tag == _HEADER
    columns, rows = _span(cell.get("colspan")), _span(cell.get("rowspan"))
    if columns * rows > 1:
        narrator.take(columns * rows - 1)
        narrator.spanning += 1
    align, scope = cell.get("align", ""), cell.get("scope", "")
    return Cell(
        pieces,
        header=header,
        columns=columns,
        rows=rows,
        align=align if align in ALIGNMENTS else "",
        scope=(scope if scope in SCOPES else "col" if head else "row") if header else "",
        anchor=narrator.anchor(cell),
    )


def _span(text: str | None) -> int:
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len("9999"):
        return 1
    return max(1, min(int(text), MOST_SPANNED))


def _stray(narrator: Narrator, child: _Element, depth: int) -> Row:
    narrator.take()
    return Row((Cell(_child(narrator, child, depth), columns=0),))


def _child(narrator: Narrator, child: _Element, depth: int) -> Pieces:
    """An element that may not stand here, with the form that it has elsewhere."""
    out: list[Piece] = []
    narrator.element(child, out, depth)
    return tuple(out)


def _stray_text(narrator: Narrator, text: str) -> Row:
    narrator.take()
    return Row((Cell(_words(narrator, text), columns=0),))


def _words(narrator: Narrator, text: str) -> Pieces:
    out: list[Piece] = []
    narrator.say(text, out)
    return tuple(out)


def _has_words(element: _Element) -> bool:
    return any(str(text).strip() for text in element.itertext())


def _widest(groups: list[RowGroup]) -> int:
    """The columns that the rows take, with those that cells above reach down into."""
    widest = 1
    for group in groups:
        reaching: list[int] = []  # Of each column, into how many rows more a cell reaches.
        for row in group.rows:
            widest = max(widest, *(at + width for at, width in places(row, reaching)), 1)
    return widest


def places(row: Row, reaching: list[int], *, whole: int = 1) -> list[tuple[int, int]]:
    """The column and the width of each cell: no cell lies on one that reaches down from above.

    `reaching` says of each column into how many rows more a cell reaches, and is carried on;
    `whole` is the width of a cell that takes the whole row.
    """
    at = 0
    taken = list(reaching)
    found: list[tuple[int, int]] = []
    for cell in row.cells:
        while at < len(taken) and taken[at]:
            at += 1
        width = 1
        while width < (cell.columns or whole - at) and not any(taken[at + width : at + width + 1]):
            width += 1
        found.append((at, width))
        taken.extend([0] * (at + width - len(taken)))
        taken[at : at + width] = [cell.rows] * width
        at += width
    reaching[:] = [max(0, one - 1) for one in taken]
    while reaching and not reaching[-1]:
        reaching.pop()
    return found
