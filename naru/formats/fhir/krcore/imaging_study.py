"""krcore-imagingstudy: which images belong to a report."""

from dataclasses import dataclass
from typing import Final

from naru.domain.clinical import When
from naru.formats.fhir.identifier import OID, TYPES
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.resource import Resource

_UID: Final = "urn:dicom:uid"
_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ACCESSION: Final = "ACSN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """By which numbers images are found, and what kind they are."""

    accession: str = ""
    study: str = ""
    modality: str = ""

    def __bool__(self) -> bool:
        return any(one.strip() for one in (self.accession, self.study, self.modality))


def to_imaging_study(frame: Frame, images: Images, time: When, place: str) -> Resource:
    """The ImagingStudy. Whether the images can be had here is not said, so its status is not."""
    told = frame.new("ImagingStudy", place, Profile.IMAGING_STUDY)
    numbers: list[Resource] = []
    if images.study.strip():
        numbers.append({"system": _UID, "value": f"{OID}{images.study}"})
    if images.accession.strip():
        kind = {"coding": [{"system": TYPES, "code": _ACCESSION}]}
        numbers.append({"type": kind, "value": images.accession})
    if numbers:
        told["identifier"] = numbers
    told["status"] = "unknown"
    if images.modality.strip():
        told["modality"] = [{"system": _DCM, "code": images.modality}]
    told["subject"] = reference(frame.patient)
    told["started"] = moment(time)
    return told


def from_imaging_study(resource: Resource) -> Images:
    """The numbers."""
    numbers = each(resource, "identifier")
    studies = [word(one, "value") for one in numbers if word(one, "system") == _UID]
    accessions = [
        word(one, "value") for one in numbers if word(one, "type", "coding", "code") == _ACCESSION
    ]
    return Images(
        accession=next(iter(accessions), ""),
        study=next(iter(studies), "").removeprefix(OID),
        modality=word(resource, "modality", "code"),
    )
