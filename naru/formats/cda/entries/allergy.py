"""알러지 및 부작용: the factor as the value, the allergen as the participant.

The exchange has codes for three factors. For another one a null stands in the place of its code,
with what another system calls it, so that no reader takes it for one of the three.
"""

from collections.abc import Mapping
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Allergy, AllergyKind
from naru.formats.cda.datatypes import attribute, coded, hl7, path, time
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
    read_concept,
)
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "KOSTOM"
ALLERGEN: Final = ("participant", "participantRole", "playingEntity", "code")


def _rows(form: DocumentForm, item: Allergy) -> tuple[Row, ...]:
    return ((words(item.date), _word(form, item.kind), item.name, item.reaction),)


def _word(form: DocumentForm, kind: AllergyKind) -> str:
    beyond = _beyond(form).get(kind)
    return form.word(kind) if beyond is None else beyond["word"]


def _beyond(form: DocumentForm) -> Mapping[str, Mapping[str, str]]:
    beyond: Mapping[str, Mapping[str, str]] = form.raw["allergy_kinds_beyond"]
    return beyond


def _write(frame: Frame, item: Allergy, reference: str) -> str:
    form = frame.form
    return observation(
        f"{coded('code', 'ASSERTION', form.systems['ActCode'])}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.date)}{_factor(form, item.kind)}"
        '<participant typeCode="CSM"><participantRole classCode="MANU">'
        '<playingEntity classCode="MMAT">'
        f"{concept(form, 'code', item.code, _SYSTEM, item.name, item.translations)}"
        "</playingEntity></participantRole></participant>"
    )


def _factor(form: DocumentForm, kind: AllergyKind) -> str:
    beyond = _beyond(form).get(kind)
    if beyond is None:
        code = form.raw["allergy_kinds"][kind]
        return coded("value", code, form.systems[_SYSTEM], form.word(kind), kind="CD")
    shown = attribute("displayName", beyond["word"])
    start = f'<value xsi:type="CD" nullFlavor="{beyond["null"]}"{shown}'
    if "code" not in beyond:
        return f"{start}/>"
    system = form.systems[beyond["system"]]
    return f"{start}>{coded('translation', beyond['code'], system, beyond['display'])}</value>"


def _kind(form: DocumentForm, value: _Element | None) -> AllergyKind:
    """The factor; another system's code that we do not know is none of the named ones."""
    told = read_concept(form, value)
    kinds = {(_SYSTEM, code): kind for kind, code in form.raw["allergy_kinds"].items()}
    kinds |= {
        (one["system"], one["code"]): kind for kind, one in _beyond(form).items() if one.get("code")
    }
    for system, code in (
        (told.system, told.code),
        *((t.system, t.code) for t in told.translations),
    ):
        if (system, code) in kinds:
            return AllergyKind(kinds[system, code])
    other = (
        told.code or told.translations or (value is not None and value.get("nullFlavor") == "OTH")
    )
    return AllergyKind.OTHER if other else AllergyKind.UNKNOWN


def _read(form: DocumentForm, entry: _Element, row: Row) -> Allergy:
    allergen = read_coded(form, entry.find(path(*ALLERGEN)), _SYSTEM)
    return Allergy(
        date=day(entry),
        kind=_kind(form, entry.find(hl7("value"))),
        name=allergen.name,
        code=allergen.code,
        reaction=cell(row, 3),
        translations=allergen.translations,
    )


ALLERGY: Final = EntryForm(rows=_rows, write=_write, read=_read)
