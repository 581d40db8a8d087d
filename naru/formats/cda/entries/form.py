"""What every kind of entry is made of: its rows in the narrative, its element, and both read back.

An entry carries what a program reads, its row what a person reads; words that have no place in the
entry (dose, usage) are read back from the row to which the entry points.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from lxml.etree import _Element

from naru.domain.clinical import Coding, When
from naru.domain.identifiers import is_oid
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    hl7,
    is_uid,
    path,
    read_date,
    read_time,
    words_of,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm

T = TypeVar("T")
Row = Sequence[str]
COMPLETED: Final = '<statusCode code="completed"/>'


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around an entry: the document's form, and the OID of the institution."""

    form: DocumentForm
    institution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm(Generic[T]):
    """How one kind of entry is written and read.

    `code` names the entry's own code among the form's `entry_codes`, where a section holds entries
    of several kinds. A `single` one is a value of the content, and not one of a list.
    """

    rows: Callable[[DocumentForm, T], Sequence[Row]]
    write: Callable[[Frame, T, str], str]
    read: Callable[[DocumentForm, _Element, Row], T]
    code: str = ""
    single: bool = False

    def is_of(self, form: DocumentForm, entry: _Element) -> bool:
        """Whether the entry is of this kind."""
        return not self.code or has_code(form, entry, self.code)


@dataclass(frozen=True, slots=True)
class Concept:
    """What a coded element says."""

    code: str
    system: str
    name: str
    translations: tuple[Coding, ...]


def observation(content: str) -> str:
    """An observation that was made."""
    return f'<observation classCode="OBS" moodCode="EVN">{content}</observation>'


def pointing(reference: str) -> str:
    """The text of an entry: its row in the narrative."""
    return f'<text><reference value="#{reference}"/></text>'


def own_code(form: DocumentForm, name: str) -> str:
    """The code by which the form marks a kind of entry."""
    entry = form.raw["entry_codes"][name]
    return coded("code", entry["code"], form.systems[entry["system"]], entry["display"])


def has_code(form: DocumentForm, entry: _Element, name: str) -> bool:
    """Whether the element bears that code."""
    return attribute_of(entry, "code", name="code") == str(form.raw["entry_codes"][name]["code"])


def concept(  # The parts of one concept, all named.
    form: DocumentForm,
    tag: str,
    code: str,
    system: str,
    name: str,
    translations: Sequence[Coding] = (),
    *,
    kind: str = "",
) -> str:
    """A code of a system by its short name (or OID), with what other systems call it."""
    inner = "".join(_translation(form, each) for each in translations)
    oid, words = _system(form, system)
    return coded(tag, code, oid, name, kind=kind, system_name=words, inner=inner)


def _translation(form: DocumentForm, each: Coding) -> str:
    oid, words = _system(form, each.system)
    return coded("translation", each.code, oid, each.display, system_name=words)


def _system(form: DocumentForm, system: str) -> tuple[str, str]:
    """OID and name; a name that the form does not know stands for itself."""
    oid = form.systems.get(system)
    if oid is not None:
        return oid, ""
    # An OID of a root that ISO never gave out is none to CDA's schema: it stands as a name.
    return (system, "") if is_oid(system) and is_uid(system) else ("", system)


def read_concept(form: DocumentForm, element: _Element | None) -> Concept:
    """The same; a system has its short name where the form knows it, else its OID or own name."""
    if element is None:
        return Concept("", "", "", ())
    return Concept(
        element.get("code", ""),
        _system_of(form, element),
        element.get("displayName", ""),
        tuple(_coding(form, each) for each in element.iterchildren(hl7("translation"))),
    )


def read_coded(form: DocumentForm, element: _Element | None, system: str) -> Concept:
    """The same of a field that has one system: a code of another one is a translation."""
    read = read_concept(form, element)
    if not read.code or read.system == system:
        return read
    other = Coding(system=read.system, code=read.code, display=read.name)
    return Concept("", system, read.name, (other, *read.translations))


def _coding(form: DocumentForm, element: _Element) -> Coding:
    return Coding(
        system=_system_of(form, element),
        code=element.get("code", ""),
        display=element.get("displayName", ""),
    )


def _system_of(form: DocumentForm, element: _Element) -> str:
    oid = element.get("codeSystem", "")
    return form.system_names.get(oid, oid) or element.get("codeSystemName", "")


def related(kind: str, entry: str) -> str:
    """Another entry inside one, as its part (COMP) or as said of it (SUBJ)."""
    return f'<entryRelationship typeCode="{kind}">{entry}</entryRelationship>'


def find_related(form: DocumentForm, entry: _Element, name: str) -> _Element | None:
    """The observation inside an entry that bears the code."""
    inside = entry.iterfind(path("entryRelationship", "observation"))
    return next((each for each in inside if has_code(form, each, name)), None)


def value_of(entry: _Element) -> str:
    """The words of the first value."""
    return words_of(entry.find(hl7("value")))


def when(entry: _Element) -> When:
    """The time of an entry. Raises CdaRefused."""
    return read_time(attribute_of(entry, "effectiveTime", name="value"))


def day(entry: _Element) -> date:
    """The day of an entry. Raises CdaRefused."""
    return read_date(attribute_of(entry, "effectiveTime", name="value"))


def cell(row: Row, index: int) -> str:
    """A cell of the entry's row. Raises CdaRefused where the row has none."""
    if index >= len(row):
        raise CdaRefused("the entries of a section are not those of its table")
    return row[index]
