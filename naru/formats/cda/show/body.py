"""The body of a document: its sections in order, or what stands there in place of sections."""

from itertools import chain
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.show.entries import from_entries
from naru.formats.cda.show.limits import MOST_SECTIONS, Budget
from naru.formats.cda.show.narrative import Narrator
from naru.formats.cda.show.opening import Open
from naru.formats.cda.show.pictures import embedded, media_type
from naru.formats.cda.show.shown import (
    Attachment,
    Kind,
    Part,
    Picture,
    Piece,
    Pieces,
    Said,
    ShownSection,
)
from naru.formats.cda.show.telling import coded_of, first, words_of
from naru.formats.cda.show.words import Words
from naru.formats.xml.namespaces import HL7V3

_NAMES: Final = {"h": HL7V3}
_LINKS: Final = etree.XPath(
    "//h:linkHtml/@href | //h:footnoteRef/@IDREF", namespaces=_NAMES, smart_strings=False
)
_MEDIA: Final = etree.XPath(
    "//h:observationMedia[@ID] | //h:regionOfInterest[@ID]", namespaces=_NAMES
)
_TEXT: Final = hl7("text")
_SECTION: Final = hl7("section")
_DEEPEST: Final = 20
"""Sections within sections."""

LARGEST_ATTACHMENT: Final = 12 * 1024 * 1024


class Body:
    """Reads the sections of one document, each of them once."""

    def __init__(self, opened: Open, words: Words) -> None:
        self._root = opened.root
        self._words = words
        self._narrator = Narrator(
            Budget(), words, anchors=_anchors(opened), pictures=_media(opened)
        )
        self._seen: set[_Element] = set()
        self.disordered = False
        """Whether no section stands where CDA has them."""

    def sections(self) -> tuple[ShownSection, ...]:
        """All sections; those that stand where none may come last, and say so."""
        shown: list[ShownSection] = []
        for body in self._root.iterfind(path("component", "structuredBody")):
            shown += self._within(body, "/ClinicalDocument/component/structuredBody", 1)
        self.disordered = not shown
        said = () if self.disordered else ("misplaced",)
        for stray in self._root.iter(_SECTION):
            if stray not in self._seen:
                shown += filter(None, [self._section(stray, "", 1, *said)])
        self.disordered &= bool(shown)
        return tuple(shown)

    def _within(self, element: _Element, place: str, depth: int) -> tuple[ShownSection, ...]:
        return tuple(
            shown
            for number, component in enumerate(element.iterchildren(hl7("component")), 1)
            for section in component.iterchildren(_SECTION)
            if (shown := self._section(section, f"{place}/component[{number}]/section", depth))
        )

    def _section(
        self, section: _Element, place: str, depth: int, *said: str
    ) -> ShownSection | None:
        self._seen.add(section)
        if len(self._seen) > MOST_SECTIONS:
            return None
        code = first(section, "code")
        pieces, more = self._words_of(section)
        within = self._within(section, place, depth + 1) if depth < _DEEPEST else ()
        if len(self._seen) == MOST_SECTIONS:
            more = (*more, "sections_cut")
        return ShownSection(
            title=words_of(first(section, "title"))
            or coded_of(code)
            or self._words("untitled_section"),
            pieces=pieces,
            sections=within,
            said=tuple(map(self._words, (*said, *more))),
            code="" if code is None else code.get("code", ""),
            path=place,
        )

    def _words_of(self, section: _Element) -> tuple[Pieces, tuple[str, ...]]:
        """The narrative, else what the entries say; and the names of what has to be said of it."""
        texts = section.iterchildren(_TEXT)
        pieces = tuple(chain.from_iterable(map(self._narrator.narrative, texts)))
        if any(_says(piece) for piece in pieces):
            return pieces, ()
        told = from_entries(section, self._words, self._narrator.budget)
        if told is not None:
            return (told,), ("from_entries",)
        return pieces, () if first(section, "component", "section") is not None else ("empty",)

    def unstructured(self) -> tuple[Pieces, Attachment | None]:
        """What stands in a nonXMLBody (CDA R2, section 4.3.1.1), and its octets to be kept."""
        text = first(self._root, "component", "nonXMLBody", "text")
        if text is None:
            return (), None
        declared = text.get("mediaType", "text/plain").partition(";")[0].strip().lower()[:100]
        octets = embedded(text, LARGEST_ATTACHMENT)
        if octets is None:
            return self._unembedded(text, declared), None
        attachment = Attachment(media_type=media_type(octets) or declared, octets=octets)
        return self._attached(attachment), attachment

    def _unembedded(self, text: _Element, declared: str) -> Pieces:
        reference = first(text, "reference")
        if text.get("representation") == "B64":
            return (Said(self._words("attachment_unreadable")),)
        if reference is not None:
            address = reference.get("value", "")[:300]
            return (Said(self._words("attachment_elsewhere", address=address)),)
        if declared != "text/plain":
            said = Said(self._words("attachment_form", form=declared))
            return (said, self._verbatim("".join(map(str, text.itertext()))))
        return (self._verbatim("".join(map(str, text.itertext()))),)

    def _attached(self, attachment: Attachment) -> Pieces:
        kind = attachment.media_type
        if kind.startswith("image/") and media_type(attachment.octets) == kind:
            return (Picture(kind, attachment.octets, self._words("picture")),)
        if kind == "text/plain":
            return (self._verbatim(_text(attachment.octets)),)
        if attachment.octets.startswith(b"%PDF-"):
            kind = "PDF"
        size = max(1, len(attachment.octets) // 1024)
        return (Said(self._words("attached", form=kind, size=f"{size:,}")),)

    def _verbatim(self, text: str) -> Part:
        lines: list[Piece] = []
        budget = self._narrator.budget
        shown = text[: budget.text]
        budget.text -= len(shown)
        lines.append(shown)
        if len(shown) < len(text):
            self._narrator.say_cut(lines)
        return Part(Kind.VERBATIM, tuple(lines))


def _says(piece: Piece) -> bool:
    return bool(piece.strip()) if isinstance(piece, str) else True


def _text(octets: bytes) -> str:
    for codec in ("utf-8-sig", "cp949"):
        try:
            return octets.decode(codec)
        except UnicodeDecodeError:
            continue
    return octets.decode("latin-1")


def _anchors(opened: Open) -> dict[str, str]:
    """Of each ID that something leads to, a name of ours: theirs could be any name of the page."""
    if not opened.may_hold(b"linkHtml", b"footnoteRef"):
        return {}
    root = opened.root
    led_to = {str(one).removeprefix("#") for one in cast("list[str]", _LINKS(root))}
    if not led_to:
        return {}
    found = (one for one in root.iter(etree.Element) if one.get("ID") in led_to)
    return {
        name: f"p{number}"
        for number, name in enumerate(dict.fromkeys(one.get("ID", "") for one in found), 1)
    }


def _media(opened: Open) -> dict[str, _Element]:
    if not opened.may_hold(b"renderMultiMedia"):
        return {}
    media = cast("list[_Element]", _MEDIA(opened.root))
    plain = {one.get("ID", ""): one for one in media if one.tag == hl7("observationMedia")}
    for region in media:
        # A region is drawn on a picture beside it (CDA R2, section 4.3.6.7): the picture is shown.
        within = region.find(path("entryRelationship", "observationMedia"))
        if region.tag != hl7("observationMedia") and within is not None:
            plain.setdefault(region.get("ID", ""), within)
    return plain
