"""ITI-44 Patient Identity Feed HL7 V3.

ITI TF-2 3.44.
"""

from lxml.etree import _Element

from naru.domain.patient_messages import AcknowledgementDetail, AcknowledgementType, DetailCode
from naru.exchange.patients.identity import feed
from naru.faces.iti.hl7v3 import Stamp, answering
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.hl7v3 import accept, read_feed, write_accept_acknowledgement
from naru.patients.errors import Refused


def handle(request: Request) -> Response:
    """Take what a source tells of its patients."""
    return answering(_answer, request)


def _answer(message: _Element, request: Request, marks: Stamp) -> Response:
    told = read_feed(message)
    try:
        feed(request.access, told.acts)
    except Refused as refusal:
        detail = AcknowledgementDetail(DetailCode.UNKNOWN_KEY, str(refusal))
        answer = accept(told.transmission, AcknowledgementType.COMMIT_ERROR, (detail,), **marks)
    else:
        answer = accept(told.transmission, **marks)
    return Response(write_accept_acknowledgement(answer))


TRANSACTION = Transaction(
    name="ITI-44",
    actions=(
        "urn:hl7-org:v3:PRPA_IN201301UV02",
        "urn:hl7-org:v3:PRPA_IN201302UV02",
        "urn:hl7-org:v3:PRPA_IN201304UV02",
    ),
    response_action="urn:hl7-org:v3:MCCI_IN000002UV01",
    handle=handle,
)
