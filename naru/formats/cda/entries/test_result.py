"""검사결과: an observation; a number with its unit is a quantity, everything else words."""

import re
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Interpretation, TestKind, TestResult
from naru.formats.cda.datatypes import (
    attribute,
    attribute_of,
    bare,
    coded,
    element_text,
    hl7,
    text_of,
    time,
    typed,
    words_of,
)
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    cell,
    concept,
    observation,
    pointing,
    read_coded,
    when,
)
from naru.formats.cda.entries.imaging import accession_of, study_of, to_images
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "EDI"
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def _rows(form: DocumentForm, item: TestResult) -> tuple[Row, ...]:
    result = f"{item.result} {item.unit}" if item.unit else item.result
    kind = form.word(item.kind)
    return ((kind, words(item.time), item.item, item.name, result, item.reference),)


def _write(frame: Frame, item: TestResult, reference: str) -> str:
    form = frame.form
    said = (
        coded("interpretationCode", item.interpretation, form.systems["ObservationInterpretation"])
        if item.interpretation
        else ""
    )
    limits = (
        '<referenceRange typeCode="REFV"><observationRange>'
        f"{element_text('text', item.reference)}</observationRange></referenceRange>"
        if item.reference
        else ""
    )
    return observation(
        f"{concept(form, 'code', item.code, _SYSTEM, item.name, item.translations)}"
        f"{pointing(reference)}{COMPLETED}{time('effectiveTime', item.time)}"
        f"{quantity(item.result, item.unit)}{said}"
        f"{to_images(frame, item.accession, item.study)}{limits}"
    )


def quantity(result: str, unit: str) -> str:
    """A PQ of a number with a unit; of words with a unit, these and a quantity without number."""
    if not unit:
        return typed("ST", result)
    of = f' unit="{bare(unit, "단위")}"'
    if _NUMBER.fullmatch(result):
        return f'<value xsi:type="PQ"{attribute("value", result)}{of}/>'
    return f'{typed("ST", result)}<value xsi:type="PQ" nullFlavor="OTH"{of}/>'


def read_quantity(entry: _Element) -> tuple[str, str]:
    """The result in words, and its unit."""
    values = entry.findall(hl7("value"))
    if not values:
        return "", ""
    unit = values[-1].get("unit", "")
    return values[0].get("value", "") or words_of(values[0]), unit


def _read(form: DocumentForm, entry: _Element, row: Row) -> TestResult:
    code = read_coded(form, entry.find(hl7("code")), _SYSTEM)
    result, unit = read_quantity(entry)
    kind = cell(row, 0)
    return TestResult(
        time=when(entry),
        name=code.name,
        result=result,
        kind=next((each for each in TestKind if form.word(each) == kind), TestKind.SPECIMEN),
        code=code.code,
        item=cell(row, 2),
        reference=text_of(entry, "referenceRange", "observationRange", "text"),
        unit=unit,
        interpretation=_read_interpretation(entry),
        accession=accession_of(entry),
        study=study_of(entry),
        translations=code.translations,
    )


def _read_interpretation(entry: _Element) -> Interpretation | None:
    code = attribute_of(entry, "interpretationCode", name="code")
    if not code:
        return None
    try:
        return Interpretation(code)
    except ValueError:
        raise CdaRefused("a result is interpreted in no known way") from None


TEST_RESULT: Final = EntryForm(rows=_rows, write=_write, read=_read)
