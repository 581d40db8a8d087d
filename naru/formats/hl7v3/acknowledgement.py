"""MCCI_IN000002UV01, the accept acknowledgement, and the acknowledgement inside any answer.

ITI TF-2 O.1.2, O.1.3.
"""

from collections.abc import Sequence
from typing import Final

from lxml.etree import _Element

from naru.domain.patient_messages import (
    II,
    AcceptAcknowledgement,
    Acknowledgement,
    AcknowledgementDetail,
    AcknowledgementType,
    DetailType,
    Transmission,
)
from naru.formats.hl7v3.elements import (
    attribute,
    child,
    children,
    location_of,
    required,
    required_attribute,
    text_of,
)
from naru.formats.hl7v3.errors import NotUnderstood
from naru.formats.hl7v3.identifiers import read_ii, write_ii
from naru.formats.hl7v3.markup import attributes, code, text
from naru.formats.hl7v3.wrappers import expect, read_transmission, reply_to, write_message

INTERACTION: Final = "MCCI_IN000002UV01"
ERROR_CODES: Final = "2.16.840.1.113883.12.357"
"""HL7 v2 table 0357, whose numbers ITI TF-2 uses in version 3 too."""


def accept(
    request: Transmission,
    kind: AcknowledgementType = AcknowledgementType.COMMIT_ACCEPT,
    details: Sequence[AcknowledgementDetail] = (),
    *,
    message_id: II,
    creation_time: str,
) -> AcceptAcknowledgement:
    """The answer to a feed or to a cancelled query: CA taken, CE refused, CR not for us."""
    return AcceptAcknowledgement(
        transmission=reply_to(
            request, INTERACTION, message_id=message_id, creation_time=creation_time
        ),
        acknowledgement=Acknowledgement(type=kind, target=request.id, details=tuple(details)),
    )


def read_accept_acknowledgement(message: _Element) -> AcceptAcknowledgement:
    """What a client gets back."""
    expect(message, INTERACTION)
    return AcceptAcknowledgement(
        transmission=read_transmission(message), acknowledgement=read_acknowledgement(message)
    )


def write_accept_acknowledgement(answer: AcceptAcknowledgement) -> str:
    """What a server says."""
    # ITI TF-2 O.1.2: acceptAckCode is fixed to NE, no acknowledgement of an acknowledgement.
    return write_message(
        answer.transmission,
        write_acknowledgement(answer.acknowledgement),
        accept_acknowledgement="NE",
    )


def read_acknowledgement(message: _Element) -> Acknowledgement:
    """The acknowledgement inside a message."""
    element = required(message, "acknowledgement")
    target = child(element, "targetMessage", "id")
    details = map(_detail, children(element, "acknowledgementDetail"))
    return Acknowledgement(
        type=_type(required(element, "typeCode")),
        target=read_ii(target) if target is not None else None,
        details=tuple(detail for detail in details if detail is not None),
    )


def _type(element: _Element) -> AcknowledgementType:
    try:
        return AcknowledgementType(required_attribute(element, "code"))
    except ValueError:
        raise NotUnderstood(
            "the acknowledgement is of no known type", location_of(element)
        ) from None


def _detail(element: _Element) -> AcknowledgementDetail | None:
    kind = attribute(element, "typeCode")
    if kind not in {None, *DetailType}:
        raise NotUnderstood("the detail is of no known type", location_of(element))
    locations = map(text_of, children(element, "location"))
    detail = AcknowledgementDetail(
        attribute(child(element, "code"), "code"),
        text_of(child(element, "text")),
        tuple(location for location in locations if location),
        DetailType(kind) if kind else None,
    )
    # An element with nothing in it has been seen in accepting answers.
    return detail if detail != AcknowledgementDetail(None, type=None) else None


def write_acknowledgement(acknowledgement: Acknowledgement) -> str:
    """The acknowledgement inside a message."""
    target = acknowledgement.target
    target_id = '<id nullFlavor="UNK"/>' if target is None else write_ii("id", target)
    details = "".join(map(_write_detail, acknowledgement.details))
    return (
        f"<acknowledgement>{code('typeCode', acknowledgement.type)}"
        f"<targetMessage>{target_id}</targetMessage>{details}</acknowledgement>"
    )


def _write_detail(detail: AcknowledgementDetail) -> str:
    locations = "".join(text("location", location) for location in detail.locations)
    return (
        f"<acknowledgementDetail{attributes(typeCode=detail.type)}>"
        f"{code('code', detail.code, ERROR_CODES)}{text('text', detail.text)}{locations}"
        "</acknowledgementDetail>"
    )
