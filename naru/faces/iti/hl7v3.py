"""What the HL7 v3 transactions share: the stamp of an answer, and how one refuses a message."""

from collections.abc import Callable
from typing import TypedDict

from lxml.etree import _Element

from naru.domain.dtm import from_datetime
from naru.domain.identifiers import new_oid
from naru.domain.patient_messages import II
from naru.exchange.access import close
from naru.faces.iti.transaction import Request, Response
from naru.formats.hl7v3 import Hl7v3Refused, write_refusal
from naru.formats.soap import FaultCode, SoapFault, SoapReason, SoapRefused
from naru.formats.xml.namespaces import HL7V3


class Stamp(TypedDict):
    """The id and time of an answer."""

    message_id: II
    creation_time: str


def stamp(request: Request) -> Stamp:
    """A fresh id and the request's time."""
    return Stamp(message_id=II(new_oid()), creation_time=from_datetime(request.access.time))


def answering(answer: Callable[[_Element, Request, Stamp], Response], request: Request) -> Response:
    """Answer, or say in the message's own terms why it cannot be understood."""
    marks = stamp(request)
    request.access.message_id = _message_id(request.body)
    try:
        return answer(request.body, request, marks)
    except Hl7v3Refused as refused:
        request.access.refused(type(refused).__name__)
        close(request.access)
        return _refusal(request.body, refused, marks)


def _message_id(message: _Element) -> str:
    # For the audit (ITI TF-2 3.44.5.1), of a message that may yet be refused.
    found = message.find(f"{{{HL7V3}}}id")
    root, extension = ("", "") if found is None else (found.get("root"), found.get("extension"))
    return f"{extension}^^^&{root}&ISO" if extension else root or ""


def _refusal(message: _Element, refused: Hl7v3Refused, marks: Stamp) -> Response:
    try:
        return Response(write_refusal(message, refused, **marks))
    except Hl7v3Refused:
        fault = SoapFault(code=FaultCode.SENDER, reason=f"The message is refused: {refused}.")
        raise SoapRefused(SoapReason.BODY, fault) from refused
