"""흡연상태 by its code, and 음주상태 in words."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Drinking, Smoking, SmokingStatus
from naru.formats.cda.datatypes import attribute_of, coded, time, typed
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    day,
    observation,
    own_code,
    pointing,
    value_of,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words


def _smoking_rows(form: DocumentForm, item: Smoking) -> tuple[Row, ...]:
    return ((words(item.date), form.word("smoking"), form.word(item.status)),)


def _write_smoking(frame: Frame, item: Smoking, reference: str) -> str:
    form = frame.form
    code = form.raw["smoking_status"][item.status]
    return observation(
        f"{own_code(form, 'smoking')}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.date)}"
        f"{coded('value', code, form.systems['KOSTOM'], form.word(item.status), kind='CD')}"
    )


def _read_smoking(form: DocumentForm, entry: _Element, _row: Row) -> Smoking:
    known = {code: name for name, code in form.raw["smoking_status"].items()}
    status = known.get(attribute_of(entry, "value", name="code"))
    if status is None:
        raise CdaRefused("a smoking status is of no known code")
    return Smoking(date=day(entry), status=SmokingStatus(status))


def _drinking_rows(form: DocumentForm, item: Drinking) -> tuple[Row, ...]:
    return ((words(item.date), form.word("drinking"), item.description),)


def _write_drinking(frame: Frame, item: Drinking, reference: str) -> str:
    return observation(
        f"{own_code(frame.form, 'drinking')}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.date)}{typed('ST', item.description)}"
    )


def _read_drinking(_form: DocumentForm, entry: _Element, _row: Row) -> Drinking:
    return Drinking(date=day(entry), description=value_of(entry))


SMOKING: Final = EntryForm(
    rows=_smoking_rows, write=_write_smoking, read=_read_smoking, code="smoking"
)
DRINKING: Final = EntryForm(
    rows=_drinking_rows, write=_write_drinking, read=_read_drinking, code="drinking"
)
