"""알러지 및 부작용: the factor as the value, the allergen as the participant."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Allergy, AllergyKind
from naru.formats.cda.datatypes import attribute_of, coded, path, time
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    cell,
    concept,
    day,
    observation,
    pointing,
    read_coded,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "KOSTOM"
ALLERGEN: Final = ("participant", "participantRole", "playingEntity", "code")


def _rows(form: DocumentForm, item: Allergy) -> tuple[Row, ...]:
    return ((words(item.date), form.word(item.kind), item.name, item.reaction),)


def _write(frame: Frame, item: Allergy, reference: str) -> str:
    form, kind = frame.form, frame.form.raw["allergy_kinds"][item.kind]
    return observation(
        f"{coded('code', 'ASSERTION', form.systems['ActCode'])}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.date)}"
        f"{coded('value', kind, form.systems[_SYSTEM], form.word(item.kind), kind='CD')}"
        '<participant typeCode="CSM"><participantRole classCode="MANU">'
        '<playingEntity classCode="MMAT">'
        f"{concept(form, 'code', item.code, _SYSTEM, item.name, item.translations)}"
        "</playingEntity></participantRole></participant>"
    )


def _read(form: DocumentForm, entry: _Element, row: Row) -> Allergy:
    kinds = {code: name for name, code in form.raw["allergy_kinds"].items()}
    kind = kinds.get(attribute_of(entry, "value", name="code"))
    if kind is None:
        raise CdaRefused("an allergy is of no known kind")
    allergen = read_coded(form, entry.find(path(*ALLERGEN)), _SYSTEM)
    return Allergy(
        date=day(entry),
        kind=AllergyKind(kind),
        name=allergen.name,
        code=allergen.code,
        reaction=cell(row, 3),
        translations=allergen.translations,
    )


ALLERGY: Final = EntryForm(rows=_rows, write=_write, read=_read)
