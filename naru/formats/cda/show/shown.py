"""What a person is shown of a document: our own small tree, from which page, paper and text come.

Its grammar is stricter than CDA's, so that whatever a document holds becomes a well-formed page:
rows stand only in tables, cells only in rows, items only in lists, links in no link. What a
document has thousands of are msgspec's structs, made several times faster than data classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TypeAlias

from msgspec import Struct


class Kind(StrEnum):
    """What a part is."""

    PARAGRAPH = auto()
    DIVISION = auto()
    CAPTION = auto()
    LIST = auto()
    ITEM = auto()
    SPAN = auto()
    SUB = auto()
    SUP = auto()
    INSERTED = auto()
    DELETED = auto()
    NOTE = auto()
    BREAK = auto()
    VERBATIM = auto()


class Style(StrEnum):
    """The styleCodes that are followed (CDA R2, section 4.3.5.11); all others change nothing."""

    BOLD = "Bold"
    ITALICS = "Italics"
    UNDERLINE = "Underline"
    EMPHASIS = "Emphasis"
    ARABIC = "Arabic"
    LITTLE_ROMAN = "LittleRoman"
    BIG_ROMAN = "BigRoman"
    LITTLE_ALPHA = "LittleAlpha"
    BIG_ALPHA = "BigAlpha"
    DISC = "Disc"
    CIRCLE = "Circle"
    SQUARE = "Square"


class Said(Struct, frozen=True, gc=False):
    """A sentence of ours within the document's words: what could not be shown here."""

    sentence: str


class Part(Struct, frozen=True, gc=False):
    """Pieces within a form; `anchor` names the place to which links of this document lead."""

    kind: Kind
    pieces: "Pieces" = ()
    styles: frozenset[Style] = frozenset()
    anchor: str = ""
    ordered: bool = False


class Link(Struct, frozen=True, gc=False):
    """Words that lead to another place of the same document."""

    target: str
    pieces: "Pieces"
    anchor: str = ""


class Picture(Struct, frozen=True, gc=False):
    """A picture that the document itself carries; `words` say what it is."""

    media_type: str
    octets: bytes
    words: str
    anchor: str = ""


class Cell(Struct, frozen=True, gc=False):
    """A cell. `columns` is 0 where it takes the whole row; `align` is a word of `ALIGNMENTS`."""

    pieces: "Pieces"
    header: bool = False
    columns: int = 1
    rows: int = 1
    align: str = ""
    scope: str = ""
    anchor: str = ""


class Row(Struct, frozen=True, gc=False):
    """A row of a table."""

    cells: tuple[Cell, ...]
    anchor: str = ""


class RowGroup(Struct, frozen=True, gc=False):
    """Rows that belong together: `name` is thead, tbody or tfoot."""

    name: str
    rows: tuple[Row, ...]


class Table(Struct, frozen=True, gc=False):
    """A table; `columns` is the number of the widest row's."""

    caption: "Pieces"
    groups: tuple[RowGroup, ...]
    columns: int
    anchor: str = ""


Piece: TypeAlias = "str | Said | Part | Link | Picture | Table"
Pieces: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSection:
    """A section: its title, its words, the sections within, and what has to be said of it.

    `path` is the section's XPath in the document, by which findings are laid at its place.
    """

    title: str
    pieces: Pieces
    sections: "tuple[ShownSection, ...]" = ()
    said: tuple[str, ...] = ()
    code: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Study:
    """An imaging study that the document speaks of; "" where one of both is not told."""

    accession: str
    uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What a document without structure carries in place of sections."""

    media_type: str
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who, what, when, to whom; `more` is for whoever looks closer.

    `patient` is name, sex and birth, each by itself: one's direction of letters turns no other.
    """

    title: str
    kind: str
    patient: tuple[str, ...]
    id: str
    time: str
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...]
    studies: tuple[Study, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A document as a person sees it. `said` speaks of the whole; `broken` says it is not whole."""

    language: str
    head: Head
    sections: tuple[ShownSection, ...]
    said: tuple[str, ...] = ()
    broken: bool = False
    attachment: Attachment | None = None
    sha256: str = ""

    def each_section(self) -> Iterator[tuple[int, ShownSection]]:
        """Every section with its depth, in their order."""
        waiting = [(1, one) for one in reversed(self.sections)]
        while waiting:
            depth, section = waiting.pop()
            yield depth, section
            waiting += [(depth + 1, one) for one in reversed(section.sections)]
