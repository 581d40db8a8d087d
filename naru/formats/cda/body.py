"""The sections of a document, from its content and back, as its form orders them."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from typing import Any

from lxml.etree import _Element

from naru.domain.clinical import Content
from naru.formats.cda.datatypes import attribute_of, found, hl7
from naru.formats.cda.entries import ENTRIES, EntryForm, Frame
from naru.formats.cda.errors import CdaRefused, UnfitContent
from naru.formats.cda.forms import DocumentForm, SectionForm
from naru.formats.cda.narrative import (
    paragraph,
    read_paragraph,
    row,
    row_id,
    rows_of,
    sections_of,
    table,
    write_section,
)


def require_place(form: DocumentForm, content: Content) -> None:
    """Returns when the form has a section for all that the content says. Raises UnfitContent."""
    places = {name for each in form.sections for name in (each.text, *each.entries)}
    lost = tuple(name for name in _empty() if name not in places and getattr(content, name))
    if lost:
        names = ", ".join(lost)
        paths = tuple(f"content.{name}" for name in lost)
        raise UnfitContent((f"{form.title} 서식에 없는 항목: {names}",), paths)


@cache
def _empty() -> dict[str, object]:
    """The fields of a content, and what stands in each where nothing was said."""
    return {each.name: each.default for each in fields(Content) if each.default is not MISSING}


def write_body(frame: Frame, content: Content) -> str:
    """The structured body."""
    written = "".join(_section(frame, each, content) for each in frame.form.sections)
    return (
        '<component typeCode="COMP"><structuredBody classCode="DOCBODY" moodCode="EVN">'
        f"{written}</structuredBody></component>"
    )


def _section(frame: Frame, section: SectionForm, content: Content) -> str:
    entries, rows = [], []
    for index, (kind, item) in enumerate(_items(section, content)):
        reference = row_id(section, index)
        entries.append(f"<entry>{kind.write(frame, item, reference)}</entry>")
        for number, cells in enumerate(kind.rows(frame.form, item)):
            rows.append(row(f"{reference}.{number}" if number else reference, cells))
    text = getattr(content, section.text) if section.text else ""
    told = paragraph(section, text) if text else ""
    listed = table(section, rows) if rows else ""
    return write_section(frame.form, section, told + listed, "".join(entries))


def _items(section: SectionForm, content: Content) -> Iterator[tuple[EntryForm[Any], Any]]:
    for name in section.entries:
        kind, value = ENTRIES[name], getattr(content, name)
        if not kind.single:
            for item in value:
                yield kind, item
        elif value is not None:
            yield kind, value


def read_body(form: DocumentForm, root: _Element) -> Content:
    """The content. Raises CdaRefused for what the form's entries do not say so."""
    found(root, "component", "structuredBody")
    held = sections_of(root)
    said: dict[str, Any] = {}
    for section in form.sections:
        element = held.get(section.code)
        if element is not None:
            said |= read_section(form, section, element)
    return Content(**said)


def read_section(form: DocumentForm, section: SectionForm, element: _Element) -> dict[str, Any]:
    """The fields of the content that stand in one section. Raises CdaRefused."""
    said: dict[str, Any] = {}
    if section.text:
        said[section.text] = read_paragraph(element, section.name)
    rows = rows_of(element)
    for entry in element.iterchildren(hl7("entry")):
        if len(entry) == 0:
            raise CdaRefused("an entry is empty")
        name = _name(form, section, entry[0])
        item = ENTRIES[name].read(form, entry[0], rows.get(_reference(entry[0]), ()))
        if not ENTRIES[name].single:
            said[name] = (*said.get(name, ()), item)
        elif name in said:
            raise CdaRefused("what is said once stands there twice")
        else:
            said[name] = item
    return said


def _name(form: DocumentForm, section: SectionForm, entry: _Element) -> str:
    for name in section.entries:
        if ENTRIES[name].is_of(form, entry):
            return name
    raise CdaRefused("an entry is of no known kind")


def _reference(entry: _Element) -> str:
    return attribute_of(entry, "text", "reference", name="value").removeprefix("#")
