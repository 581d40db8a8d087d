"""The answer to a message that was refused, as far as its wrapper can be read."""

from typing import Final

from lxml.etree import _Element

from naru.domain.patient_messages import (
    II,
    Acknowledgement,
    AcknowledgementDetail,
    AcknowledgementType,
    Transmission,
)
from naru.domain.patient_query import QueryResponseCode
from naru.formats.hl7v3 import acknowledgement, patient_identity_feed, pdq_query, pix_query
from naru.formats.hl7v3.elements import child
from naru.formats.hl7v3.errors import Hl7v3Refused
from naru.formats.hl7v3.identifiers import read_ii
from naru.formats.hl7v3.markup import value
from naru.formats.hl7v3.pdq_response import RESPONSE as CANDIDATES
from naru.formats.hl7v3.queries import write_query_ack
from naru.formats.hl7v3.wrappers import (
    copy_of_query,
    expect,
    read_transmission,
    reply_to,
    write_control_act,
    write_message,
)

_ANSWERS: Final = {
    pix_query.REQUEST: (pix_query.RESPONSE, "PRPA_TE201310UV02"),
    pdq_query.REQUEST: (CANDIDATES, "PRPA_TE201306UV02"),
}
_FEEDS: Final = (
    patient_identity_feed.ADD,
    patient_identity_feed.REVISE,
    patient_identity_feed.MERGE,
)


def write_refusal(
    message: _Element,
    refused: Hl7v3Refused,
    *,
    message_id: II,
    creation_time: str,
) -> str:
    """CE to a feed, AE with the copy of the parameters to a query, with what is wrong and where.

    Raises Hl7v3Refused where not even the wrapper can be read: only a SOAP fault is left.
    """
    request = read_transmission(message)
    if expect(message, *_FEEDS, *_ANSWERS) in _ANSWERS:
        return _refuse_query(message, request, refused.detail, message_id, creation_time)
    error = AcknowledgementType.COMMIT_ERROR
    return acknowledgement.write_accept_acknowledgement(
        acknowledgement.accept(
            request, error, (refused.detail,), message_id=message_id, creation_time=creation_time
        )
    )


def _refuse_query(
    message: _Element,
    request: Transmission,
    detail: AcknowledgementDetail,
    message_id: II,
    creation_time: str,
) -> str:
    interaction, trigger = _ANSWERS[request.interaction]
    query_id = child(message, "controlActProcess", "queryByParameter", "queryId")
    nobody = "".join(map(_none, ("Total", "Current", "Remaining")))
    ack = write_query_ack(
        read_ii(query_id) if query_id is not None else None,
        QueryResponseCode.APPLICATION_ERROR,
        nobody if interaction == CANDIDATES else "",
    )
    error = Acknowledgement(
        type=AcknowledgementType.APPLICATION_ERROR, target=request.id, details=(detail,)
    )
    return write_message(
        reply_to(request, interaction, message_id=message_id, creation_time=creation_time),
        acknowledgement.write_acknowledgement(error)
        + write_control_act(trigger, ack + copy_of_query(message)),
        accept_acknowledgement="NE",
    )


def _none(quantity: str) -> str:
    return value(f"result{quantity}Quantity", 0)
