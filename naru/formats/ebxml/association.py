"""Association (ITI TF-3 4.2.2), both ways in one field order."""

from typing import Final

from lxml.etree import _Element

from naru.domain.xds import Association, SubmissionSetStatus
from naru.formats.ebxml import text
from naru.formats.ebxml.registry_object import RegistryObject
from naru.formats.xml.escape import escape

DOCUMENTATION: Final = "urn:uuid:abd807a3-4432-4053-87b4-fd82c643d1f3"  # ITI TF-3 4.2.5.1

_SUBMISSION_SET_STATUS: Final = {status.value: status for status in SubmissionSetStatus}


def from_ebxml(element: _Element) -> Association:
    """An Association, its ends as sent; InvalidMetadata where its form is wrong."""
    wire = RegistryObject(element, "Association")
    return Association(
        entry_uuid=wire.id,
        type=_required(wire, "associationType"),
        source=_required(wire, "sourceObject"),
        target=_required(wire, "targetObject"),
        availability_status=wire.status(),
        submission_set_status=_submission_set_status(wire),
        extra=wire.extra_slots(),
        documentation=wire.code(DOCUMENTATION, "associationDocumentation"),
    )


def to_ebxml(association: Association) -> str:
    """The Association on the wire."""
    composed = text.Composed(association.entry_uuid)
    return "".join((
        f'<rim:Association id="{escape(association.entry_uuid)}"',
        f' objectType="{text.OBJECT_TYPE}Association"',
        text.attribute("associationType", association.type),
        text.attribute("sourceObject", association.source),
        text.attribute("targetObject", association.target),
        text.attribute("status", association.availability_status),
        ">",
        text.slot("SubmissionSetStatus", association.submission_set_status),
        text.extra_slots(association.extra),
        composed.code(DOCUMENTATION, association.documentation),
        "</rim:Association>",
    ))  # fmt: skip  # One line per attribute, in the order of from_ebxml.


def _required(wire: RegistryObject, name: str) -> str:
    value = wire.element.get(name, "")
    if not value:
        raise wire.fault(name, "must be present")
    return value


def _submission_set_status(wire: RegistryObject) -> SubmissionSetStatus | None:
    value = wire.slot("SubmissionSetStatus")
    if value is None:
        return None
    status = _SUBMISSION_SET_STATUS.get(value.strip())
    if status is None:  # ITI TF-3 4.2.2.1.1
        raise wire.fault("SubmissionSetStatus", "must be Original or Reference")
    return status
