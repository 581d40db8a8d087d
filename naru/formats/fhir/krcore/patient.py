"""krcore-patient beside a document's patient; MyHealthWay's identifiers; no 주민등록번호."""

from typing import Final

from naru.domain.clinical import CareInstitution, Patient
from naru.domain.identifiers import Identifier
from naru.domain.person import Gender
from naru.formats.fhir.identifier import TYPES, authority_of, system_of
from naru.formats.fhir.krcore.frame import Frame, put
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import child, day, each, word
from naru.formats.fhir.resource import Resource

HOSPITAL_NUMBER: Final = "MR"
"""MyHealthWay: a hospital's number stands under the institution's OID."""

_INTERNAL: Final = "PI"
_EXTERNAL: Final = "PT"
_GENDERS: Final = {
    Gender.MALE: "male",
    Gender.FEMALE: "female",
    Gender.UNDIFFERENTIATED: "other",
}


def to_patient(
    frame: Frame, patient: Patient, giver: CareInstitution, known_as: Identifier | None
) -> Resource:
    """The Patient. `known_as` is the id that the document's header says, of `giver` or another.

    The resident number is never written: whoever may have it by law asks elsewhere.
    """
    told = frame.new("Patient", "", Profile.PATIENT)
    own = Identifier(patient.mrn, giver.oid)
    if known_as is not None and known_as.value == patient.mrn:
        own = known_as
    numbers = [_identifier(own, HOSPITAL_NUMBER)]
    if known_as is not None and known_as != own:
        numbers.append(_identifier(known_as, _INTERNAL))
    if patient.affinity_id is not None:
        numbers.append(_identifier(patient.affinity_id, _EXTERNAL))
    told["identifier"] = numbers
    name: Resource = {}
    put(name, "text", patient.name, required=True)
    told["name"] = [name]
    if patient.telephone.strip():
        told["telecom"] = [{"system": "phone", "value": patient.telephone}]
    told["gender"] = _GENDERS[patient.sex]
    told["birthDate"] = patient.birth_date.isoformat()
    if patient.address.strip():
        told["address"] = [{"text": patient.address}]
    return told


def from_patient(resource: Resource) -> tuple[Patient | None, Identifier | None]:
    """The patient, and the id by which the header knew them; None without a day of birth."""
    numbers = {word(one, "type", "coding", "code"): one for one in each(resource, "identifier")}
    own = numbers.get(HOSPITAL_NUMBER) or child(resource, "identifier")
    born = day(word(resource, "birthDate"))
    known_as = _read(numbers.get(_INTERNAL) or own)
    if born is None:
        return None, known_as
    sexes = {code: sex for sex, code in _GENDERS.items()}
    phones = [one for one in each(resource, "telecom") if word(one, "system") == "phone"]
    patient = Patient(
        mrn=word(own, "value"),
        name=word(resource, "name", "text"),
        birth_date=born,
        sex=sexes.get(word(resource, "gender"), Gender.UNDIFFERENTIATED),
        telephone=word(phones, "value"),
        address=word(resource, "address", "text"),
        affinity_id=_read(numbers.get(_EXTERNAL, {})),
    )
    return patient, known_as


def _identifier(one: Identifier, kind: str) -> Resource:
    told: Resource = {"type": {"coding": [{"system": TYPES, "code": kind}]}}
    put(told, "system", system_of(one.authority), required=True)
    put(told, "value", one.value, required=True)
    return told


def _read(one: Resource) -> Identifier | None:
    value, system = word(one, "value"), word(one, "system")
    return Identifier(value, authority_of(system)) if value or system else None
