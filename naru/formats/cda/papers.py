"""The papers that a patient carries as CDA R2, from values and back.

Which fields stand in which section, under which codes, is data of the form (`paper_sections`). A
section is a list of facts, a table with a row for each item, or the table of a receipt. A program
reads each field from an entry that points to the row in which a person reads it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

import msgspec
from lxml.etree import _Element

from naru.domain.korea import korean_day
from naru.domain.papers import PAPER_OF, PaperDocument
from naru.domain.papers.documents import Paper
from naru.formats.cda.datatypes import hl7, path, template_ids
from naru.formats.cda.errors import CdaRefused, IncompleteDocument, UnfitContent
from naru.formats.cda.forms import DocumentForm, TemplateId, known
from naru.formats.cda.header import (
    form_of,
    parse_document,
    read_author,
    read_header,
    read_patient,
    write_author,
    write_custodian,
    write_document,
    write_identity,
    write_patient,
)
from naru.formats.cda.paper_entries import SHELLS, read_observations, write_observations
from naru.formats.cda.paper_fields import Field, Values, cells, value_at, words_of
from naru.formats.xml.errors import UnwritableCharacter
from naru.formats.xml.escape import escape

NOTHING: Final = "정보 없음"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSection:
    """A section of a paper's form: `facts`, `rows` or a `matrix`; `of` names its items.

    `system` is the code system of sections and fields, `codes` that of the items' own codes.
    """

    name: str
    title: str
    kind: str
    of: str
    entry: str
    template: TemplateId
    system: str
    codes: str
    fields: tuple[Field, ...]


def write_paper_document(document: PaperDocument) -> bytes:
    """The CDA of a paper. Raises IncompleteDocument with the names of all that is missing.

    Raises UnfitContent with the paths of what the form in force has no place for.
    """
    header = document.header
    form = known().in_force(document.kind, korean_day(header.time))
    form.require(document)
    _require_place(form, document.paper)
    values: Values = msgspec.to_builtins(document.paper)
    try:
        body = "".join(_section(each, values) for each in paper_sections(form))
        return write_document(
            write_identity(
                form,
                header,
                number=document.paper.number,
            )
            + write_patient(form, header, document.patient)
            + write_author(form, header, document.author)
            + write_custodian(header.custodian)
            + '<component typeCode="COMP"><structuredBody classCode="DOCBODY" moodCode="EVN">'
            f"{body}</structuredBody></component>"
        )
    except UnwritableCharacter:
        raise IncompleteDocument(("문서에 쓸 수 없는 제어 문자",)) from None


def _require_place(form: DocumentForm, paper: Paper) -> None:
    sections = paper_sections(form)
    placed = {field.name for one in sections if one.kind == "facts" for field in one.fields}
    for one in sections:
        if one.kind != "facts":
            names = {field.name for field in one.fields} | SHELLS[one.entry].native
            placed |= {f"{one.of}.{name}" for name in names}
    if paths := tuple(dict.fromkeys(_unplaced(paper, "", placed))):
        raise UnfitContent(tuple(f"서식에 자리가 없는 항목({one})" for one in paths), paths)


def _unplaced(part: Any, within: str, placed: set[str]) -> Iterator[str]:
    """The fields that say something and are none of these."""
    for each in fields(part):
        value, name = getattr(part, each.name), f"{within}{each.name}"
        if name in placed or value == each.default:
            continue
        if isinstance(value, tuple):
            for item in value:
                yield from _unplaced(item, f"{name}.", placed)
        elif is_dataclass(value):
            yield from _unplaced(value, f"{name}.", placed)
        else:
            yield name


def read_paper_document(octets: bytes) -> PaperDocument:
    """The values of a paper; raises CdaRefused or XmlRefused."""
    return read_paper_in(parse_document(octets))


def read_paper_in(root: _Element) -> PaperDocument:
    """The values of a paper; raises CdaRefused."""
    form = paper_form(root)
    author = read_author(root)
    if author is None:
        raise CdaRefused("a paper has an author who is a person")
    return PaperDocument(
        header=read_header(root),
        patient=read_patient(root),
        author=author,
        paper=read_values(root, form),
    )


def is_paper(root: _Element) -> bool:
    """Whether a document claims to be one of the papers."""
    held = {each.get("root") for each in root.iterchildren(hl7("templateId"))}
    return any(one.templates[0].root in held for one in known() if one.kind in PAPER_OF)


def paper_form(root: _Element) -> DocumentForm:
    """The form of a paper. Raises CdaRefused."""
    return form_of(known(), root, *PAPER_OF)


def read_values(root: _Element, form: DocumentForm) -> Paper:
    """What the entries of a paper say. Raises CdaRefused."""
    values: dict[str, Any] = {}
    held = sections_of(root)
    for section in paper_sections(form):
        element = held.get(section.template.root)
        if element is not None:
            _read_section(section, element, values)
    try:
        return msgspec.convert(values, type=PAPER_OF[form.kind], strict=False)
    except msgspec.ValidationError:
        # Its words would quote the value.
        raise CdaRefused("the entries of the paper are not those of its form") from None


def sections_of(root: _Element) -> Mapping[str, _Element]:
    """The sections by their template."""
    return {
        template.get("root", ""): section
        for section in root.iterfind(path("component", "structuredBody", "component", "section"))
        for template in section.iterchildren(hl7("templateId"))
    }


def paper_sections(form: DocumentForm) -> tuple[PaperSection, ...]:
    """The sections of a paper's form, in order; none of a form that is no paper's."""
    found = _READY.get(id(form))
    if found is None or found[0] is not form:
        entries = form.raw.get("paper_sections", ())
        found = _READY[id(form)] = form, tuple(_section_form(form, each) for each in entries)
    return found[1]


_READY: Final[dict[int, tuple[DocumentForm, tuple[PaperSection, ...]]]] = {}


def _section_form(form: DocumentForm, entry: Mapping[str, Any]) -> PaperSection:
    return PaperSection(
        name=entry["name"],
        title=entry["title"],
        kind=entry["as"],
        of=entry.get("of", ""),
        entry=entry.get("entry", "act"),
        template=TemplateId(entry["template"]["root"], entry["template"]["extension"]),
        system=form.systems["Papers"],
        codes=form.systems[entry["codes"]] if "codes" in entry else "",
        fields=tuple(_field(form, each) for each in entry["fields"]),
    )


def _field(form: DocumentForm, entry: Mapping[str, str]) -> Field:
    return Field(
        name=entry["name"],
        title=entry["title"],
        type=entry.get("type", "text"),
        system=form.systems[entry["system"]] if "system" in entry else "",
        table=entry.get("table", ""),
    )


def items_of(section: PaperSection, values: Values) -> tuple[Values, ...]:
    """What the section has entries of: its items, or the paper itself for a list of facts."""
    return (values,) if section.kind == "facts" else tuple(values[section.of])


def _section(section: PaperSection, values: Values) -> str:
    items = items_of(section, values)
    text = narrative(section, items) if items else ""
    null = "" if text else ' nullFlavor="NI"'
    entries = "".join(
        f"<entry>{_entry(section, item, at)}</entry>" for at, item in enumerate(items)
    )
    return (
        f'<component typeCode="COMP"><section classCode="DOCSECT" moodCode="EVN"{null}>'
        f"{template_ids(section.template)}"
        f'<code code="{section.name}" codeSystem="{section.system}"/>'
        f"<title>{escape(section.title)}</title><text>{text or NOTHING}</text>{entries}"
        "</section></component>"
    )


def _entry(section: PaperSection, item: Values, at: int) -> str:
    shell = SHELLS[section.entry]
    observations = write_observations(section.system, shell.rest(section.fields), item)
    return shell.write(section, item, row_id(section, at), observations)


def row_id(section: PaperSection, at: int) -> str:
    """The ID of the row to which an entry points."""
    return f"{section.name}-{at + 1}"


def narrative(section: PaperSection, items: tuple[Values, ...]) -> str:
    """What a person reads of a section."""
    if section.kind == "facts":
        return _facts(section, items[0])
    if section.kind == "matrix":
        return _matrix(section, items)
    return _table(
        (
            f'<tr ID="{row_id(section, at)}">{_cells(section, item)}</tr>'
            for at, item in enumerate(items)
        ),
        [each.title for each in section.fields],
    )


def _facts(section: PaperSection, values: Values) -> str:
    rows = "".join(
        f"<tr><th>{escape(field.title)}</th><td>{escape(words_of(field, value))}</td></tr>"
        for field in section.fields
        if (value := value_at(values, field)) is not None
    )
    return f'<table border="1" ID="{row_id(section, 0)}"><tbody>{rows}</tbody></table>'


def _cells(section: PaperSection, item: Values) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in cells(section.fields, item))


def _table(rows: Iterator[str], titles: list[str]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    return f'<table border="1"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _matrix(section: PaperSection, items: tuple[Values, ...]) -> str:
    """A receipt's table: a row and a column for each that has an amount, each once."""
    row, column, won = section.fields
    across = list(dict.fromkeys(item["column"] for item in items))
    down: dict[str, dict[str, list[str]]] = {}
    for at, item in enumerate(items):
        cell = f'<content ID="{row_id(section, at)}">{words_of(won, item["won"])}</content>'
        down.setdefault(item["row"], {}).setdefault(item["column"], []).append(cell)
    rows = (
        f"<tr><th>{escape(words_of(row, name))}</th>"
        + "".join(f"<td>{' '.join(held.get(each, ()))}</td>" for each in across)
        + "</tr>"
        for name, held in down.items()
    )
    return _table(rows, [row.title, *(words_of(column, each) for each in across)])


def _read_section(section: PaperSection, element: _Element, values: dict[str, Any]) -> None:
    shell = SHELLS[section.entry]
    items: list[dict[str, Any]] = []
    for entry in element.iterchildren(hl7("entry")):
        if not len(entry):
            raise CdaRefused("an entry of the paper is empty")
        item = values if section.kind == "facts" else {}
        shell.read(entry[0], item)
        read_observations(shell.rest(section.fields), entry[0], item)
        items.append(item)
    if section.kind != "facts":
        values[section.of] = items
