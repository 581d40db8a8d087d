"""Documents around a narrative, and what a real HTML5 parser finds in the page of one."""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

import tinyhtml5
from lxml import etree

from naru.formats.cda.show import show
from naru.formats.cda.show.html import article

_HTML: Final = "{http://www.w3.org/1999/xhtml}"
_NO_WORDS: Final = re.compile("[\\s\0-\x1f\x7f-\x9f\ufffd-\uffff]+")
_OURS: Final = {"cda-said"}

_OF: Final = (
    ("html head body br caption bdi", ""),
    ("article h1 dt dd thead tbody tfoot", "class"),
    ("h2 h3 h4 h5 h6 table tr", "id"),
    ("sub sup ins del ul ol li", "class id"),
    ("p dl", "class role"),
    ("nav", "class aria-label"),
    ("section", "class aria-labelledby"),
    ("div", "class id role tabindex aria-label"),
    ("span", "class id role"),
    ("a", "href id"),
    ("img", "src alt id"),
    ("td", "colspan rowspan class id data-name"),
    ("th", "colspan rowspan class id scope data-name"),
)
ALLOWED: Final = {tag: set(may.split()) for tags, may in _OF for tag in tags.split()}
"""Every tag and attribute that a page of a document may hold."""


def document(*narratives: str, header: str = "") -> bytes:
    """A CDA with a section for each narrative."""
    sections = "".join(
        f"<component><section><title>항목 {number}</title><text>{one}</text></section></component>"
        for number, one in enumerate(narratives, 1)
    )
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><title>시험 문서</title>'
        f"{header}<component><structuredBody>{sections}</structuredBody></component>"
        "</ClinicalDocument>"
    ).encode()


def parsed(octets: bytes, language: str = "ko") -> Element:
    """The article as a browser reads it, after everything that HTML5 does to it."""
    html = article(show(octets, language=language))
    tree: Element = tinyhtml5.parse(f"<!doctype html><body>{html}", namespace_html_elements=True)
    return tree


def name(element: Element) -> str:
    return str(element.tag).removeprefix(_HTML)


def narrative_of(page: Element) -> list[Element]:
    """The narratives, one for each section that has words."""
    return [one for one in page.iter(f"{_HTML}div") if one.get("class") == "cda-text"]


def words(text: str) -> str:
    """The text without blanks and controls, so that only what is said is compared."""
    return _NO_WORDS.sub("", text)


def shown_words(page: Element) -> str:
    """What of the document's own narrative is on the page, in the page's order."""
    return words("".join("".join(_own(one)) for one in narrative_of(page)))


def _own(element: Element) -> Iterator[str]:
    if element.get("class") not in _OURS:
        yield element.text or ""
        for child in element:
            yield from _own(child)
            yield child.tail or ""


def written_words(octets: bytes) -> list[str]:
    """What each narrative holds, in the document's order."""
    root = etree.fromstring(octets, etree.XMLParser(remove_comments=True, remove_pis=True))
    texts = root.iterfind(".//{urn:hl7-org:v3}section/{urn:hl7-org:v3}text")
    return [words("".join(map(str, one.itertext()))) for one in texts]


def assert_calm(page: Element) -> None:
    """Nothing but the allow-list; every link leads within, every picture is in the page."""
    names: set[str] = set()
    for element in page.iter():
        assert isinstance(element.tag, str), "a comment or a declaration"
        assert element.tag.startswith(_HTML), element.tag
        allowed = ALLOWED.get(name(element))
        assert allowed is not None, name(element)
        assert set(element.attrib) <= allowed, (name(element), element.attrib)
        for key in ("class", "id"):
            value = element.get(key, "cda")
            assert re.fullmatch(r"cda(-[a-z0-9-]+)?( cda-[a-z0-9-]+)*", value), value
        if identifier := element.get("id"):
            assert identifier not in names, identifier
            names.add(identifier)
        assert re.fullmatch(r"#cda-[a-z0-9]+", element.get("href", "#cda-x"))
        source = element.get("src", "data:image/png;base64,")
        assert re.fullmatch(r"data:image/(png|gif|jpeg);base64,[A-Za-z0-9+/=]*", source)
