"""krcore-healthcare-organization beside an institution of care."""

from naru.domain.clinical import CareInstitution
from naru.formats.fhir.identifier import OID
from naru.formats.fhir.krcore.frame import Frame, absent, put
from naru.formats.fhir.krcore.profiles import INSTITUTION_NUMBER, Profile
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.resource import Resource


def to_organization(frame: Frame, institution: CareInstitution, place: str) -> Resource:
    """The Organization, by its OID and by its 요양기관기호: others read the one or the other."""
    told = frame.new("Organization", place, Profile.HEALTHCARE_ORGANIZATION)
    values = [f"{OID}{institution.oid}"] if institution.oid.strip() else []
    values += [institution.code] if institution.code.strip() else []
    numbers: list[Resource] = [{"system": INSTITUTION_NUMBER, "value": one} for one in values]
    told["identifier"] = numbers or [{"system": INSTITUTION_NUMBER, "_value": absent()}]
    put(told, "name", institution.name, required=True)
    if institution.telephone.strip():
        told["telecom"] = [{"system": "phone", "value": institution.telephone}]
    if institution.address.strip():
        told["address"] = [{"text": institution.address}]
    return told


def from_organization(resource: Resource) -> CareInstitution:
    """The institution."""
    values = [word(one, "value") for one in each(resource, "identifier")]
    oids = [one.removeprefix(OID) for one in values if one.startswith(OID)]
    codes = [one for one in values if one and not one.startswith(OID)]
    phones = [one for one in each(resource, "telecom") if word(one, "system") == "phone"]
    return CareInstitution(
        name=word(resource, "name"),
        oid=next(iter(oids), ""),
        code=next(iter(codes), ""),
        telephone=word(phones, "value"),
        address=word(resource, "address", "text"),
    )
