"""SubmissionSet (ITI TF-3 4.2.3.3) as a RegistryPackage, both ways in one field order."""

from typing import Final

from lxml.etree import _Element

from naru.domain.xds import SubmissionSet
from naru.formats.ebxml import text
from naru.formats.ebxml.registry_object import RegistryObject
from naru.formats.xml.escape import escape

# ITI TF-3 4.2.5.1
NODE: Final = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
AUTHOR: Final = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
CONTENT_TYPE_CODE: Final = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
PATIENT_ID: Final = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SOURCE_ID: Final = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
UNIQUE_ID: Final = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"


def from_ebxml(element: _Element) -> SubmissionSet:
    """The SubmissionSet of a RegistryPackage; InvalidMetadata where its form is wrong."""
    wire = RegistryObject(element, "SubmissionSet")
    return SubmissionSet(
        entry_uuid=wire.id,
        home_community_id=element.get("home") or None,
        availability_status=wire.status(),
        submission_time=wire.slot("submissionTime"),
        intended_recipients=wire.slot_list("intendedRecipient"),
        extra=wire.extra_slots(),
        title=wire.title,
        comments=wire.comments,
        authors=wire.authors(AUTHOR),
        content_type_code=wire.code(CONTENT_TYPE_CODE, "contentTypeCode"),
        patient_id=wire.cx_identifier(PATIENT_ID, "patientId"),
        source_id=wire.identifier(SOURCE_ID, "sourceId"),
        unique_id=wire.identifier(UNIQUE_ID, "uniqueId"),
    )


def to_ebxml(submission_set: SubmissionSet) -> str:
    """The RegistryPackage of a SubmissionSet, with the node that says what it is inside."""
    composed = text.Composed(submission_set.entry_uuid)
    patient_id = submission_set.patient_id
    return "".join((
        f'<rim:RegistryPackage id="{escape(submission_set.entry_uuid)}"',
        f' objectType="{text.OBJECT_TYPE}RegistryPackage"',
        text.attribute("home", submission_set.home_community_id),
        text.attribute("status", submission_set.availability_status),
        ">",
        text.slot("submissionTime", submission_set.submission_time),
        text.slot_list("intendedRecipient", submission_set.intended_recipients),
        text.extra_slots(submission_set.extra),
        text.localized("Name", submission_set.title),
        text.localized("Description", submission_set.comments),
        composed.node(NODE),
        composed.authors(AUTHOR, submission_set.authors),
        composed.code(CONTENT_TYPE_CODE, submission_set.content_type_code),
        composed.identifier(PATIENT_ID, "XDSSubmissionSet.patientId", patient_id),
        composed.identifier(SOURCE_ID, "XDSSubmissionSet.sourceId", submission_set.source_id),
        composed.identifier(UNIQUE_ID, "XDSSubmissionSet.uniqueId", submission_set.unique_id),
        "</rim:RegistryPackage>",
    ))  # fmt: skip  # One line per attribute, in the order of from_ebxml.
