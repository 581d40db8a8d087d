"""The narrative of a section: a table with a row for each entry, or a paragraph."""

from collections.abc import Iterable, Sequence
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import When, in_korea
from naru.formats.cda.datatypes import coded, element_text, found, hl7, path, template_ids
from naru.formats.cda.template import DocumentForm, SectionForm
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


def table(section: SectionForm, rows: Iterable[Sequence[str]]) -> str:
    """The table of a section."""
    head = "".join(f"<th>{escape(column)}</th>" for column in section.columns)
    body = "".join(
        f'<tr ID="{row_id(section, index)}">'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for index, row in enumerate(rows)
    )
    return f'<table border="1"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def paragraph(section: SectionForm, text: str) -> str:
    """The words of a section that has no rows."""
    return f'<paragraph ID="{row_id(section, 0)}">{escape(text)}</paragraph>'


def write_section(form: DocumentForm, section: SectionForm, text: str, entries: str = "") -> str:
    """A section; without words it says that there is no information."""
    null = "" if text else f' nullFlavor="{NOTHING}"'
    return (
        f'<component typeCode="COMP"><section classCode="DOCSECT" moodCode="EVN"{null}>'
        f"{template_ids(section.template)}"
        f"{coded('code', section.loinc, form.systems['LOINC'], section.display)}"
        f"{element_text('title', section.title)}"
        f"<text>{text or escape(form.raw['words']['nothing'])}</text>{entries}"
        "</section></component>"
    )


def sections_of(root: _Element) -> dict[str, _Element]:
    """The sections by their LOINC code."""
    body = found(root, "component", "structuredBody")
    return {
        code.get("code", ""): section
        for section in body.iterfind(path("component", "section"))
        if (code := section.find(hl7("code"))) is not None
    }


def rows_of(section: _Element) -> list[tuple[str, ...]]:
    """The cells of the table."""
    rows = section.iterfind(path("text", "table", "tbody", "tr"))
    return [tuple(cell.text or "" for cell in row.iterchildren(hl7("td"))) for row in rows]
