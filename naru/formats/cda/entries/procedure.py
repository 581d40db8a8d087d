"""수술·처치: a procedure by its code of ICD-9-CM."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Procedure
from naru.formats.cda.datatypes import hl7, time
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    cell,
    concept,
    day,
    pointing,
    read_coded,
)
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "ICD-9-CM"


def _rows(_form: DocumentForm, item: Procedure) -> tuple[Row, ...]:
    return ((words(item.date), item.name, item.postoperative_diagnosis, item.anesthesia),)


def _write(frame: Frame, item: Procedure, reference: str) -> str:
    code = concept(frame.form, "code", item.code, _SYSTEM, item.name, item.translations)
    return (
        f'<procedure classCode="PROC" moodCode="EVN">{code}{pointing(reference)}'
        f"{COMPLETED}{time('effectiveTime', item.date)}</procedure>"
    )


def _read(form: DocumentForm, entry: _Element, row: Row) -> Procedure:
    code = read_coded(form, entry.find(hl7("code")), _SYSTEM)
    return Procedure(
        date=day(entry),
        name=code.name,
        code=code.code,
        postoperative_diagnosis=cell(row, 2),
        anesthesia=cell(row, 3),
        translations=code.translations,
    )


PROCEDURE: Final = EntryForm(rows=_rows, write=_write, read=_read)
