"""What leads from an entry to its images: the accession number and the StudyInstanceUID."""

from lxml.etree import _Element

from naru.formats.cda.datatypes import attribute_of, ii
from naru.formats.cda.entries.form import Frame


def to_images(frame: Frame, accession: str, study: str) -> str:
    """References to the order that bears the accession number, and to the study."""
    order = (
        '<reference typeCode="REFR"><externalAct classCode="ACT" moodCode="EVN">'
        f"{ii('id', frame.institution, accession)}</externalAct></reference>"
        if accession
        else ""
    )
    images = (
        '<reference typeCode="SPRT"><externalObservation classCode="DGIMG" moodCode="EVN">'
        f"{ii('id', study)}</externalObservation></reference>"
        if study
        else ""
    )
    return order + images


def accession_of(entry: _Element) -> str:
    """The accession number, or ""."""
    return attribute_of(entry, "reference", "externalAct", "id", name="extension")


def study_of(entry: _Element) -> str:
    """The StudyInstanceUID, or ""."""
    return attribute_of(entry, "reference", "externalObservation", "id", name="root")
