"""ITI-45 PIXV3 Query.

ITI TF-2 3.45.
"""

from lxml.etree import _Element

from naru.domain.patient_messages import IdentifierRequest, IdentifierResponse
from naru.exchange.patients.identity import cross_references
from naru.faces.iti.affinity import custodian
from naru.faces.iti.hl7v3 import Stamp, answering
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.hl7v3 import (
    answer_identifiers,
    answer_unknown_domains,
    answer_unknown_patient,
    copy_of_query,
    read_identifier_request,
    write_identifier_response,
)
from naru.patients.errors import Refused, UnknownAskedDomains


def handle(request: Request) -> Response:
    """Tell which other identifiers a person has."""
    return answering(_answer, request)


def _answer(message: _Element, request: Request, marks: Stamp) -> Response:
    request.asks()
    asked = read_identifier_request(message)
    request.asks(copy_of_query(message))
    answer = _identifiers(request, asked, marks)
    return Response(
        write_identifier_response(answer, copy=copy_of_query(message), custodian=custodian())
    )


def _identifiers(request: Request, asked: IdentifierRequest, marks: Stamp) -> IdentifierResponse:
    # ITI TF-2 3.45.4.2.3: cases 1 to 6.
    try:
        found = cross_references(request.access, asked.query)
    except UnknownAskedDomains as unknown:
        return answer_unknown_domains(asked, unknown.repetitions, **marks)
    except Refused:
        return answer_unknown_patient(asked, **marks)
    return answer_identifiers(asked, found, **marks)


TRANSACTION = Transaction(
    name="ITI-45",
    actions=("urn:hl7-org:v3:PRPA_IN201309UV02",),
    response_action="urn:hl7-org:v3:PRPA_IN201310UV02",
    handle=handle,
)
