"""Patient (PIXm, PDQm, KR Core) beside a person as a feed knows them.

Left out, since the domain has no place for them: photo, contact, communication, marital status,
practitioners and the managing organisation. A 주민등록번호 comes in and never goes out.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
from naru.formats.fhir import dates
from naru.formats.fhir.element import Element
from naru.formats.fhir.identifier import read_identifier, write_identifier
from naru.formats.fhir.names import (
    read_address,
    read_name,
    read_telecom,
    whole,
    write_address,
    write_names,
    write_telecom,
)
from naru.formats.fhir.outcome import IssueType
from naru.formats.fhir.resource import Resource

MOTHERS_MAIDEN_NAME: Final = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
BIRTH_TIME: Final = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"

_GENDERS: Final = {
    "male": Gender.MALE,
    "female": Gender.FEMALE,
    "other": Gender.UNDIFFERENTIATED,
    "unknown": None,
}
_FHIR_GENDERS: Final = {gender: code for code, gender in _GENDERS.items() if gender}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPatient:
    """What a Patient says: the person, whether in use, and by whom a duplicate is replaced."""

    record: PatientRecord
    active: bool = True
    replaced_by: Identifier | None = None


def from_patient(resource: Resource, *, rrn_authority: str = "", at: str = "") -> SentPatient:
    """A person as the sender knows them; every identifier is the record's. Raises Refused."""
    patient = Element.of(resource, "Patient", at)
    if patient.members.get("modifierExtension") or patient.members.get("implicitRules"):
        # FHIR R4 2.4.1.2: whoever does not understand them must not go on.
        raise patient.refused("is changed by what is not understood", code=IssueType.NOT_SUPPORTED)
    told = [read_identifier(one, rrn_authority) for one in patient.each("identifier")]
    return SentPatient(
        record=PatientRecord(
            identifiers=tuple(dict.fromkeys(one for one in told if one)),
            demographics=_demographics(patient),
        ),
        active=patient.flag("active") is not False,
        replaced_by=_replaced_by(patient, rrn_authority),
    )


def _demographics(patient: Element) -> Demographics:
    names = map(read_name, patient.each("name"))
    addresses = map(read_address, patient.each("address"))
    telecoms = map(read_telecom, patient.each("telecom"))
    deceased_time = dates.read(patient, "deceasedDateTime")
    return Demographics(
        names=tuple(one for one in names if one),
        gender=read_gender(patient),
        birth_time=_birth_time(patient),
        addresses=tuple(one for one in addresses if one),
        telecoms=tuple(one for one in telecoms if one),
        mothers_maiden_name=_mothers_maiden_name(patient),
        deceased=True if deceased_time else patient.flag("deceasedBoolean"),
        deceased_time=deceased_time,
        multiple_birth=_multiple_birth(patient),
        multiple_birth_order=patient.number("multipleBirthInteger"),
    )


def read_gender(patient: Element) -> Gender | None:
    """http://hl7.org/fhir/administrative-gender. Raises Refused for another code."""
    code = patient.text("gender")
    if code is not None and code not in _GENDERS:
        raise patient.refused("is no code of its value set", "gender", IssueType.CODE_INVALID)
    return _GENDERS[code] if code else None


def gender_of(code: str) -> Gender | None:
    """The gender of a code. Raises KeyError."""
    return _GENDERS[code]


def _birth_time(patient: Element) -> str | None:
    extended = patient.child("_birthDate")
    extension = extended.extension(BIRTH_TIME) if extended else None
    exact = dates.read(extension, "valueDateTime") if extension else None
    return exact or dates.read(patient, "birthDate")


def _multiple_birth(patient: Element) -> bool | None:
    if patient.number("multipleBirthInteger") is not None:
        return True
    return patient.flag("multipleBirthBoolean")


def _mothers_maiden_name(patient: Element) -> PersonName | None:
    extension = patient.extension(MOTHERS_MAIDEN_NAME)
    text = extension.text("valueString") if extension else None
    return PersonName(text=text) if text else None


def _replaced_by(patient: Element, rrn_authority: str) -> Identifier | None:
    """ITI TF-2 3.104.4.2.2: the surviving identifier of a duplicate that was resolved."""
    links = [one for one in patient.each("link") if one.text("type") == "replaced-by"]
    if not links:
        return None
    if len(links) > 1:
        raise patient.refused("names more than one successor", "link", IssueType.INVALID)
    other = links[0].child("other")
    identifier = other.child("identifier") if other else None
    found = read_identifier(identifier, rrn_authority) if identifier else None
    if found is None:
        raise links[0].refused(
            "names its successor by system and value", "other.identifier", IssueType.REQUIRED
        )
    return found


def to_patient(record: PatientRecord, patient: UUID | None = None) -> Resource:
    """The person under the surrogate key, as far as the record tells."""
    told = record.demographics
    resource: Resource = {
        "resourceType": "Patient",
        "id": str(patient) if patient else None,
        "extension": _extensions(told),
        "identifier": [
            write_identifier(one) for one in dict.fromkeys((*record.identifiers, *told.other_ids))
        ],
        "active": True,
        "name": write_names(told.names),
        "telecom": [write_telecom(one) for one in told.telecoms],
        "gender": _FHIR_GENDERS.get(told.gender) if told.gender else None,
        **_born(told.birth_time),
        **_deceased(told),
        "address": [write_address(one) for one in told.addresses],
        **_of_birth(told),
    }
    return {name: value for name, value in resource.items() if value not in (None, [])}


def _extensions(told: Demographics) -> list[Resource]:
    mother = told.mothers_maiden_name
    text = (mother.text or whole(mother) or mother.birth_family) if mother else None
    return [{"url": MOTHERS_MAIDEN_NAME, "valueString": text}] if text else []


def _born(birth_time: str | None) -> Resource:
    if not birth_time:
        return {}
    exact = dates.to_date_time(birth_time) if len(birth_time) > dates.DAY else None
    born: Resource = {"birthDate": dates.to_date(birth_time)}
    if exact:
        born["_birthDate"] = {"extension": [{"url": BIRTH_TIME, "valueDateTime": exact}]}
    return born


def _deceased(told: Demographics) -> Resource:
    moment = dates.to_date_time(told.deceased_time) if told.deceased_time else None
    return {"deceasedDateTime": moment} if moment else {"deceasedBoolean": told.deceased}


def _of_birth(told: Demographics) -> Resource:
    if told.multiple_birth_order is not None:
        return {"multipleBirthInteger": told.multiple_birth_order}
    return {"multipleBirthBoolean": told.multiple_birth}
