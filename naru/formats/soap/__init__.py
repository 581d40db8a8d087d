"""SOAP 1.2 with WS-Addressing and MTOM/XOP (ITI TF-2 Appendix V), both ways."""

from naru.formats.soap.addressing import LENIENT, STRICT, Addressing, AddressingRules
from naru.formats.soap.envelope import Envelope, read_envelope
from naru.formats.soap.errors import SoapReason, SoapRefused
from naru.formats.soap.fault import FaultCode, QName, SoapFault, fault_envelope, read_fault
from naru.formats.soap.message import SoapLimits, SoapMessage, read_message
from naru.formats.soap.mtom import MtomMessage, new_content_id, read_mtom, write_mtom
from naru.formats.soap.write import (
    ANONYMOUS,
    SOAP_TYPE,
    new_message_id,
    write_envelope,
    write_request_envelope,
)
from naru.formats.soap.xop import Inline, binary_content, include, inline_small_includes

__all__ = [
    "ANONYMOUS",
    "LENIENT",
    "SOAP_TYPE",
    "STRICT",
    "Addressing",
    "AddressingRules",
    "Envelope",
    "FaultCode",
    "Inline",
    "MtomMessage",
    "QName",
    "SoapFault",
    "SoapLimits",
    "SoapMessage",
    "SoapReason",
    "SoapRefused",
    "binary_content",
    "fault_envelope",
    "include",
    "inline_small_includes",
    "new_content_id",
    "new_message_id",
    "read_envelope",
    "read_fault",
    "read_message",
    "read_mtom",
    "write_envelope",
    "write_mtom",
    "write_request_envelope",
]
