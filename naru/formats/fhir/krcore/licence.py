"""krcore-medical-doctor: the licence of whoever signed a paper, and the role that goes with it.

KR Core tells a doctor's licence by its naming system of 보건복지부. One of another kind, or of none
that the paper names, is of a naming system of ours, and claims no profile of doctors.
"""

from collections.abc import Iterable
from typing import Final

from naru.domain.papers import Certificate, Paper, Prescription, tables
from naru.domain.terminology import System, code_system
from naru.formats.fhir.krcore import definitions
from naru.formats.fhir.krcore.frame import absent
from naru.formats.fhir.krcore.own_extension import own_coding
from naru.formats.fhir.krcore.profiles import OURS, Profile
from naru.formats.fhir.krcore.reading import child, each, word
from naru.formats.fhir.krcore.systems import codings_of, of_url
from naru.formats.fhir.resource import Resource

DOCTORS_LICENCE: Final = "http://www.hl7korea.or.kr/Identifier/mohw-md-license-id"
OTHER_LICENCE: Final = f"{OURS}/Identifier/license-number"
_TABLE: Final = "license_kind"
_KINDS: Final = code_system(System.MOHW_QUALIFICATION).url
_DEPARTMENTS: Final = code_system(System.HIRA_DEPARTMENT).url
_DOCTORS: Final = frozenset({"의사", "치과의사", "한의사"})
"""의료법 제2조: the medical doctors of KR Core; a nurse or a midwife is none."""
_ROLE: Final = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/practitioner-role",
            "code": "doctor",
            "display": "Doctor",
        }
    ]
}


def tell_licence(authored: Iterable[Resource], paper: Paper) -> None:
    """Put the licence that a paper names onto the Practitioner, and what follows onto the role."""
    if not isinstance(paper, Prescription | Certificate):
        return
    kind, number = paper.license_kind, paper.license_number
    people = {one["resourceType"]: one for one in authored}
    if not (kind.strip() or number.strip()) or "Practitioner" not in people:
        return
    name = _name(kind)
    is_doctor = name in _DOCTORS and name in definitions.code_system(_KINDS)
    qualification: Resource = {}
    if number.strip():
        system = DOCTORS_LICENCE if is_doctor else OTHER_LICENCE
        qualification["identifier"] = [{"system": system, "value": number}]
    qualification["code"] = {"coding": [of_url(_KINDS, name, name)]} if is_doctor else _other(kind)
    people["Practitioner"]["qualification"] = [qualification]
    if is_doctor and number.strip():
        _claim(people["Practitioner"], Profile.MEDICAL_DOCTOR)
        if (role := people.get("PractitionerRole")) is not None:
            _tell_role(role)


def read_licence(practitioner: Resource) -> tuple[str, str]:
    """The kind, by the table of papers, and the number; "" for what is not told."""
    told = each(practitioner, "qualification")
    known = [one for one in told if _number(one)]
    first = child(known or told)
    return _kind(first), _number(first)


def _name(kind: str) -> str:
    known = tables().codes[_TABLE]
    return known[kind].korean if kind in known else ""


def _other(kind: str) -> Resource:
    if not kind.strip():
        return absent()
    named = own_coding(_TABLE, kind)
    return {"coding": [of_url(named["system"], kind, named.get("display", ""))]}


def _claim(resource: Resource, profile: Profile) -> None:
    resource["meta"] = {"profile": [profile.url]}


def _tell_role(role: Resource) -> None:
    """The profile of doctors' roles demands a department of HIRA's: else the general one stays."""
    codes = {
        word(one, "code")
        for one in each(role, "specialty", "coding")
        if word(one, "system") == _DEPARTMENTS
    }
    role["code"] = [_ROLE]
    if codes & definitions.code_system(_DEPARTMENTS).keys():
        _claim(role, Profile.MEDICAL_DOCTOR_ROLE)


def _kind(qualification: Resource) -> str:
    known = tables().codes[_TABLE]
    kinds = {named.korean: code for code, named in known.items()}
    for one in each(qualification, "code", "coding"):
        (said,) = codings_of({"coding": [one]}) or (None,)
        if said is None:
            continue
        if word(one, "system") == _KINDS and said.code in kinds:
            return kinds[said.code]
        if word(one, "system") == own_coding(_TABLE, "")["system"]:
            return said.code
    return ""


def _number(qualification: Resource) -> str:
    systems = {DOCTORS_LICENCE, OTHER_LICENCE}
    return next(
        (
            word(one, "value")
            for one in each(qualification, "identifier")
            if word(one, "system") in systems
        ),
        "",
    )
