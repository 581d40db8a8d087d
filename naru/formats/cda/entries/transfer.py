"""전원: when and how an emergency patient travels, and the state before and after treatment."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.clinical import PatientState, Transfer
from naru.formats.cda.datatypes import attribute_of, path, read_instant, time_value, typed
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    has_code,
    observation,
    own_code,
    value_of,
)
from naru.formats.cda.entries.measures import Measured, components, read_components, shown
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_TIMES: Final = ("arrived", "departed")
_WORDS: Final = ("means", "vehicle", "attendant", "triage")
_STATES: Final = ("before", "after")
_MEASURES: Final = tuple(each.name for each in fields(PatientState))


def _measured(state: PatientState) -> dict[str, Measured]:
    return {name: getattr(state, name) for name in _MEASURES}


def _rows(form: DocumentForm, item: Transfer) -> tuple[Row, ...]:
    return tuple(_told(form, item))


def _told(form: DocumentForm, item: Transfer) -> Iterator[Row]:
    for name in _TIMES:
        if (when := getattr(item, name)) is not None:
            yield (form.word(name), words(when))
    for name in _WORDS:
        if text := getattr(item, name):
            yield (form.word(name), text)
    for name in _STATES:
        for measure, value in _measured(getattr(item, name)).items():
            if value is not None and value != "":
                label = f"{form.word(name)} {form.word(measure)}"
                yield (label, shown(form, measure, value))


def _write(frame: Frame, item: Transfer, _reference: str) -> str:
    form = frame.form
    parts = "".join(f"<component>{part}</component>" for part in _parts(form, item))
    return _organizer(form, "transfer", parts)


def _parts(form: DocumentForm, item: Transfer) -> Iterator[str]:
    for name in _TIMES:
        if (when := getattr(item, name)) is not None:
            yield _part(form, name, f'<value xsi:type="TS" value="{time_value(when)}"/>')
    for name in _WORDS:
        if text := getattr(item, name):
            yield _part(form, name, typed("ST", text))
    for name in _STATES:
        if inside := components(form, _measured(getattr(item, name))):
            yield _organizer(form, name, inside)


def _part(form: DocumentForm, name: str, value: str) -> str:
    return observation(f"{own_code(form, name)}{COMPLETED}{value}")


def _organizer(form: DocumentForm, name: str, inside: str) -> str:
    start = '<organizer classCode="CLUSTER" moodCode="EVN">'
    return f"{start}{own_code(form, name)}{COMPLETED}{inside}</organizer>"


def _read(form: DocumentForm, entry: _Element, _row: Row) -> Transfer:
    read: dict[str, Any] = {}
    for part in entry.iterfind(path("component", "observation")):
        for name in _TIMES:
            if has_code(form, part, name):
                read[name] = _read_time(part)
        for name in _WORDS:
            if has_code(form, part, name):
                read[name] = value_of(part)
    for part in entry.iterfind(path("component", "organizer")):
        for name in _STATES:
            if has_code(form, part, name):
                read[name] = _read_state(form, part)
    return Transfer(**read)


def _read_time(part: _Element) -> datetime:
    return read_instant(attribute_of(part, "value", name="value"))


def _read_state(form: DocumentForm, part: _Element) -> PatientState:
    values: dict[str, Any] = read_components(form, part)
    return PatientState(**{name: values[name] for name in _MEASURES if name in values})


TRANSFER: Final = EntryForm(rows=_rows, write=_write, read=_read, single=True)
