"""ITI-47 Patient Demographics Query HL7 V3.

ITI TF-2 3.47. The Continuation Option is not offered: what does not fit is told as AE.
"""

from lxml.etree import _Element

from naru.domain.patient_messages import DemographicsRequest, DemographicsResponse
from naru.domain.patient_query import first_page
from naru.exchange.access import close
from naru.exchange.patients.identity import demographics
from naru.faces.iti.affinity import custodian
from naru.faces.iti.hl7v3 import Stamp, answering
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.hl7v3 import (
    NotUnderstood,
    accept,
    answer_candidates,
    answer_unknown_scoping_organizations,
    copy_of_query,
    read_demographics_request,
    read_query_continuation,
    refuse_continuation,
    write_accept_acknowledgement,
    write_demographics_response,
)
from naru.patients.errors import TooBroad, TooLarge, UnknownAskedDomains

QUERY = "urn:hl7-org:v3:PRPA_IN201305UV02"
CONTINUE = "urn:hl7-org:v3:QUQI_IN000003UV01_Continue"
CANCEL = "urn:hl7-org:v3:QUQI_IN000003UV01_Cancel"


def handle(request: Request) -> Response:
    """Tell who matches the demographics asked for."""
    return answering(_answer if request.action == QUERY else _continuation, request)


def _answer(message: _Element, request: Request, marks: Stamp) -> Response:
    request.asks()
    asked = read_demographics_request(message)
    request.asks(copy_of_query(message))
    answer = _candidates(request, asked, marks)
    return Response(
        write_demographics_response(answer, copy=copy_of_query(message), custodian=custodian())
    )


def _candidates(request: Request, asked: DemographicsRequest, marks: Stamp) -> DemographicsResponse:
    try:
        found = demographics(request.access, asked.query)
    except UnknownAskedDomains as unknown:
        return answer_unknown_scoping_organizations(asked, unknown.repetitions, **marks)
    except (TooBroad, TooLarge) as refusal:
        raise NotUnderstood(str(refusal)) from refusal
    return answer_candidates(asked, first_page(found, asked.initial_quantity), **marks)


def _continuation(message: _Element, request: Request, marks: Stamp) -> Response:
    continuation = read_query_continuation(message)
    close(request.access)
    if continuation.cancels:
        accepted = accept(continuation.transmission, **marks)
        return Response(
            write_accept_acknowledgement(accepted), action="urn:hl7-org:v3:MCCI_IN000002UV01"
        )
    refused = refuse_continuation(continuation, **marks)
    return Response(write_demographics_response(refused, copy=None, custodian=custodian()))


TRANSACTION = Transaction(
    name="ITI-47",
    actions=(QUERY, CONTINUE, CANCEL),
    response_action="urn:hl7-org:v3:PRPA_IN201306UV02",
    handle=handle,
)
