"""약물처방 and 퇴원투약: the product by its code; dose, times, days and usage in the row."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Medication
from naru.formats.cda.datatypes import path, time
from naru.formats.cda.entries.form import (
    EntryForm,
    Frame,
    Row,
    cell,
    concept,
    pointing,
    read_concept,
    when,
)
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_MATERIAL: Final = ("consumable", "manufacturedProduct", "manufacturedMaterial", "code")


def _rows(_form: DocumentForm, item: Medication) -> tuple[Row, ...]:
    return ((words(item.time), item.name, item.dose, item.times, item.days, item.usage),)


def _write(frame: Frame, item: Medication, reference: str) -> str:
    code = concept(frame.form, "code", item.code, item.system, item.name, item.translations)
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="RQO">{pointing(reference)}'
        f"{time('effectiveTime', item.time)}"
        '<consumable typeCode="CSM"><manufacturedProduct classCode="MANU">'
        f'<manufacturedMaterial classCode="MMAT" determinerCode="KIND">{code}'
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"
    )


def _read(form: DocumentForm, entry: _Element, row: Row) -> Medication:
    product = read_concept(form, entry.find(path(*_MATERIAL)))
    return Medication(
        time=when(entry),
        code=product.code,
        name=product.name,
        system=product.system,
        dose=cell(row, 2),
        times=cell(row, 3),
        days=cell(row, 4),
        usage=cell(row, 5),
        translations=product.translations,
    )


MEDICATION: Final = EntryForm(rows=_rows, write=_write, read=_read)
