"""The entries of a referral: each kind with its row in the narrative, both ways in one field order.

An entry carries what a program reads, its row what a person reads; the words that have no place in
the entry (dose, usage) are read back from the row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from lxml.etree import _Element

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Appointment,
    Diagnosis,
    Medication,
    Procedure,
    TestKind,
    TestResult,
)
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    element_text,
    read_date,
    read_time,
    time,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.narrative import words
from naru.formats.cda.template import DocumentForm

T = TypeVar("T")
Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm(Generic[T]):
    """How one kind of entry is written and read."""

    row: Callable[[DocumentForm, T], Row]
    write: Callable[[DocumentForm, T, str], str]
    read: Callable[[DocumentForm, _Element, Row], T]


def _observation(content: str) -> str:
    return f'<observation classCode="OBS" moodCode="EVN">{content}</observation>'


def _reference(reference: str) -> str:
    return f'<text><reference value="#{reference}"/></text>'


def _word(form: DocumentForm, name: str) -> str:
    return str(form.raw["words"][name])


def _diagnosis_row(_form: DocumentForm, item: Diagnosis) -> Row:
    return (words(item.date), item.code, item.name)


def _write_diagnosis(form: DocumentForm, item: Diagnosis, reference: str) -> str:
    return _observation(
        f"{coded('code', '29308-4', form.systems['LOINC'], 'Diagnosis')}{_reference(reference)}"
        f'<statusCode code="completed"/>{time("effectiveTime", item.date)}'
        f"{coded('value', item.code, form.systems['KCD'], item.name, kind='CD')}"
    )


def _read_diagnosis(_form: DocumentForm, entry: _Element, _row: Row) -> Diagnosis:
    return Diagnosis(
        date=read_date(attribute_of(entry, "effectiveTime", name="value")),
        code=attribute_of(entry, "value", name="code"),
        name=attribute_of(entry, "value", name="displayName"),
    )


def _medication_row(_form: DocumentForm, item: Medication) -> Row:
    return (words(item.time), item.name, item.dose, item.times, item.days, item.usage)


def _write_medication(form: DocumentForm, item: Medication, reference: str) -> str:
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="RQO">{_reference(reference)}'
        f"{time('effectiveTime', item.time)}"
        '<consumable typeCode="CSM"><manufacturedProduct classCode="MANU">'
        '<manufacturedMaterial classCode="MMAT" determinerCode="KIND">'
        f"{coded('code', item.code, form.systems['KD'], item.name)}"
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"
    )


def _read_medication(_form: DocumentForm, entry: _Element, row: Row) -> Medication:
    material = ("consumable", "manufacturedProduct", "manufacturedMaterial", "code")
    return Medication(
        time=read_time(attribute_of(entry, "effectiveTime", name="value")),
        code=attribute_of(entry, *material, name="code"),
        name=row[1],
        dose=row[2],
        times=row[3],
        days=row[4],
        usage=row[5],
    )


def _test_row(form: DocumentForm, item: TestResult) -> Row:
    kind = _word(form, item.kind)
    return (kind, words(item.time), item.item, item.name, item.result, item.reference)


def _write_test(form: DocumentForm, item: TestResult, reference: str) -> str:
    limits = ""
    if item.reference:
        limits = (
            '<referenceRange typeCode="REFV"><observationRange>'
            f"{element_text('text', item.reference)}</observationRange></referenceRange>"
        )
    value = element_text("value", item.result).replace("<value", '<value xsi:type="ST"', 1)
    return _observation(
        f"{coded('code', item.code, form.systems['EDI'], item.name)}{_reference(reference)}"
        f'<statusCode code="completed"/>{time("effectiveTime", item.time)}{value}{limits}'
    )


def _read_test(form: DocumentForm, entry: _Element, row: Row) -> TestResult:
    return TestResult(
        kind=next((kind for kind in TestKind if _word(form, kind) == row[0]), TestKind.SPECIMEN),
        time=read_time(attribute_of(entry, "effectiveTime", name="value")),
        item=row[2],
        code=attribute_of(entry, "code", name="code"),
        name=row[3],
        result=row[4],
        reference=row[5],
    )


def _procedure_row(_form: DocumentForm, item: Procedure) -> Row:
    return (words(item.date), item.name, item.postoperative_diagnosis, item.anesthesia)


def _write_procedure(form: DocumentForm, item: Procedure, reference: str) -> str:
    return (
        '<procedure classCode="PROC" moodCode="EVN">'
        f"{coded('code', item.code, form.systems['ICD-9-CM'], item.name)}{_reference(reference)}"
        f'<statusCode code="completed"/>{time("effectiveTime", item.date)}</procedure>'
    )


def _read_procedure(_form: DocumentForm, entry: _Element, row: Row) -> Procedure:
    return Procedure(
        date=read_date(attribute_of(entry, "effectiveTime", name="value")),
        code=attribute_of(entry, "code", name="code"),
        name=row[1],
        postoperative_diagnosis=row[2],
        anesthesia=row[3],
    )


def _allergy_row(form: DocumentForm, item: Allergy) -> Row:
    return (words(item.date), _word(form, item.kind), item.name, item.reaction)


def _write_allergy(form: DocumentForm, item: Allergy, reference: str) -> str:
    kind = form.raw["allergy_kinds"][item.kind]
    return _observation(
        f"{coded('code', 'ASSERTION', form.systems['ActCode'])}{_reference(reference)}"
        f'<statusCode code="completed"/>{time("effectiveTime", item.date)}'
        f"{coded('value', kind, form.systems['KOSTOM'], _word(form, item.kind), kind='CD')}"
        '<participant typeCode="CSM"><participantRole classCode="MANU">'
        '<playingEntity classCode="MMAT">'
        f"{coded('code', item.code, form.systems['KOSTOM'], item.name)}"
        "</playingEntity></participantRole></participant>"
    )


def _read_allergy(form: DocumentForm, entry: _Element, row: Row) -> Allergy:
    kinds = {code: name for name, code in form.raw["allergy_kinds"].items()}
    kind = kinds.get(attribute_of(entry, "value", name="code"))
    if kind is None:
        raise CdaRefused("an allergy is of no known kind")
    allergen = ("participant", "participantRole", "playingEntity", "code")
    return Allergy(
        date=read_date(attribute_of(entry, "effectiveTime", name="value")),
        kind=AllergyKind(kind),
        code=attribute_of(entry, *allergen, name="code"),
        name=row[2],
        reaction=row[3],
    )


def _appointment_row(_form: DocumentForm, item: Appointment) -> Row:
    return (words(item.time), item.content)


def _write_appointment(_form: DocumentForm, item: Appointment, reference: str) -> str:
    return (
        f'<encounter classCode="ENC" moodCode="ARQ">{_reference(reference)}'
        f"{time('effectiveTime', item.time)}</encounter>"
    )


def _read_appointment(_form: DocumentForm, entry: _Element, row: Row) -> Appointment:
    return Appointment(
        time=read_time(attribute_of(entry, "effectiveTime", name="value")), content=row[1]
    )


DIAGNOSIS: Final = EntryForm(row=_diagnosis_row, write=_write_diagnosis, read=_read_diagnosis)
MEDICATION: Final = EntryForm(row=_medication_row, write=_write_medication, read=_read_medication)
TEST: Final = EntryForm(row=_test_row, write=_write_test, read=_read_test)
PROCEDURE: Final = EntryForm(row=_procedure_row, write=_write_procedure, read=_read_procedure)
ALLERGY: Final = EntryForm(row=_allergy_row, write=_write_allergy, read=_read_allergy)
APPOINTMENT: Final = EntryForm(
    row=_appointment_row, write=_write_appointment, read=_read_appointment
)
