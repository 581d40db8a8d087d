"""QUQI_IN000003UV01: a consumer wants more of a result, or no more (ITI TF-2 3.47.4.3).

The Continuation Option is not offered: continuing is refused, cancelling is accepted, since
nothing is held that could be given up.
"""

from typing import Final

from lxml.etree import _Element

from naru.domain.patient_messages import (
    II,
    Acknowledgement,
    AcknowledgementDetail,
    AcknowledgementType,
    DemographicsResponse,
    DetailCode,
    QueryContinuation,
)
from naru.domain.patient_query import Candidates, QueryResponseCode
from naru.formats.hl7v3.acknowledgement import write_acknowledgement
from naru.formats.hl7v3.elements import child, integer, required, required_attribute
from naru.formats.hl7v3.identifiers import read_ii, write_ii
from naru.formats.hl7v3.markup import code, value
from naru.formats.hl7v3.pdq_response import RESPONSE
from naru.formats.hl7v3.wrappers import (
    expect,
    read_transmission,
    reply_to,
    write_control_act,
    write_message,
)

REQUEST: Final = "QUQI_IN000003UV01"
CANCEL: Final = "QUQI_IN000003UV01_Cancel"
"""What the published schema also calls the element; IHE's messages use the first in both cases."""


def read_query_continuation(message: _Element) -> QueryContinuation:
    """What a consumer asks; `cancels` tells which answer it expects."""
    expect(message, REQUEST, CANCEL)
    query = required(message, "controlActProcess", "queryContinuation")
    target = child(message, "acknowledgement", "targetMessage", "id")
    return QueryContinuation(
        transmission=read_transmission(message),
        query_id=read_ii(required(query, "queryId")),
        status=required_attribute(required(query, "statusCode"), "code"),
        target=read_ii(target) if target is not None else None,
        start_result_number=integer(child(query, "startResultNumber")),
        continuation_quantity=integer(child(query, "continuationQuantity")),
    )


def write_query_continuation(continuation: QueryContinuation) -> str:
    """What a consumer sends."""
    # ITI TF-2 3.47.4.3.2.3: AA, the target is the preceding answer, the trigger as printed there.
    acknowledgement = Acknowledgement(
        type=AcknowledgementType.APPLICATION_ACCEPT, target=continuation.target
    )
    query = (
        f"<queryContinuation>{write_ii('queryId', continuation.query_id)}"
        f"{value('startResultNumber', continuation.start_result_number)}"
        f"{value('continuationQuantity', continuation.continuation_quantity)}"
        f"{code('statusCode', continuation.status)}</queryContinuation>"
    )
    return write_message(
        continuation.transmission,
        write_acknowledgement(acknowledgement) + write_control_act("PRPA_TE000003UV01", query),
        accept_acknowledgement="AL",
    )


def refuse_continuation(
    continuation: QueryContinuation,
    *,
    message_id: II,
    creation_time: str,
) -> DemographicsResponse:
    """The answer to a consumer that wants more: AE, nobody, and why."""
    detail = AcknowledgementDetail(
        DetailCode.UNSUPPORTED_MESSAGE, "queries are not continued here; ask again more narrowly"
    )
    request = continuation.transmission
    return DemographicsResponse(
        transmission=reply_to(
            request, RESPONSE, message_id=message_id, creation_time=creation_time
        ),
        acknowledgement=Acknowledgement(
            type=AcknowledgementType.APPLICATION_ERROR, target=request.id, details=(detail,)
        ),
        query_id=continuation.query_id,
        candidates=Candidates(code=QueryResponseCode.APPLICATION_ERROR),
    )
