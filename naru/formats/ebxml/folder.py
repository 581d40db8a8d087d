"""Folder (ITI TF-3 4.2.3.4) as a RegistryPackage, both ways in one field order."""

from typing import Final

from lxml.etree import _Element

from naru.domain.xds import Folder
from naru.formats.ebxml import text
from naru.formats.ebxml.registry_object import RegistryObject
from naru.formats.xml.escape import escape

# ITI TF-3 4.2.5.1
NODE: Final = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"
CODE_LIST: Final = "urn:uuid:1ba97051-7806-41a8-a48b-8fce7af683c5"
PATIENT_ID: Final = "urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a"
UNIQUE_ID: Final = "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a"


def from_ebxml(element: _Element) -> Folder:
    """The Folder of a RegistryPackage; InvalidMetadata where its form is wrong."""
    wire = RegistryObject(element, "Folder")
    return Folder(
        entry_uuid=wire.id,
        logical_id=element.get("lid") or None,
        home_community_id=element.get("home") or None,
        availability_status=wire.status(),
        last_update_time=wire.slot("lastUpdateTime"),
        extra=wire.extra_slots(),
        title=wire.title,
        comments=wire.comments,
        version=wire.version,
        codes=wire.codes(CODE_LIST, "codeList"),
        patient_id=wire.cx_identifier(PATIENT_ID, "patientId"),
        unique_id=wire.identifier(UNIQUE_ID, "uniqueId"),
    )


def to_ebxml(folder: Folder) -> str:
    """The RegistryPackage of a Folder, with the node that says what it is inside."""
    composed = text.Composed(folder.entry_uuid)
    return "".join((
        f'<rim:RegistryPackage id="{escape(folder.entry_uuid)}"',
        f' objectType="{text.OBJECT_TYPE}RegistryPackage"',
        text.attribute("lid", folder.logical_id),
        text.attribute("home", folder.home_community_id),
        text.attribute("status", folder.availability_status),
        ">",
        text.slot("lastUpdateTime", folder.last_update_time),
        text.extra_slots(folder.extra),
        text.localized("Name", folder.title),
        text.localized("Description", folder.comments),
        text.version(folder.version, folder.availability_status),
        composed.node(NODE),
        composed.codes(CODE_LIST, folder.codes),
        composed.identifier(PATIENT_ID, "XDSFolder.patientId", folder.patient_id),
        composed.identifier(UNIQUE_ID, "XDSFolder.uniqueId", folder.unique_id),
        "</rim:RegistryPackage>",
    ))  # fmt: skip  # One line per attribute, in the order of from_ebxml.
