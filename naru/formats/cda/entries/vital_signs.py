"""생체신호: what was measured at one time, in a cluster."""

from dataclasses import fields
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.clinical import VitalSigns
from naru.formats.cda.datatypes import time
from naru.formats.cda.entries.form import COMPLETED, EntryForm, Frame, Row, own_code, when
from naru.formats.cda.entries.measures import Measured, components, read_components, shown
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

# As the columns of the section stand: 이완기 before 수축기.
_COLUMNS: Final = (
    "height",
    "weight",
    "diastolic",
    "systolic",
    "temperature",
    "heart_rate",
    "respiratory_rate",
    "oxygen_saturation",
    "consciousness",
)
_NAMES: Final = tuple(each.name for each in fields(VitalSigns) if each.name != "time")


def _measured(item: VitalSigns) -> dict[str, Measured]:
    return {name: getattr(item, name) for name in _NAMES}


def _rows(form: DocumentForm, item: VitalSigns) -> tuple[Row, ...]:
    values = _measured(item)
    return ((words(item.time), *(shown(form, name, values[name]) for name in _COLUMNS)),)


def _write(frame: Frame, item: VitalSigns, _reference: str) -> str:
    form = frame.form
    return (
        f'<organizer classCode="CLUSTER" moodCode="EVN">{own_code(form, "vital_signs")}'
        f"{COMPLETED}{time('effectiveTime', item.time)}"
        f"{components(form, _measured(item))}</organizer>"
    )


def _read(form: DocumentForm, entry: _Element, _row: Row) -> VitalSigns:
    values: dict[str, Any] = read_components(form, entry)
    return VitalSigns(time=when(entry), **values)


VITAL_SIGNS: Final = EntryForm(rows=_rows, write=_write, read=_read)
