"""What a SOAP door refuses; each refusal knows the fault and the HTTP status it becomes."""

from enum import StrEnum

from naru.formats.mime import MimeReason, MimeRefused
from naru.formats.soap.fault import FaultCode, SoapFault
from naru.formats.xml import XmlReason, XmlRefused


class SoapReason(StrEnum):
    """The rule of SOAP, WS-Addressing or XOP that a message breaks."""

    VERSION = "version"
    ENVELOPE = "envelope"
    BODY = "body"
    MUST_UNDERSTAND = "must-understand"
    ADDRESSING = "addressing"
    SECURITY = "security"
    MEDIA_TYPE = "media-type"
    ROOT_PART = "root-part"
    INCLUDE = "include"
    BASE64 = "base64"


class SoapRefused(ValueError):
    """A message that is answered with a fault."""

    def __init__(
        self,
        reason: SoapReason | XmlReason | MimeReason,
        fault: SoapFault,
        *,
        http_status: int | None = None,
    ) -> None:
        super().__init__(fault.reason)
        self.reason = reason
        self.fault = fault
        self.http_status = fault.http_status if http_status is None else http_status


def sender_refusal(
    reason: SoapReason, sentence: str, *, http_status: int | None = None
) -> SoapRefused:
    """A refusal whose fault is env:Sender."""
    fault = SoapFault(code=FaultCode.SENDER, reason=sentence)
    return SoapRefused(reason, fault, http_status=http_status)


def from_xml(refusal: XmlRefused) -> SoapRefused:
    """The fault of an envelope that is not acceptable XML."""
    fault = SoapFault(code=FaultCode.SENDER, reason=f"The XML is refused: {refusal}.")
    status = 413 if refusal.reason is XmlReason.TOO_LARGE else None
    return SoapRefused(refusal.reason, fault, http_status=status)


def from_mime(refusal: MimeRefused) -> SoapRefused:
    """The fault of a package that is not acceptable MIME."""
    fault = SoapFault(code=FaultCode.SENDER, reason=f"The MIME message is refused: {refusal}.")
    return SoapRefused(refusal.reason, fault, http_status=413 if refusal.too_large else None)
