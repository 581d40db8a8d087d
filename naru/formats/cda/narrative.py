"""The narrative of a section: a table with a row for each entry, or a paragraph."""

from collections.abc import Iterable, Sequence
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import When, in_korea
from naru.formats.cda.datatypes import coded, element_text, hl7, path, template_ids, words_of
from naru.formats.cda.forms import DocumentForm, SectionForm
from naru.formats.xml.escape import escape

NOTHING: Final = "NI"  # nullFlavor: no information.


def words(when: When) -> str:
    """A time as a clerk reads it."""
    clock = getattr(when, "hour", None)
    if clock is None:
        return when.isoformat()
    return in_korea(when).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]  # It has an hour.


def row_id(section: SectionForm, index: int) -> str:
    """The ID that an entry points to."""
    return f"{section.name}-{index + 1}"


def table(section: SectionForm, rows: Iterable[str]) -> str:
    """The table of a section."""
    head = "".join(f"<th>{escape(column)}</th>" for column in section.columns)
    body = "".join(rows)
    return f'<table border="1"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def row(reference: str, cells: Sequence[str]) -> str:
    """One row, with the ID to which its entry points."""
    return f'<tr ID="{reference}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def paragraph(section: SectionForm, text: str) -> str:
    """The words of a section."""
    return f'<paragraph ID="{section.name}">{escape(text)}</paragraph>'


def write_section(form: DocumentForm, section: SectionForm, text: str, entries: str = "") -> str:
    """A section; where nothing stands in it, it says that there is no information."""
    null = "" if text or entries else f' nullFlavor="{NOTHING}"'
    return (
        f'<component typeCode="COMP"><section classCode="DOCSECT" moodCode="EVN"{null}>'
        f"{template_ids(section.template)}"
        f"{coded('code', section.code, section.system, section.display)}"
        f"{element_text('title', section.title)}"
        f"<text>{text or escape(form.word('nothing'))}</text>{entries}"
        "</section></component>"
    )


def sections_of(root: _Element) -> dict[str, _Element]:
    """The sections by their code; of several with one code, the first."""
    found: dict[str, _Element] = {}
    for section in root.iterfind(path("component", "structuredBody", "component", "section")):
        code = section.find(hl7("code"))
        if code is not None:
            found.setdefault(code.get("code", ""), section)
    return found


def rows_of(section: _Element) -> dict[str, tuple[str, ...]]:
    """The cells of the tables' rows by the IDs of these."""
    return {
        row.get("ID", ""): tuple(map(words_of, row.iterchildren(hl7("td"))))
        for row in section.iterfind(path("text", "table", "tbody", "tr"))
    }


def read_paragraph(section: _Element, name: str) -> str:
    """The words of the paragraph with this ID; "" where there is none."""
    told = section.iterfind(path("text", "paragraph"))
    return next((words_of(each) for each in told if each.get("ID") == name), "")
