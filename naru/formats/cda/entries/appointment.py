"""예약: an encounter that is asked for; what for stands in the row."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Appointment
from naru.formats.cda.datatypes import time
from naru.formats.cda.entries.form import EntryForm, Frame, Row, cell, pointing, when
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words


def _rows(_form: DocumentForm, item: Appointment) -> tuple[Row, ...]:
    return ((words(item.time), item.content),)


def _write(_frame: Frame, item: Appointment, reference: str) -> str:
    return (
        f'<encounter classCode="ENC" moodCode="ARQ">{pointing(reference)}'
        f"{time('effectiveTime', item.time)}</encounter>"
    )


def _read(_form: DocumentForm, entry: _Element, row: Row) -> Appointment:
    return Appointment(time=when(entry), content=cell(row, 1))


APPOINTMENT: Final = EntryForm(rows=_rows, write=_write, read=_read)
