"""The narrative block (CDA R2, section 4.3.5) as our own tree.

Every text is kept, in its order. Of the form only what is named here is kept; an element that CDA
does not know loses its form and says so where it stands. Nothing is loaded, linked or carried out.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.show.limits import MOST_DEPTH, Budget
from naru.formats.cda.show.shown import Kind, Link, Part, Piece, Pieces, Said, Style
from naru.formats.cda.show.words import Words

_Walk = Callable[["Narrator", _Element, list[Piece], int], None]

# A line that somebody ended is a line; one that a program indented is not.
_LINE_END: Final = re.compile(r"(?<=\S)[ \t]*\n[ \t]*\n?(?=\S)")
_STYLES: Final = {style.value: frozenset({style}) for style in Style} | {
    "BoldItalics": frozenset({Style.BOLD, Style.ITALICS})
}
_NO_STYLE: Final[frozenset[Style]] = frozenset()
_LONGEST_ADDRESS: Final = 300
_BREAK: Final = Part(Kind.BREAK)


class Narrator:
    """Walks one document's narratives, under one budget."""

    def __init__(
        self,
        budget: Budget,
        words: Words,
        *,
        anchors: Mapping[str, str],
        pictures: Mapping[str, _Element],
    ) -> None:
        self.budget = budget
        self.words = words
        self.anchors = anchors
        """Of each ID that the document links to, the name of its place in what we show."""
        self.pictures = pictures
        """Of each ID the observationMedia or regionOfInterest."""
        self.spanning = 0
        """How many cells took more than one field."""
        self._cut = False
        self._linked = False

    def narrative(self, text: _Element) -> Pieces:
        """The words of a section."""
        out: list[Piece] = []
        self.into(text, out, 0)
        return tuple(out)

    def into(self, element: _Element, out: list[Piece], depth: int) -> None:
        """What is in an element, its own form left aside."""
        if element.text:
            self.say(element.text, out)
        if depth > MOST_DEPTH:
            self._flat(element, out)
            return
        for child in element:
            if self.budget.spent:
                self.say_cut(out)
                return
            if isinstance(child.tag, str):
                self.element(child, out, depth + 1)
            if child.tail:
                self.say(child.tail, out)

    def element(self, element: _Element, out: list[Piece], depth: int) -> None:
        """The element with its form, unless it lies too deep for one."""
        if depth > MOST_DEPTH + 1:
            self.into(element, out, depth)
            return
        _WALKS.get(element.tag, _unknown)(self, element, out, depth)

    def inside(self, element: _Element, depth: int) -> Pieces:
        """As `into`, in pieces of their own."""
        text = element.text
        if not len(element):  # Most elements hold a few words and nothing else.
            if not text:
                return ()
            if "\n" not in text and len(text) < self.budget.text:
                self.budget.text -= len(text)
                return (text,)
        out: list[Piece] = []
        self.into(element, out, depth)
        return tuple(out)

    def say(self, text: str, out: list[Piece]) -> None:
        """The text, as far as the budget goes."""
        left = self.budget.text
        if len(text) > left:
            text = text[: max(0, left)]
        self.budget.text -= len(text)
        if "\n" in text:
            lines = _LINE_END.split(text)
            whole = len(lines) <= self.budget.parts
            lines = lines[: max(1, self.budget.parts)]
            self.take(len(lines) - 1)
            for line in lines[:-1]:
                out += [line, _BREAK]
            text = lines[-1]
            if not whole:
                out.append(text)
                self.say_cut(out)
                return
        if text:
            out.append(text)
        if self.budget.text <= 0:
            self.say_cut(out)

    def say_cut(self, out: list[Piece]) -> None:
        """Once: that no more is shown."""
        if not self._cut:
            self._cut = True
            out.append(Said(self.words("cut")))

    def take(self, parts: int = 1) -> None:
        """Spend parts of the budget."""
        self.budget.parts -= parts

    def anchor(self, element: _Element) -> str:
        """The name of the place, where something leads to it."""
        return self.anchors.get(element.get("ID", ""), "") if self.anchors else ""

    def styles(self, element: _Element) -> frozenset[Style]:
        """What we follow of the styleCode."""
        codes = element.get("styleCode")
        if not codes:
            return _NO_STYLE
        known = _STYLES.get(codes)
        if known is not None:
            return known
        return frozenset[Style]().union(
            *(_STYLES.get(code, _NO_STYLE) for code in codes[:200].split())
        )

    def link(self, element: _Element, target: str, out: list[Piece], depth: int) -> None:
        """Words that lead to a place of this document; within another link they are only words."""
        if not target or self._linked:
            self.into(element, out, depth)
            return
        self._linked = True
        pieces = self.inside(element, depth)
        self._linked = False
        out.append(Link(target, pieces or (self.words("there"),), self.anchor(element)))

    def _flat(self, element: _Element, out: list[Piece]) -> None:
        out.append(Said(self.words("too_deep")))
        self.take()
        for child in element:
            for text in child.itertext():
                self.say(str(text), out)
            if child.tail:
                self.say(child.tail, out)


def _part(kind: Kind) -> _Walk:
    def walk(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
        narrator.take()
        styles = narrator.styles(element)
        pieces = narrator.inside(element, depth)
        out.append(Part(kind, pieces, styles, narrator.anchor(element)))

    return walk


_MARKED_UP: Final = {"insert": Kind.INSERTED, "delete": Kind.DELETED}


def _content(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    kind = _MARKED_UP.get(element.get("revised", ""), Kind.SPAN)
    narrator.take()
    styles = narrator.styles(element)
    pieces = narrator.inside(element, depth)
    out.append(Part(kind, pieces, styles, narrator.anchor(element)))


def _styled(style: Style) -> _Walk:
    def walk(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
        narrator.take()
        pieces = narrator.inside(element, depth)
        out.append(Part(Kind.SPAN, pieces, frozenset({style}), narrator.anchor(element)))

    return walk


def _line_break(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    narrator.take()
    out.append(_BREAK)
    if element.text or len(element):
        narrator.into(element, out, depth)


def _list(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    narrator.take()
    items: list[Piece] = []
    anchor = narrator.anchor(element)
    if (element.text or "").strip():
        items.append(_item_of(narrator, element.text or ""))
    for child in element:
        if narrator.budget.spent:
            break
        if child.tag == _CAPTION and not items:
            narrator.element(child, out, depth + 1)
        elif child.tag in _ITEMS:
            narrator.take()
            pieces = narrator.inside(child, depth + 1)
            items.append(Part(Kind.ITEM, pieces, anchor=narrator.anchor(child)))
        elif isinstance(child.tag, str):
            stray: list[Piece] = []
            narrator.element(child, stray, depth + 1)
            items.append(Part(Kind.ITEM, tuple(stray)))
        if (child.tail or "").strip():
            items.append(_item_of(narrator, child.tail or ""))
    if narrator.budget.spent:
        items.append(_item_of(narrator, ""))
    ordered = element.get("listType") == "ordered" or element.tag == hl7("ol")
    out.append(Part(Kind.LIST, tuple(items), narrator.styles(element), anchor, ordered))


def _item_of(narrator: Narrator, text: str) -> Part:
    stray: list[Piece] = []
    narrator.take()
    narrator.say(text, stray)
    if narrator.budget.spent:
        narrator.say_cut(stray)
    return Part(Kind.ITEM, tuple(stray))


def _link_html(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    narrator.take()
    address = element.get("href", "")
    narrator.link(element, narrator.anchors.get(address.removeprefix("#"), ""), out, depth)
    words = "".join(map(str, element.itertext())) if len(address) <= _LONGEST_ADDRESS else address
    if address.startswith(("http://", "https://")) and address.strip() not in words:
        # A page outside is told and never led to: what stands there is not part of the document.
        out.append(Said(narrator.words("outside", address=address[:_LONGEST_ADDRESS])))


def _footnote_reference(
    narrator: Narrator, element: _Element, out: list[Piece], depth: int
) -> None:
    narrator.take()
    narrator.link(element, narrator.anchors.get(element.get("IDREF", ""), ""), out, depth)


def _pictures(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    from naru.formats.cda.show.pictures import picture

    for name in element.get("referencedObject", "").split()[:16] or [""]:
        narrator.take()
        out.append(picture(narrator, name))
    narrator.into(element, out, depth)


def _table(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    from naru.formats.cda.show.tables import table

    out.append(table(narrator, element, depth))


def _nothing(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    narrator.into(element, out, depth)


def _unknown(narrator: Narrator, element: _Element, out: list[Piece], depth: int) -> None:
    narrator.take(2)
    out.append(Said(narrator.words("unknown")))
    narrator.into(element, out, depth)


_CAPTION: Final = hl7("caption")
_ITEMS: Final = frozenset({hl7("item"), hl7("li")})
_DIVISION: Final = _part(Kind.DIVISION)
_BOLD: Final = _styled(Style.BOLD)
_ITALICS: Final = _styled(Style.ITALICS)
_WALKS: Final[dict[str, _Walk]] = {
    hl7(name): walk
    for name, walk in {
        "paragraph": _part(Kind.PARAGRAPH),
        "content": _content,
        "caption": _part(Kind.CAPTION),
        "sub": _part(Kind.SUB),
        "sup": _part(Kind.SUP),
        "br": _line_break,
        "list": _list,
        "item": _DIVISION,  # Outside of a list.
        "table": _table,
        **dict.fromkeys(("thead", "tbody", "tfoot", "tr", "td", "th"), _DIVISION),  # Of no table.
        **dict.fromkeys(("colgroup", "col"), _nothing),
        "linkHtml": _link_html,
        "footnote": _part(Kind.NOTE),
        "footnoteRef": _footnote_reference,
        "renderMultiMedia": _pictures,
        # What others write in CDA's place, because they think of HTML.
        "p": _part(Kind.PARAGRAPH),
        "div": _DIVISION,
        "span": _content,
        "pre": _part(Kind.VERBATIM),
        **dict.fromkeys(("b", "strong"), _BOLD),
        **dict.fromkeys(("i", "em"), _ITALICS),
        "u": _styled(Style.UNDERLINE),
        **dict.fromkeys(("ul", "ol"), _list),
        "li": _DIVISION,
    }.items()
}
