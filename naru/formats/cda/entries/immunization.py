"""예방접종: the vaccination by its code, the vaccine by its name."""

import re
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Immunization
from naru.formats.cda.datatypes import attribute_of, element_text, path, text_of, time
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    concept,
    day,
    find_related,
    observation,
    own_code,
    pointing,
    read_concept,
    related,
)
from naru.formats.cda.errors import CdaRefused, UnfitContent
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_MATERIAL: Final = ("consumable", "manufacturedProduct", "manufacturedMaterial")


def _rows(_form: DocumentForm, item: Immunization) -> tuple[Row, ...]:
    number = "" if item.dose_number is None else str(item.dose_number)
    return ((words(item.date), item.name, item.vaccine, number, item.lot),)


def _write(frame: Frame, item: Immunization, reference: str) -> str:
    form = frame.form
    vaccine = element_text("name", item.vaccine) if item.vaccine else ""
    lot = element_text("lotNumberText", item.lot) if item.lot else ""
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="EVN">{pointing(reference)}'
        f"{COMPLETED}{time('effectiveTime', item.date)}"
        '<consumable typeCode="CSM"><manufacturedProduct classCode="MANU">'
        '<manufacturedMaterial classCode="MMAT" determinerCode="KIND">'
        f"{concept(form, 'code', item.code, item.system, item.name)}{vaccine}{lot}"
        "</manufacturedMaterial></manufacturedProduct></consumable>"
        f"{_dose(form, item.dose_number)}</substanceAdministration>"
    )


def _dose(form: DocumentForm, number: int | None) -> str:
    if number is None:
        return ""
    if _NUMBER.fullmatch(str(number)) is None:
        raise UnfitContent(("예방접종의 차수가 너무 큰 수입니다",))
    value = f'<value xsi:type="INT" value="{number}"/>'
    return related("SUBJ", observation(f"{own_code(form, 'dose_number')}{COMPLETED}{value}"))


def _read(form: DocumentForm, entry: _Element, _row: Row) -> Immunization:
    code = read_concept(form, entry.find(path(*_MATERIAL, "code")))
    dose = find_related(form, entry, "dose_number")
    return Immunization(
        date=day(entry),
        name=code.name,
        vaccine=text_of(entry, *_MATERIAL, "name"),
        code=code.code,
        system=code.system,
        dose_number=None if dose is None else _read_dose(dose),
        lot=text_of(entry, *_MATERIAL, "lotNumberText"),
    )


def _read_dose(dose: _Element) -> int:
    text = attribute_of(dose, "value", name="value")
    if _NUMBER.fullmatch(text) is None:
        raise CdaRefused("the number of a dose is no number")
    return int(text)


IMMUNIZATION: Final = EntryForm(rows=_rows, write=_write, read=_read)
