"""A shown document as lines of plain text, for a terminal: a row is a line, a bar between cells."""

from collections.abc import Iterable, Iterator
from typing import Final

from naru.formats.cda.show.shown import (
    Kind,
    Link,
    Part,
    Picture,
    Piece,
    Said,
    Shown,
    ShownSection,
    Table,
)
from naru.formats.cda.show.words import words

_LINES: Final = frozenset(
    {Kind.PARAGRAPH, Kind.DIVISION, Kind.CAPTION, Kind.LIST, Kind.VERBATIM, Kind.BREAK}
)


def to_text(shown: Shown) -> str:
    """The document. Nothing of it can move a terminal: control characters are left out."""
    said = words(shown.language)
    head = shown.head
    lines = [head.title, *(f"! {one}" for one in shown.said)]
    if head.patient:
        lines.append(f"{said('patient')}: {' · '.join(head.patient)}")
    lines += [f"{fact.name}: {fact.value}" for fact in head.facts]
    for _depth, section in shown.each_section():
        lines += ["", f"[{section.title}]", *section_lines(section)]
    return "\n".join(map(_plain, lines)) + "\n"


def section_lines(section: ShownSection) -> Iterator[str]:
    """The lines of a section, without its title."""
    yield from (f"! {one}" for one in section.said)
    for line in "".join(_pieces(section.pieces)).split("\n"):
        if told := line.strip(" |\t"):
            yield told


def lines_of(piece: Piece) -> list[str]:
    """A piece without its form: a row of a table is a line."""
    lines = "".join(_pieces((piece,))).split("\n")
    return [told for line in lines if (told := line.strip(" |\t"))]


def _plain(line: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\t" else " " for sign in line).rstrip()


def _pieces(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case str():
                yield piece
            case Said(sentence):
                yield f" ({sentence}) "
            case Part(kind, inner):
                yield from _part(kind, inner)
            case Link(_, inner):
                yield from _pieces(inner)
            case Picture(_, _, told):
                yield f" [{told}] "
            case Table():
                yield from _table(piece)


def _part(kind: Kind, inner: tuple[Piece, ...]) -> Iterator[str]:
    block = kind in _LINES
    yield "\n" if block else "\n- " if kind is Kind.ITEM else " (" if kind is Kind.NOTE else ""
    yield from _pieces(inner)
    yield "\n" if block or kind is Kind.ITEM else ") " if kind is Kind.NOTE else ""


def _table(table: Table) -> Iterator[str]:
    yield "\n"
    yield from _pieces(table.caption)
    for group in table.groups:
        for row in group.rows:
            yield "\n"
            for cell in row.cells:
                yield from (" ".join("".join(_pieces(cell.pieces)).split()), " | ")
    yield "\n"
