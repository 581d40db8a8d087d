"""The transmission wrappers and the control act around every message (ITI TF-2 Appendix O)."""

from typing import Final

from lxml import etree
from lxml.etree import QName, _Element

from naru.domain.patient_messages import II, Device, Transmission
from naru.formats.hl7v3.elements import (
    all_children,
    attribute,
    child,
    location_of,
    name_of,
    required,
    required_attribute,
    time,
)
from naru.formats.hl7v3.errors import MissingElement, WrongInteraction, WrongNamespace
from naru.formats.hl7v3.identifiers import read_ii, write_ii, write_root
from naru.formats.hl7v3.markup import code, value
from naru.formats.xml.namespaces import HL7V3, XSI

INTERACTIONS: Final = "2.16.840.1.113883.1.6"
"""HL7's own OID for its artefact ids: interactions and trigger events."""


def interaction_of(message: _Element) -> str:
    """Which message the element is, by its name."""
    if QName(message).namespace != HL7V3:
        raise WrongNamespace("the message is not in the namespace urn:hl7-org:v3")
    return name_of(message)


def expect(message: _Element, *interactions: str) -> str:
    """Which of the interactions the element is."""
    found = interaction_of(message)
    if found not in interactions:
        raise WrongInteraction(f"this transaction takes {' or '.join(interactions)}")
    return found


def read_transmission(message: _Element) -> Transmission:
    """The wrapper of any message. Its interactionId must be the name of the element."""
    interaction = interaction_of(message)
    said = required(message, "interactionId")
    if _plain(required_attribute(said, "extension")) != _plain(interaction):
        raise WrongInteraction("interactionId is not the element's name", location_of(said))
    return Transmission(
        id=read_ii(required(message, "id")),
        creation_time=_creation_time(required(message, "creationTime")),
        interaction=interaction,
        sender=_device(message, "sender"),
        receiver=_device(message, "receiver"),
        processing_code=required_attribute(required(message, "processingCode"), "code"),
    )


def _plain(interaction: str) -> str:
    # ITI TF-2 3.47.4.2.3.1: the actions of one body have these endings, and some senders write
    # them into the message too.
    return interaction.removesuffix("_Continue").removesuffix("_Cancel")


def _creation_time(element: _Element) -> str:
    found = time(element)
    if found is None:
        raise MissingElement("creationTime has no value", location_of(element))
    return found


def _device(message: _Element, role: str) -> Device:
    # ITI TF-2 3.44 to 3.47: there SHALL be only one receiver.
    all_children(message, role, at_most=1)
    device = required(message, role, "device")
    organization = child(device, "asAgent", "representedOrganization", "id")
    return Device(
        required_attribute(required(device, "id"), "root"), attribute(organization, "root")
    )


def reply_to(
    request: Transmission,
    interaction: str,
    *,
    message_id: II,
    creation_time: str,
) -> Transmission:
    """The wrapper of the answer: back to the sender, in the same processing code."""
    return Transmission(
        id=message_id,
        creation_time=creation_time,
        interaction=interaction,
        sender=request.receiver,
        receiver=request.sender,
        processing_code=request.processing_code,
    )


def write_message(transmission: Transmission, content: str, *, accept_acknowledgement: str) -> str:
    """The whole message around its content."""
    name = transmission.interaction
    return (
        f'<{name} xmlns="{HL7V3}" xmlns:xsi="{XSI}" ITSVersion="XML_1.0">'
        f"{write_ii('id', transmission.id)}{value('creationTime', transmission.creation_time)}"
        f"{write_ii('interactionId', II(INTERACTIONS, name))}"
        f'{code("processingCode", transmission.processing_code)}<processingModeCode code="T"/>'
        f"{code('acceptAckCode', accept_acknowledgement)}"
        f'<receiver typeCode="RCV">{_write_device(transmission.receiver)}</receiver>'
        f'<sender typeCode="SND">{_write_device(transmission.sender)}</sender>'
        f"{content}</{name}>"
    )


def _write_device(device: Device) -> str:
    agent = ""
    if device.organization is not None:
        agent = (
            '<asAgent classCode="AGNT">'
            '<representedOrganization classCode="ORG" determinerCode="INSTANCE">'
            f"{write_root('id', device.organization)}</representedOrganization></asAgent>"
        )
    return (
        '<device classCode="DEV" determinerCode="INSTANCE">'
        f"{write_root('id', device.oid)}{agent}</device>"
    )


def write_control_act(trigger: str, content: str) -> str:
    """The control act around its content."""
    return (
        '<controlActProcess classCode="CACT" moodCode="EVN">'
        f"{code('code', trigger, INTERACTIONS)}{content}</controlActProcess>"
    )


def write_registration(content: str, *, custodian: str, prior: str = "") -> str:
    """A registration event with its patient, who answers for it, and what it replaces."""
    return (
        '<subject typeCode="SUBJ" contextConductionInd="false">'
        '<registrationEvent classCode="REG" moodCode="EVN"><id nullFlavor="NA"/>'
        f'<statusCode code="active"/><subject1 typeCode="SBJ">{content}</subject1>'
        '<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED">'
        f"{write_root('id', custodian)}</assignedEntity></custodian>"
        f"{prior}</registrationEvent></subject>"
    )


def copy_of_query(message: _Element) -> str:
    """The request's queryByParameter, as sent, for the answer that must hold it."""
    # ITI TF-2 3.45.4.2.2.3, 3.47.4.2.2.3: there SHALL be a copy of the original query.
    query = required(message, "controlActProcess", "queryByParameter")
    return etree.tostring(query, encoding="unicode", with_tail=False)
