"""법정 감염병: a code of KCD, the class in the row, the time of the report beside it."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Infection, When
from naru.formats.cda.datatypes import attribute_of, hl7, read_time, time_value
from naru.formats.cda.datatypes import time as time_element
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    cell,
    concept,
    day,
    find_related,
    observation,
    own_code,
    pointing,
    read_coded,
    related,
)
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "KCD"


def _rows(_form: DocumentForm, item: Infection) -> tuple[Row, ...]:
    reported = "" if item.reported is None else words(item.reported)
    return ((words(item.date), item.name, item.code, item.category, reported),)


def _write(frame: Frame, item: Infection, reference: str) -> str:
    form = frame.form
    return observation(
        f"{own_code(form, 'infection')}{pointing(reference)}"
        f"{COMPLETED}{time_element('effectiveTime', item.date)}"
        f"{concept(form, 'value', item.code, _SYSTEM, item.name, kind='CD')}"
        f"{_reported(form, item.reported)}"
    )


def _reported(form: DocumentForm, reported: When | None) -> str:
    if reported is None:
        return ""
    value = f'<value xsi:type="TS" value="{time_value(reported)}"/>'
    return related("SUBJ", observation(f"{own_code(form, 'reported')}{COMPLETED}{value}"))


def _read(form: DocumentForm, entry: _Element, row: Row) -> Infection:
    value = read_coded(form, entry.find(hl7("value")), _SYSTEM)
    reported = find_related(form, entry, "reported")
    return Infection(
        date=day(entry),
        name=value.name,
        code=value.code,
        category=cell(row, 3),
        reported=None
        if reported is None
        else read_time(attribute_of(reported, "value", name="value")),
    )


INFECTION: Final = EntryForm(rows=_rows, write=_write, read=_read)
