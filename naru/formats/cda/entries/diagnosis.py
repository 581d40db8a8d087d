"""진단: an observation whose value is a code of KCD."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Diagnosis
from naru.formats.cda.datatypes import hl7, time
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    concept,
    day,
    observation,
    own_code,
    pointing,
    read_coded,
)
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "KCD"


def _rows(_form: DocumentForm, item: Diagnosis) -> tuple[Row, ...]:
    return ((words(item.date), item.code, item.name),)


def _write(frame: Frame, item: Diagnosis, reference: str) -> str:
    form = frame.form
    return observation(
        f"{own_code(form, 'diagnosis')}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.date)}"
        f"{concept(form, 'value', item.code, _SYSTEM, item.name, item.translations, kind='CD')}"
    )


def _read(form: DocumentForm, entry: _Element, _row: Row) -> Diagnosis:
    value = read_coded(form, entry.find(hl7("value")), _SYSTEM)
    return Diagnosis(
        date=day(entry), code=value.code, name=value.name, translations=value.translations
    )


DIAGNOSIS: Final = EntryForm(rows=_rows, write=_write, read=_read)
