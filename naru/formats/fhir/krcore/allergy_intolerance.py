"""krcore-allergyintolerance beside 알러지 및 부작용."""

from typing import Final

from naru.domain.clinical import Allergy, AllergyKind
from naru.domain.terminology import System
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import at, day, each, word
from naru.formats.fhir.krcore.systems import (
    coding,
    codings_of,
    concept,
    name_of,
    parted,
    translations,
)
from naru.formats.fhir.resource import Resource

_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_CATEGORIES: Final = {
    AllergyKind.DRUG: "medication",
    AllergyKind.BLOOD: "biologic",
    AllergyKind.ENVIRONMENT: "environment",
    AllergyKind.FOOD: "food",
}
_NULL: Final = "http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor"


def to_allergy(frame: Frame, allergy: Allergy, place: str) -> Resource:
    """An AllergyIntolerance: a document lists those that its author holds to be active."""
    told = frame.new("AllergyIntolerance", place, Profile.ALLERGY)
    told["clinicalStatus"] = {"coding": [{"system": _CLINICAL, "code": "active"}]}
    _put_category(told, allergy.kind)
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


def _put_category(told: Resource, kind: AllergyKind) -> None:
    """R4 binds four categories (required): another one is a null, an unknown one is absent."""
    if kind in _CATEGORIES:
        told["category"] = [_CATEGORIES[kind]]
    elif kind is AllergyKind.OTHER:
        told["_category"] = [{"extension": [{"url": _NULL, "valueCode": "OTH"}]}]


def _kind(resource: Resource) -> AllergyKind:
    kinds = {category: kind for kind, category in _CATEGORIES.items()}
    found = next(
        (kinds[one] for one in at(resource, "category") if isinstance(one, str) and one in kinds),
        None,
    )
    if found is None and any(
        one.get("url") == _NULL and one.get("valueCode") == "OTH"
        for one in each(resource, "_category", "extension")
    ):
        return AllergyKind.OTHER
    return found or AllergyKind.UNKNOWN


def from_allergy(resource: Resource) -> Allergy | None:
    """The allergy; None where it has no day."""
    on = day(word(resource, "recordedDate") or word(resource, "onsetDateTime"))
    if on is None:
        return None
    own, others = parted(codings_of(resource.get("code")), System.KOSTOM)
    return Allergy(
        date=on,
        kind=_kind(resource),
        name=name_of(resource.get("code")),
        code="" if own is None else own.code,
        reaction=word(resource, "reaction", "manifestation", "text"),
        translations=others,
    )
