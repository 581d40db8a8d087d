"""krcore-immunization beside 예방접종.

KR Core demands one of its 46 kinds of vaccine: where the document has none and its words are no
kind's name either, the resource is written by R4 alone and claims no profile.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from naru.domain.clinical import Immunization
from naru.domain.terminology import System, code_system
from naru.formats.fhir.krcore import definitions
from naru.formats.fhir.krcore.frame import Frame, label_of, labelled, moment, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import day, each, number, word
from naru.formats.fhir.krcore.systems import (
    coding,
    codings_of,
    concept,
    name_of,
    of_url,
    short_of,
    url_of,
)
from naru.formats.fhir.resource import Resource

_VACCINE: Final = "백신명"


@cache
def _kinds() -> Mapping[str, str]:
    system = definitions.code_system(code_system(System.KRCORE_VACCINE).url)
    return {display: code for code, display in system.items()}


def to_immunization(frame: Frame, immunization: Immunization, place: str) -> Resource:
    """An Immunization that was given."""
    codes = [*_codes(immunization)]
    kinds = {code_system(System.KRCORE_VACCINE).url}
    profile = Profile.IMMUNIZATION if any(one["system"] in kinds for one in codes) else None
    told = frame.new("Immunization", place, profile)
    told["status"] = "completed"
    told["vaccineCode"] = concept(codes, immunization.name)
    told["patient"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["occurrenceDateTime"] = moment(immunization.date)
    if immunization.lot.strip():
        told["lotNumber"] = immunization.lot
    if notes := labelled((_VACCINE, immunization.vaccine)):
        told["note"] = notes
    if immunization.dose_number is not None and immunization.dose_number > 0:
        told["protocolApplied"] = [{"doseNumberPositiveInt": immunization.dose_number}]
    return told


def _codes(immunization: Immunization) -> Iterator[Resource]:
    kinds = short_of(code_system(System.KRCORE_VACCINE).url)
    if immunization.code.strip():
        url = url_of(immunization.system, System.EDI_MEDICATION)
        yield of_url(url, immunization.code, immunization.name)
        if short_of(url) == kinds:
            return
    if kind := _kinds().get(immunization.name.strip()):
        # By which a reader knows what the document itself said.
        told = coding(System.KRCORE_VACCINE, kind, immunization.name.strip())
        yield told | {"userSelected": False}


def from_immunization(resource: Resource) -> Immunization | None:
    """The immunization; None where it has no day."""
    on = day(word(resource, "occurrenceDateTime"))
    if on is None:
        return None
    codes = each(resource, "vaccineCode", "coding")
    said = codings_of({"coding": [one for one in codes if one.get("userSelected") is not False]})
    name = name_of(resource.get("vaccineCode"))
    dose = number(resource, "protocolApplied", "doseNumberPositiveInt")
    return Immunization(
        date=on,
        name=name,
        vaccine=label_of(each(resource, "note"), _VACCINE),
        code=said[0].code if said else "",
        system=said[0].system if said else "KOSTOM",
        dose_number=None if dose is None else int(dose),
        lot=word(resource, "lotNumber"),
    )
