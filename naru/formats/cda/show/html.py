"""A shown document as HTML: an article for a page of ours, made of these tags and no others.

All text passes `_text`; every name in the markup is one of ours.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Final

from naru.formats.cda.show.shown import (
    Cell,
    Fact,
    Kind,
    Link,
    Part,
    Picture,
    Piece,
    Row,
    Said,
    Shown,
    ShownSection,
    Style,
    Table,
)
from naru.formats.cda.show.words import Words, words

_SPECIAL: Final = re.compile("[&<>\"'\0-\b\v\f\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_REFERENCES: Final = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF), "\ufffd"),
    9: "\t",
    10: "\n",
    13: " ",
    **str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}),
}
_TAGS: Final = {
    Kind.PARAGRAPH: ('<div class="cda-p"', "</div>"),
    Kind.DIVISION: ("<div", "</div>"),
    Kind.CAPTION: ('<div class="cda-caption"', "</div>"),
    Kind.ITEM: ("<li", "</li>"),
    Kind.SPAN: ("<span", "</span>"),
    Kind.SUB: ("<sub", "</sub>"),
    Kind.SUP: ("<sup", "</sup>"),
    Kind.INSERTED: ("<ins", "</ins>"),
    Kind.DELETED: ("<del", "</del>"),
    Kind.NOTE: ('<span class="cda-note" role="note"', "</span>"),
    Kind.VERBATIM: ('<div class="cda-verbatim"', "</div>"),
}
_STYLES: Final = {
    Style.BOLD: "cda-bold",
    Style.ITALICS: "cda-italics",
    Style.UNDERLINE: "cda-underline",
    Style.EMPHASIS: "cda-emphasis",
    Style.LITTLE_ROMAN: "cda-little-roman",
    Style.BIG_ROMAN: "cda-big-roman",
    Style.LITTLE_ALPHA: "cda-little-alpha",
    Style.BIG_ALPHA: "cda-big-alpha",
    Style.CIRCLE: "cda-circle",
    Style.SQUARE: "cda-square",
}
_LOWEST: Final = 6
"""HTML knows no heading below h6."""

_SENTENCES: Final = 50
"""Characters of a cell from which on it holds more than a value."""

_ABREAST: Final = 3
"""Columns of values that stand beside each other on a phone."""

_LONGEST_NAME: Final = 80
"""Characters of a column's name that is said again at each of its cells."""

_MANY: Final = 3
"""Sections from which on a list of them stands above."""


def article(
    shown: Shown, remarks: Mapping[str, Sequence[str]] | None = None, *, level: int = 1
) -> str:
    """The document; `remarks` are sentences to be laid at sections, by their paths.

    Its title is a heading of the `level`, its sections stand below that.
    """
    return _Article(shown, remarks or {}, level).written()


class _Article:
    """Writes one document."""

    def __init__(self, shown: Shown, remarks: Mapping[str, Sequence[str]], level: int) -> None:
        self._shown = shown
        self._level = level
        self._remarks = remarks
        self._words: Words = words(shown.language)
        self._out: list[str] = []
        self._tables = 0

    def written(self) -> str:
        """All of it."""
        self._out.append('<article class="cda">')
        self._head()
        self._contents()
        self._sections()
        self._about()
        self._out.append("</article>")
        return "".join(self._out)

    def _head(self) -> None:
        head = self._shown.head
        self._out.append('<div class="cda-head">')
        if head.kind:
            self._out.append(f'<p class="cda-kind">{_text(head.kind)}</p>')
        self._out.append(f'<h{self._level} class="cda-title">{_text(head.title)}</h{self._level}>')
        if head.patient:
            self._out.append(
                f'<p class="cda-patient"><span class="cda-name">{self._words("patient")}</span> '
                f"{' · '.join(map(_alone, head.patient))}</p>"
            )
        for sentence in self._shown.said:
            self._out.append(f'<p class="cda-banner" role="note">{_text(sentence)}</p>')
        self._remark("/")
        self._facts(head.facts)
        self._out.append("</div>")

    def _facts(self, facts: Iterable[Fact]) -> None:
        self._out.append('<dl class="cda-facts">')
        self._out += [f"<dt>{_text(one.name)}</dt><dd>{_alone(one.value)}</dd>" for one in facts]
        self._out.append("</dl>")

    def _contents(self) -> None:
        if len(self._shown.sections) < _MANY:
            return
        self._out.append(f'<nav class="cda-contents" aria-label="{self._words("contents")}"><ol>')
        for number, (depth, section) in enumerate(self._shown.each_section(), 1):
            if depth == 1:
                self._out.append(f'<li><a href="#cda-s{number}">{_text(section.title)}</a></li>')
        self._out.append("</ol></nav>")

    def _sections(self) -> None:
        opened = 0
        for number, (depth, section) in enumerate(self._shown.each_section(), 1):
            self._out.append("</section>" * (opened - depth + 1))
            opened = depth
            self._section(number, depth, section)
        self._out.append("</section>" * opened)

    def _section(self, number: int, depth: int, section: ShownSection) -> None:
        level = min(depth + self._level, _LOWEST)
        self._out.append(
            f'<section class="cda-section" aria-labelledby="cda-s{number}">'
            f'<h{level} id="cda-s{number}">{_text(section.title)}</h{level}>'
        )
        for sentence in section.said:
            self._out.append(f'<p class="cda-said" role="note">{_text(sentence)}</p>')
        self._remark(section.path)
        if section.pieces:
            self._out.append('<div class="cda-text">')
            self._pieces(section.pieces)
            self._out.append("</div>")

    def _remark(self, path: str) -> None:
        for sentence in self._remarks.get(path, ()):
            self._out.append(f'<p class="cda-remark" role="note">{_text(sentence)}</p>')

    def _about(self) -> None:
        more = self._shown.head.more
        if not more and not self._shown.sha256:
            return
        digest = Fact(self._words("sha256"), self._shown.sha256)
        self._out.append(
            '<section class="cda-section cda-about" aria-labelledby="cda-about">'
            f'<h2 id="cda-about">{self._words("about")}</h2>'
        )
        self._facts((*more, digest))
        self._out.append("</section>")

    def _pieces(self, pieces: Iterable[Piece]) -> None:
        out = self._out
        for piece in pieces:
            if type(piece) is str:
                out.append(_text(piece) if _SPECIAL.search(piece) else piece)
            elif type(piece) is Part:
                self._part(piece)
            elif type(piece) is Table:
                self._table(piece)
            else:
                self._other(piece)

    def _part(self, part: Part) -> None:
        if part.kind is Kind.BREAK:
            self._out.append("<br>")
            return
        if part.kind is Kind.LIST:
            opening, closing = ("<ol", "</ol>") if part.ordered else ("<ul", "</ul>")
        else:
            opening, closing = _TAGS[part.kind]
        self._out.append(opening)
        if part.styles:
            names = " ".join(sorted(_STYLES[one] for one in part.styles if one in _STYLES))
            self._out.append(f' class="{names}"' if names and " class=" not in opening else "")
        self._out.append(f"{_anchor(part.anchor)}>")
        self._pieces(part.pieces)
        self._out.append(closing)

    def _other(self, piece: Piece) -> None:
        match piece:
            case Said(sentence):
                self._out.append(f'<span class="cda-said" role="note">{_text(sentence)}</span>')
            case Link(target, pieces, anchor):
                self._out.append(f'<a href="#cda-{target}"{_anchor(anchor)}>')
                self._pieces(pieces)
                self._out.append("</a>")
            case Picture(media_type, octets, told, anchor):
                self._out.append(
                    f'<img src="data:{media_type};base64,{b64encode(octets).decode()}" '
                    f'alt="{_text(told)}"{_anchor(anchor)}>'
                )

    def _table(self, table: Table) -> None:
        self._tables += 1
        name = f"{self._words('table')} {self._tables}"
        names = column_names(table)
        stacked = " cda-stacked" if names else ""
        # A wide table moves within itself, so it has to be reached by the keyboard.
        self._out.append(
            f'<div class="cda-table{stacked}" role="region" tabindex="0" aria-label="{name}">'
            f"<table{_anchor(table.anchor)}>"
        )
        named = [f' data-name="{_text(name)}"' for name in names]
        if table.caption:
            self._out.append("<caption>")
            self._pieces(table.caption)
            self._out.append("</caption>")
        for group in table.groups:
            self._out.append(f"<{group.name}>")
            for row in group.rows:
                self._row(row, table.columns, named if group.name != "thead" else ())
            self._out.append(f"</{group.name}>")
        self._out.append("</table></div>")

    def _row(self, row: Row, columns: int, named: Sequence[str]) -> None:
        out = self._out
        out.append(f"<tr{_anchor(row.anchor)}>" if row.anchor else "<tr>")
        for cell, name in zip(row.cells, named or repeat(""), strict=False):
            tag, pieces = "th" if cell.header else "td", cell.pieces
            opening = f"{tag}{_attributes(cell, columns)}{name}"
            if len(pieces) == 1 and type(pieces[0]) is str:  # Most cells hold a few words.
                out.append(f"<{opening}>{_text(pieces[0])}</{tag}>")
            else:
                out.append(f"<{opening}>")
                self._pieces(pieces)
                out.append(f"</{tag}>")
        out.append("</tr>")


def column_names(table: Table) -> tuple[str, ...]:
    """The names of the columns where a cell holds whole sentences or many stand abreast, else ().

    On a phone the cells of such a table stand below each other, each under its column's name.
    """
    if not table.groups or table.groups[0].name != "thead" or len(table.groups[0].rows) != 1:
        return ()
    head = table.groups[0].rows[0]
    rows = [row for group in table.groups[1:] for row in group.rows]
    wide = table.columns > _ABREAST
    if not wide and not any(_long(cell) for row in rows for cell in row.cells):
        return ()
    plain = all(
        len(row.cells) == table.columns
        and all(cell.columns == 1 and cell.rows == 1 for cell in row.cells)
        for row in (head, *rows)
    )
    if not plain:
        return ()
    names = tuple("".join(one for one in cell.pieces if type(one) is str) for cell in head.cells)
    return names if all(len(name) <= _LONGEST_NAME for name in names) else ()


def _long(cell: Cell) -> bool:
    pieces = cell.pieces
    if len(pieces) == 1 and type(pieces[0]) is str:  # Most cells hold a few words.
        return len(pieces[0]) > _SENTENCES
    return sum(len(one) for one in pieces if type(one) is str) > _SENTENCES


def _attributes(cell: Cell, columns: int) -> str:
    if cell.columns == 1 and cell.rows == 1 and not (cell.header or cell.align or cell.anchor):
        return ""
    said = "" if cell.columns == 1 else f' colspan="{cell.columns or columns}"'
    said += "" if cell.rows == 1 else f' rowspan="{cell.rows}"'
    said += f' scope="{cell.scope}"' if cell.scope else ""
    said += f' class="cda-{cell.align}"' if cell.align else ""
    return said + _anchor(cell.anchor)


def _anchor(name: str) -> str:
    return f' id="cda-{name}"' if name else ""


def _alone(text: str) -> str:
    """Text whose direction of letters (UAX 9) turns nothing beside it."""
    return f"<bdi>{_text(text)}</bdi>"


def _text(text: str) -> str:
    return text.translate(_REFERENCES) if _SPECIAL.search(text) else text
