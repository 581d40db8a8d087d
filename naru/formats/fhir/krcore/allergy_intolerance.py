"""krcore-allergyintolerance beside 알러지 및 부작용."""

from typing import Final

from naru.domain.clinical import Allergy, AllergyKind
from naru.domain.terminology import System
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import day, word
from naru.formats.fhir.krcore.systems import coding, codings_of, concept, parted, translations
from naru.formats.fhir.resource import Resource

_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_CATEGORIES: Final = {
    AllergyKind.DRUG: "medication",
    AllergyKind.BLOOD: "biologic",
    AllergyKind.ENVIRONMENT: "environment",
}


def to_allergy(frame: Frame, allergy: Allergy, place: str) -> Resource:
    """An AllergyIntolerance: a document lists those that its author holds to be active."""
    told = frame.new("AllergyIntolerance", place, Profile.ALLERGY)
    told["clinicalStatus"] = {"coding": [{"system": _CLINICAL, "code": "active"}]}
    told["category"] = [_CATEGORIES[allergy.kind]]
    codes = [coding(System.KOSTOM, allergy.code, allergy.name)] if allergy.code.strip() else []
    codes += translations(allergy.translations, System.EDI_MEDICATION)
    told["code"] = concept(codes, allergy.name)
    told["patient"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["recordedDate"] = moment(allergy.date)
    if allergy.reaction.strip():
        told["reaction"] = [{"manifestation": [{"text": allergy.reaction}]}]
    return told


def from_allergy(resource: Resource) -> Allergy | None:
    """The allergy; None where it has no day. One to food comes from the environment."""
    on = day(word(resource, "recordedDate") or word(resource, "onsetDateTime"))
    if on is None:
        return None
    kinds = {category: kind for kind, category in _CATEGORIES.items()}
    own, others = parted(codings_of(resource.get("code")), System.KOSTOM)
    return Allergy(
        date=on,
        kind=kinds.get(word(resource, "category"), AllergyKind.ENVIRONMENT),
        name=word(resource, "code", "text") or word(resource, "code", "coding", "display"),
        code="" if own is None else own.code,
        reaction=word(resource, "reaction", "manifestation", "text"),
        translations=others,
    )
