"""krcore-condition-encounter-diagnosis beside diagnoses, and infections that are reported."""

from typing import Final

from naru.domain.clinical import Diagnosis, Infection
from naru.domain.terminology import code_system
from naru.formats.fhir.krcore.frame import Frame, absent, iso, label_of, labelled, moment, reference
from naru.formats.fhir.krcore.profiles import CANONICAL, Profile
from naru.formats.fhir.krcore.reading import day, each, when, word
from naru.formats.fhir.krcore.systems import (
    coding,
    codings_of,
    concept,
    is_kcd,
    kcd,
    name_of,
    translations,
)
from naru.formats.fhir.resource import Resource

CATEGORIES: Final = f"{CANONICAL}/CodeSystem/krcore-condition-category-types"
_DIAGNOSIS: Final = {"coding": [{"system": CATEGORIES, "code": "진단", "display": "진단"}]}
_REPORTED: Final = "신고일"


def to_diagnosis(frame: Frame, diagnosis: Diagnosis, place: str) -> Resource:
    """A Condition with the code of the KCD that was in force on its day."""
    told = frame.new("Condition", place, Profile.DIAGNOSIS)
    told["category"] = [_DIAGNOSIS]
    codes = []
    if diagnosis.code.strip():
        codes.append(coding(kcd(diagnosis.date), diagnosis.code, diagnosis.name))
    codes += translations(diagnosis.translations)
    told["code"] = concept(codes, diagnosis.name)
    if not codes:  # KR Core demands system and code.
        system = code_system(kcd(diagnosis.date)).url
        told["code"]["coding"] = [{"system": system, "_code": absent()}]
    _of(frame, told)
    told["recordedDate"] = moment(diagnosis.date)
    return told


def from_diagnosis(resource: Resource) -> Diagnosis | None:
    """The diagnosis; None where it has no day."""
    found = codings_of(resource.get("code"))
    own = next((one for one in found if is_kcd(one)), None)
    on = day(word(resource, "recordedDate") or word(resource, "onsetDateTime"))
    if on is None:
        return None
    return Diagnosis(
        date=on,
        code="" if own is None else own.code,
        name=name_of(resource.get("code")),
        translations=tuple(one for one in found if one is not own),
    )


def to_infection(frame: Frame, infection: Infection, place: str) -> Resource:
    """A Condition with its class (급) among the categories, the day of reporting in a note."""
    told = frame.new("Condition", place, Profile.DIAGNOSIS if infection.code.strip() else None)
    told["category"] = [_DIAGNOSIS]
    if infection.category.strip():
        told["category"] = [_DIAGNOSIS, {"text": infection.category}]
    code = infection.code
    codes = [coding(kcd(infection.date), code, infection.name)] if code.strip() else []
    told["code"] = concept(codes, infection.name)
    _of(frame, told)
    told["recordedDate"] = moment(infection.date)
    if notes := labelled((_REPORTED, iso(infection.reported))):
        told["note"] = notes
    return told


def from_infection(resource: Resource) -> Infection | None:
    """The infection; None where it has no day."""
    diagnosis = from_diagnosis(resource)
    if diagnosis is None:
        return None
    return Infection(
        date=diagnosis.date,
        name=diagnosis.name,
        code=diagnosis.code,
        category=word([one for one in each(resource, "category") if "coding" not in one], "text"),
        reported=when(label_of(each(resource, "note"), _REPORTED)),
    )


def _of(frame: Frame, told: Resource) -> None:
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
