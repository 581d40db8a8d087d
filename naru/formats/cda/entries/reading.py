"""판독결과: what was found in the images of one examination, and what is concluded."""

from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import Reading
from naru.formats.cda.datatypes import attribute_of, coded, element_text, hl7, text_of, time, typed
from naru.formats.cda.entries.form import (
    COMPLETED,
    EntryForm,
    Frame,
    Row,
    concept,
    find_related,
    observation,
    own_code,
    pointing,
    read_coded,
    related,
    value_of,
    when,
)
from naru.formats.cda.entries.imaging import accession_of, study_of, to_images
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.narrative import words

_SYSTEM: Final = "EDI"


def _rows(_form: DocumentForm, item: Reading) -> tuple[Row, ...]:
    said = (item.findings, item.conclusion, item.radiologist)
    return ((words(item.time), item.name, item.modality, item.body_site, *said),)


def _write(frame: Frame, item: Reading, reference: str) -> str:
    form = frame.form
    modality = coded("methodCode", item.modality, form.systems["DCM"]) if item.modality else ""
    site = (
        f'<targetSiteCode nullFlavor="OTH">{element_text("originalText", item.body_site)}'
        "</targetSiteCode>"
        if item.body_site
        else ""
    )
    return observation(
        f"{concept(form, 'code', item.code, _SYSTEM, item.name)}{pointing(reference)}"
        f"{COMPLETED}{time('effectiveTime', item.time)}{typed('ED', item.findings)}"
        f"{modality}{site}{_radiologist(item.radiologist)}{_conclusion(form, item.conclusion)}"
        f"{to_images(frame, item.accession, item.study)}"
    )


def _radiologist(name: str) -> str:
    if not name:
        return ""
    return (
        '<performer typeCode="PRF"><assignedEntity classCode="ASSIGNED"><id nullFlavor="NI"/>'
        f"<assignedPerson>{element_text('name', name)}</assignedPerson></assignedEntity>"
        "</performer>"
    )


def _conclusion(form: DocumentForm, text: str) -> str:
    if not text:
        return ""
    return related(
        "COMP", observation(f"{own_code(form, 'conclusion')}{COMPLETED}{typed('ED', text)}")
    )


def _read(form: DocumentForm, entry: _Element, _row: Row) -> Reading:
    code = read_coded(form, entry.find(hl7("code")), _SYSTEM)
    if code.translations:
        raise CdaRefused("a reading is of another code system")
    conclusion = find_related(form, entry, "conclusion")
    return Reading(
        time=when(entry),
        name=code.name,
        findings=value_of(entry),
        conclusion="" if conclusion is None else value_of(conclusion),
        code=code.code,
        modality=attribute_of(entry, "methodCode", name="code"),
        body_site=text_of(entry, "targetSiteCode", "originalText"),
        accession=accession_of(entry),
        study=study_of(entry),
        radiologist=text_of(entry, "performer", "assignedEntity", "assignedPerson", "name"),
    )


READING: Final = EntryForm(rows=_rows, write=_write, read=_read)
