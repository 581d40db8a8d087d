"""The body of a consent paper: its words, its boxes, what it keeps out, the signature; or a scan.

What a person reads stands in the narrative, what a program reads in the entries, written from the
same values. The codes of the entries are the data file's, with its status.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import _Element

from naru.domain.consent_document import Scan
from naru.domain.consent_paper import Box, Part, Side
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    element_text,
    hl7,
    ii,
    path,
    template_ids,
    text_of,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm, TemplateId
from naru.formats.xml.escape import escape
from naru.formats.xml.namespaces import XSI

SCANNED_TYPES: Final = frozenset({"application/pdf", "text/plain"})  # ITI TF-3 5.2.3.9.
_XSI_TYPE: Final = f"{{{XSI}}}type"
_SIGNATURE_TYPE: Final = "image/png"
_EACH: Final = 100
"""Parts of one paper: far more than a person lists."""


def write_body(
    here: DocumentForm,
    *,
    boxes: frozenset[Box] | None,
    parts: tuple[Part, ...],
    signature: bytes,
    words: tuple[str, ...] = (),
    said: tuple[str, ...] = (),
) -> str:
    """The one section: words and entries.

    `words` stand in place of the form's own, and `said` are entries written elsewhere.
    """
    told = _narrative(here, boxes, parts, words)
    paragraphs = "".join(f"<paragraph>{escape(each)}</paragraph>" for each in told)
    written = (
        *(() if boxes is None else (_box(here, box, ticked=box in boxes) for box in Box)),
        *(_part(here, part) for part in parts),
        *said,
        *((_signature(here, signature),) if signature else ()),
    )
    return (
        '<component typeCode="COMP"><structuredBody classCode="DOCBODY" moodCode="EVN">'
        '<component typeCode="COMP"><section classCode="DOCSECT" moodCode="EVN">'
        f"{template_ids(TemplateId(**here.raw['section']['template']))}"
        f"{coded('code', here.code, here.code_system, here.code_display)}"
        f"{element_text('title', here.title)}<text>{paragraphs}</text>"
        + "".join(f'<entry typeCode="COMP">{entry}</entry>' for entry in written)
        + "</section></component></structuredBody></component>"
    )


def _narrative(
    here: DocumentForm,
    boxes: frozenset[Box] | None,
    parts: tuple[Part, ...],
    instead: tuple[str, ...],
) -> Iterator[str]:
    yield from instead or here.raw["texts"]["whole" if not parts else "partial"]
    yield from lines(here, boxes, parts)


def lines(
    here: DocumentForm, boxes: frozenset[Box] | None, parts: tuple[Part, ...]
) -> Iterator[str]:
    """What a person reads of each box, and of each part that is kept out."""
    words = here.raw["words"]
    for box in Box if boxes is not None else ():
        ticked = boxes is not None and box in boxes
        yield f"[{words['ticked' if ticked else 'unticked']}] {here.raw['boxes'][box]}"
    for part in parts:
        why = f" {words['reason']} {part.reason}" if part.reason else ""
        yield f"{words[part.side]}: {_named(part)}{why}"


def _named(part: Part) -> str:
    return " ".join(
        f"{name or code}({code})" if name != code else code
        for name, code in (
            (part.institution_name, part.institution),
            (part.department_name, part.department),
            (part.document, part.document),
        )
        if code
    )


def _box(here: DocumentForm, box: Box, *, ticked: bool) -> str:
    code = coded("code", box, here.systems["Entries"], here.raw["boxes"][box])
    value = f'<value xsi:type="BL" value="{"true" if ticked else "false"}"/>'
    return f'<observation classCode="OBS" moodCode="EVN">{code}{value}</observation>'


def _part(here: DocumentForm, part: Part) -> str:
    code = coded("code", part.side, here.systems["Entries"], here.raw["words"][part.side])
    document = ii("id", here.systems["Entries"], part.document) if part.document else ""
    department = (
        coded("code", part.department, here.systems["HIRA"], part.department_name)
        if part.department
        else ""
    )
    entity = (
        f"<scopingEntity>{ii('id', part.institution)}"
        f"{element_text('desc', part.institution_name)}</scopingEntity>"
        if part.institution
        else ""
    )
    return (
        f'<act classCode="ACT" moodCode="EVN">{code}{element_text("text", part.reason)}'
        '<participant typeCode="LOC"><participantRole classCode="SDLOC">'
        f"{document}{department}{entity}</participantRole></participant></act>"
    )


def _signature(here: DocumentForm, picture: bytes) -> str:
    outer, inner = (TemplateId(**here.raw["signature"][name]) for name in ("act", "picture"))
    code = coded("code", "signature", here.systems["Entries"], here.raw["words"]["signature"])
    return (
        f'<observation classCode="OBS" moodCode="EVN">{template_ids(outer)}{code}'
        '<entryRelationship typeCode="COMP"><observationMedia classCode="OBS" moodCode="EVN">'
        f'{template_ids(inner)}<value mediaType="{_SIGNATURE_TYPE}" representation="B64">'
        f"{base64.b64encode(picture).decode()}</value>"
        "</observationMedia></entryRelationship></observation>"
    )


def write_scan(scan: Scan) -> str:
    """The scanned paper as the body (ITI TF-3 5.2.3.9)."""
    return (
        f'<component><nonXMLBody><text mediaType="{escape(scan.media_type)}" representation="B64">'
        f"{base64.b64encode(scan.content).decode()}</text></nonXMLBody></component>"
    )


def read_scan(root: _Element) -> Scan | None:
    """The scanned paper, where the document is one."""
    text = root.find(path("component", "nonXMLBody", "text"))
    if text is None:
        return None
    kind = text.get("mediaType", "")
    if kind not in SCANNED_TYPES:
        raise CdaRefused("a scanned paper is neither PDF nor plain text")
    return Scan(_octets(text), kind)


def read_boxes(here: DocumentForm, root: _Element) -> frozenset[Box] | None:
    """The boxes that are ticked; None where the paper has none. All are there, or none is."""
    found: dict[Box, bool] = {}
    for entry in entries(here, root, "observation", set(Box)):
        box = Box(attribute_of(entry, "code", name="code"))
        value = entry.find(hl7("value"))
        ticked = "" if value is None else value.get("value", "")
        if box in found or value is None or value.get(_XSI_TYPE) != "BL":
            raise CdaRefused("a box of the paper is there twice or is no box")
        if ticked not in {"true", "false"}:
            raise CdaRefused("a box of the paper is neither ticked nor empty")
        found[box] = ticked == "true"
    if not found:
        return None
    if len(found) != len(Box):
        raise CdaRefused("the paper lacks boxes")
    return frozenset(box for box, ticked in found.items() if ticked)


def read_parts(here: DocumentForm, root: _Element) -> tuple[Part, ...]:
    """What the paper keeps out."""
    parts = tuple(_read_part(here, entry) for entry in entries(here, root, "act", set(Side)))
    if len(parts) > _EACH:
        raise CdaRefused(f"the paper keeps out more than {_EACH} parts")
    return parts


def _read_part(here: DocumentForm, act: _Element) -> Part:
    role = act.find(path("participant", "participantRole"))
    if role is None:
        raise CdaRefused("what the paper keeps out is not named")
    department = attribute_of(role, "code", name="code")
    if department and attribute_of(role, "code", name="codeSystem") != here.systems["HIRA"]:
        raise CdaRefused("a department is of another code system")
    part = Part(
        institution=attribute_of(role, "scopingEntity", "id", name="root"),
        institution_name=text_of(role, "scopingEntity", "desc"),
        department=department,
        department_name=attribute_of(role, "code", name="displayName"),
        document=attribute_of(role, "id", name="extension"),
        reason=text_of(act, "text"),
        side=Side(attribute_of(act, "code", name="code")),
    )
    if not (part.institution or part.department or part.document):
        raise CdaRefused("what the paper keeps out is not named")
    return part


def read_signature(here: DocumentForm, root: _Element) -> bytes:
    """The picture of the signature; b"" where there is none."""
    for entry in entries(here, root, "observation", {"signature"}):
        value = entry.find(path("entryRelationship", "observationMedia", "value"))
        if value is None or value.get("mediaType") != _SIGNATURE_TYPE:
            raise CdaRefused("the signature is no picture")
        return _octets(value)
    return b""


def entries(
    here: DocumentForm, root: _Element, tag: str, codes: Iterable[str]
) -> Iterator[_Element]:
    """The section's entries of these codes of ours, in their order."""
    sections = path("component", "structuredBody", "component", "section", "entry", tag)
    known = frozenset(codes)
    for entry in root.iterfind(sections):
        if (
            attribute_of(entry, "code", name="codeSystem") == here.systems["Entries"]
            and attribute_of(entry, "code", name="code") in known
        ):
            yield entry


def _octets(element: _Element) -> bytes:
    if element.get("representation") != "B64" or element.get("compression") is not None:
        raise CdaRefused("a picture is not in plain base64")
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise CdaRefused("a picture is not in base64") from None
