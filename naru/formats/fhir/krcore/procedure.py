"""krcore-procedure beside 수술·처치."""

from typing import Final

from naru.domain.clinical import Procedure
from naru.domain.terminology import System
from naru.formats.fhir.krcore.frame import Frame, label_of, labelled, moment, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import day, each, word
from naru.formats.fhir.krcore.systems import (
    coding,
    codings_of,
    concept,
    name_of,
    parted,
    translations,
)
from naru.formats.fhir.resource import Resource

_AFTERWARDS: Final = "수술후진단명"
_ANESTHESIA: Final = "마취종류"


def to_procedure(frame: Frame, procedure: Procedure, place: str) -> Resource:
    """A Procedure that was done. Whether 수술 or 처치 is not said, so neither is a category."""
    told = frame.new("Procedure", place, Profile.PROCEDURE)
    told["status"] = "completed"
    code, name = procedure.code, procedure.name
    codes = [coding(System.ICD_9_CM, code, name)] if code.strip() else []
    codes += translations(procedure.translations, System.EDI_PROCEDURE)
    told["code"] = concept(codes, name)
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["performedDateTime"] = moment(procedure.date)
    notes = labelled(
        (_AFTERWARDS, procedure.postoperative_diagnosis), (_ANESTHESIA, procedure.anesthesia)
    )
    if notes:
        told["note"] = notes
    return told


def from_procedure(resource: Resource) -> Procedure | None:
    """The procedure; None where it has no day."""
    on = day(word(resource, "performedDateTime") or word(resource, "performedPeriod", "start"))
    if on is None:
        return None
    own, others = parted(codings_of(resource.get("code")), System.ICD_9_CM)
    notes = each(resource, "note")
    return Procedure(
        date=on,
        name=name_of(resource.get("code")),
        code="" if own is None else own.code,
        postoperative_diagnosis=label_of(notes, _AFTERWARDS),
        anesthesia=label_of(notes, _ANESTHESIA),
        translations=others,
    )
