"""A shown document as PDF: A4, its fonts inside, tagged, the same octets for the same document."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from itertools import count
from typing import Final

import msgspec

from naru.formats.cda.show.shown import (
    Fact,
    Kind,
    Link,
    Part,
    Picture,
    Piece,
    Pieces,
    Row,
    Said,
    Shown,
    Style,
    Table,
)
from naru.formats.cda.show.tables import places
from naru.formats.cda.show.text import lines_of
from naru.formats.cda.show.words import Words, words
from naru.formats.pdf.document import print_document
from naru.formats.pdf.errors import PaperRefused

MOST_COLUMNS: Final = 40
"""What is wider stands on no sheet: its rows are printed as lines."""

MOST_DEPTH: Final = 20
"""Pieces within pieces that keep their form; the printer itself gives up at some forty."""

MOST_TABLES: Final = 8
"""Tables within tables that keep theirs: each costs the printer several of its levels."""

MOST_CELLS: Final = 12_000
"""Of a paper: some two hundred pages. The page in a browser and the file hold all."""

MOST_TEXT: Final = 300_000
"""Characters of a paper."""

MOST_PICTURES: Final = 1_500_000
"""Octets of all pictures on a paper; the template is given each as a number."""

_REPEATED: Final = 4
"""Rows of a head that stand again on each sheet, at most."""

_Data = dict[str, object]
_LONG: Final = re.compile(r"[!-~]{24,}")
_CHUNK: Final = 12
_MOST_LINES: Final = 12_000
"""Lines of what is shown as it was written."""

_MOST_MARKS: Final = 4
_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180d\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\u302a-\u302f\u3099\u309a\u3164\ufe00-\ufe0f\ufe20-\ufe2f\uffa0]{5,}"
)
_PLACELESS: Final = re.compile(f"{_UNSEEN.pattern}|{_MARKS.pattern}")
_KINDS: Final = {
    Kind.PARAGRAPH: "p",
    Kind.DIVISION: "div",
    Kind.CAPTION: "cap",
    Kind.ITEM: "div",
    Kind.SUB: "sub",
    Kind.SUP: "sup",
    Kind.INSERTED: "ins",
    Kind.DELETED: "del",
    Kind.NOTE: "note",
}
_STYLES: Final = {Style.BOLD: "b", Style.EMPHASIS: "b", Style.ITALICS: "i", Style.UNDERLINE: "u"}
_NUMBERING: Final = {
    Style.LITTLE_ROMAN: "i.",
    Style.BIG_ROMAN: "I.",
    Style.LITTLE_ALPHA: "a.",
    Style.BIG_ALPHA: "A.",
}
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def to_pdf(shown: Shown) -> bytes:
    """The PDF. Raises PaperRefused where it has more than is printed."""
    try:
        return _Paper(shown, pictures=True).printed()
    except PaperRefused:
        # A picture of which the first octets alone are one cannot be drawn: the rest still is.
        return _Paper(shown, pictures=False).printed()


class _Paper:
    """Writes one document as the template's data."""

    def __init__(self, shown: Shown, *, pictures: bool) -> None:
        self._shown = shown
        self._words: Words = words(shown.language)
        self._pictures = pictures
        self._octets = MOST_PICTURES
        self._text = MOST_TEXT
        self._cells = 0
        self._depth = self._tables = 0

    def printed(self) -> bytes:
        shown, head = self._shown, self._shown.head
        data = {
            "title": _drawable(head.title),
            "kind": _drawable(head.kind),
            "language": shown.language,
            "date": _day(head.time),
            "patient": [_drawable(one) for one in head.patient],
            "lacking": self._words("lacking"),
            "said": shown.said,
            "facts": self._facts(head.facts),
            "sections": [
                {
                    "level": min(depth + 1, 6),
                    "title": _drawable(section.title),
                    "said": section.said,
                    "pieces": self._pieces(section.pieces),
                }
                for depth, section in shown.each_section()
            ],
            "about": self._words("about"),
            "more": self._facts(head.more),
            "footer": _chunks(f"{self._words('numbered')} {head.id}") if head.id else [""],
            "sha256": f"{self._words('sha256')} {shown.sha256}",
        }
        return print_document(_template(), msgspec.json.encode(data).decode())

    def _facts(self, facts: Iterable[Fact]) -> list[tuple[str, object]]:
        return [(fact.name, self._string(fact.value)) for fact in facts]

    def _string(self, text: str) -> object:
        text = _drawable(text)
        if len(text) > self._text:
            text, self._text = text[: self._text], 0
            return {"k": "div", "c": [text, {"k": "said", "c": self._words("cut")}]}
        self._text -= len(text)
        if _LONG.search(text) is None:
            return text
        return {"k": "long", "c": _chunks(text)}

    def _pieces(self, pieces: Pieces) -> list[object]:
        return [self._piece(piece) for piece in pieces]

    def _piece(self, piece: Piece) -> object:
        if isinstance(piece, str):
            return self._string(piece)
        table = isinstance(piece, Table)
        if self._depth >= MOST_DEPTH or (table and self._tables >= MOST_TABLES):
            return self._flat(piece)
        self._depth, self._tables = self._depth + 1, self._tables + table
        formed = self._formed(piece)
        self._depth, self._tables = self._depth - 1, self._tables - table
        return formed

    def _flat(self, piece: Piece) -> object:
        """What lies deeper than the printer goes: its words, a row of a table in a line."""
        if isinstance(piece, Picture):
            return self._picture(piece.media_type, piece.octets, piece.words)
        lines: list[object] = []
        for line in lines_of(piece):
            lines += [self._string(line), {"k": "br"}]
        return {"k": "span", "s": [], "c": lines[:-1]}

    def _formed(self, piece: Said | Part | Link | Picture | Table) -> object:
        match piece:
            case Part():
                return self._part(piece)
            case Table():
                return self._table(piece)
            case Said(sentence):
                return {"k": "said", "c": sentence}
            case Link(_, pieces):
                return {"k": "span", "s": [], "c": self._pieces(pieces)}
            case Picture(media_type, octets, told):
                return self._picture(media_type, octets, told)

    def _part(self, part: Part) -> _Data:
        match part.kind:
            case Kind.BREAK:
                return {"k": "br"}
            case Kind.VERBATIM:
                text = _drawable("".join(_texts(part.pieces))).expandtabs(4)
                lines = text[: self._text].split("\n", _MOST_LINES)
                cut = len(text) > self._text or len(lines) > _MOST_LINES
                self._text = max(0, self._text - len(text))
                return {"k": "pre", "c": [*lines[:_MOST_LINES], *([self._words("cut")] * cut)]}
            case Kind.LIST:
                items = [self._pieces(one.pieces) for one in part.pieces if isinstance(one, Part)]
                numbers = [_NUMBERING[one] for one in part.styles if one in _NUMBERING]
                numbering = numbers[0] if numbers else "1."
                return {"k": "ol" if part.ordered else "ul", "n": numbering, "c": items}
            case Kind.SPAN:
                styles = sorted(_STYLES[one] for one in part.styles if one in _STYLES)
                return {"k": "span", "s": styles, "c": self._pieces(part.pieces)}
            case kind:
                return {"k": _KINDS[kind], "c": self._pieces(part.pieces)}

    def _picture(self, media_type: str, octets: bytes, told: str) -> _Data:
        self._octets -= len(octets)
        if not self._pictures or self._octets < 0:
            name = "picture_large" if self._pictures else "picture_unreadable"
            return {"k": "said", "c": self._words(name)}
        return {"k": "img", "o": list(octets), "t": media_type[len("image/") :], "c": told}

    def _table(self, table: Table) -> _Data:
        rows = [(group.name == "thead", row) for group in table.groups for row in group.rows]
        self._cells += sum(len(row.cells) for _head, row in rows)
        if self._cells > MOST_CELLS:
            return {"k": "said", "c": self._words("cut")}
        if table.columns > MOST_COLUMNS:
            return {"k": "div", "c": [self._line(row) for _head, row in rows]}
        heads = 0
        while heads < len(rows) and rows[heads][0]:
            heads += 1
        whole = all(cell.rows <= heads - at for at in range(heads) for cell in rows[at][1].cells)
        heads = heads if whole else 0
        head, at = self._placed([row for _is, row in rows[:heads]], table.columns, 0)
        body, _ = self._placed([row for _is, row in rows[heads:]], table.columns, at)
        return {
            "k": "table",
            "title": self._pieces(table.caption),
            "columns": _shares(table, [row for _is, row in rows]),
            "head": head,
            "repeat": 0 < heads <= _REPEATED,
            "body": body,
        }

    def _line(self, row: Row) -> _Data:
        inner: list[object] = []
        for cell in row.cells:
            inner += [*self._pieces(cell.pieces), " · "]
        return {"k": "div", "c": inner[:-1]}

    def _placed(self, rows: list[Row], columns: int, first: int) -> tuple[list[_Data], int]:
        """Each cell at its place; no cell leaves the table or lies on another."""
        placed: list[_Data] = []
        reaching: list[int] = []
        left = len(rows)
        for at, row in zip(count(first), rows, strict=False):
            taken = places(row, reaching, whole=columns)
            for (column, width), cell in zip(taken, row.cells, strict=True):
                placed.append(
                    {
                        "x": column,
                        "y": at,
                        "w": min(width, columns - column),
                        "r": min(cell.rows, left),
                        "a": cell.align,
                        "h": cell.header,
                        "c": self._pieces(cell.pieces),
                    }
                )
            left -= 1
        return placed, first + len(rows)


def _shares(table: Table, rows: list[Row]) -> list[int]:
    """The columns' shares of the width, by the longest words that stand in each."""
    longest = [4] * table.columns
    reaching: list[int] = []
    for row in rows[:200]:
        for (column, width), cell in zip(places(row, reaching), row.cells, strict=True):
            if width == 1:
                longest[column] = max(longest[column], _length(cell.pieces))
    return [min(one, 30) for one in longest]


def _length(pieces: Pieces) -> int:
    text = "".join(_texts(pieces))
    return len(text) + sum(sign > "\u1100" for sign in text[:60])


def _texts(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case str():
                yield piece
            case Part(_, inner) | Link(_, inner):
                yield from _texts(inner)
            case Said(sentence):
                yield sentence
            case _:
                yield ""


def _day(time: str) -> tuple[int, ...]:
    found = _DAY.match(time)
    try:
        return date.fromisoformat(found[0]).timetuple()[:3] if found else ()
    except ValueError:
        return ()


def _drawable(text: str) -> str:
    """The text without what takes no place on paper, and with few marks on one letter.

    A printer reckons each of them with all others of its line, which no line's width bounds. What
    turns the direction of letters (UAX 9) is left out too: paper shows words in their own order.
    """
    if text.isascii() or not _PLACELESS.search(text):
        return text
    return _MARKS.sub(lambda found: found[0][:_MOST_MARKS], _UNSEEN.sub("", text))


def _chunks(text: str) -> list[str]:
    """A digest or an address in pieces, between which a line may end."""
    return [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)]


@cache
def _template() -> bytes:
    return (resources.files(__package__) / "data/document.typ").read_bytes()
