"""SOAP 1.2 faults (SOAP 1.2 part 1, section 5.4; WS-Addressing SOAP binding, section 6)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lxml.etree import _Element

from naru.formats.soap.write import envelope_with_headers, response_headers
from naru.formats.xml import escape_lossy
from naru.formats.xml.namespaces import ENV, ENV11, WSA

# WS-Addressing 1.0 SOAP binding, sections 6 and 6.4.1: one Action for each family of faults.
SOAP_FAULT_ACTION: Final = f"{WSA}/soap/fault"
ADDRESSING_FAULT_ACTION: Final = f"{WSA}/fault"


_SUBCODE: Final = "{{{env}}}Code/{{{env}}}Subcode/{{{env}}}Value"
_SUBSUBCODE: Final = "{{{env}}}Code/{{{env}}}Subcode/{{{env}}}Subcode/{{{env}}}Value"


class FaultCode(StrEnum):
    """The five codes of SOAP 1.2."""

    VERSION_MISMATCH = "VersionMismatch"
    MUST_UNDERSTAND = "MustUnderstand"
    DATA_ENCODING_UNKNOWN = "DataEncodingUnknown"
    SENDER = "Sender"
    RECEIVER = "Receiver"


@dataclass(frozen=True, slots=True)
class QName:
    """A qualified name."""

    namespace: str
    local: str


# WS-Addressing 1.0 SOAP binding, section 6.4
HEADER_REQUIRED: Final = QName(WSA, "MessageAddressingHeaderRequired")
INVALID_HEADER: Final = QName(WSA, "InvalidAddressingHeader")
ONLY_ANONYMOUS: Final = QName(WSA, "OnlyAnonymousAddressSupported")  # Below INVALID_HEADER.
ACTION_NOT_SUPPORTED: Final = QName(WSA, "ActionNotSupported")
DESTINATION_UNREACHABLE: Final = QName(WSA, "DestinationUnreachable")
ENDPOINT_UNAVAILABLE: Final = QName(WSA, "EndpointUnavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapFault:
    """What a fault says; `not_understood` names the headers of a MustUnderstand fault.

    `subsubcode` stands below `subcode` and says more exactly what is wrong.
    """

    code: FaultCode
    reason: str
    subcode: QName | None = None
    subsubcode: QName | None = None
    not_understood: tuple[QName, ...] = ()

    @property
    def action(self) -> str:
        """The wsa:Action of the message that carries this fault."""
        addressing = self.subcode is not None and self.subcode.namespace == WSA
        return ADDRESSING_FAULT_ACTION if addressing else SOAP_FAULT_ACTION

    @property
    def http_status(self) -> int:
        """SOAP 1.2 part 2, table 20: the sender's faults are 400, all others 500."""
        return 400 if self.code is FaultCode.SENDER else 500


def fault_envelope(fault: SoapFault, *, relates_to: str | None = None) -> bytes:
    """The whole answer that carries a fault."""
    headers = response_headers(fault.action, relates_to) + _extra_headers(fault)
    return envelope_with_headers(headers, _fault_body(fault))


def _extra_headers(fault: SoapFault) -> str:
    # SOAP 1.2 part 1, sections 5.4.7 and 5.4.8.
    if fault.code is FaultCode.VERSION_MISMATCH:
        return '<env:Upgrade><env:SupportedEnvelope qname="env:Envelope"/></env:Upgrade>'
    return "".join(
        f'<env:NotUnderstood xmlns:n="{escape_lossy(name.namespace)}" '
        f'qname="n:{escape_lossy(name.local)}"/>'
        if name.namespace
        else f'<env:NotUnderstood qname="{escape_lossy(name.local)}"/>'
        for name in fault.not_understood
    )


def _fault_body(fault: SoapFault) -> str:
    subcode = _subcode(fault.subcode, _subcode(fault.subsubcode))
    return (
        f"<env:Fault><env:Code><env:Value>env:{fault.code}</env:Value>{subcode}</env:Code>"
        f'<env:Reason><env:Text xml:lang="en">{escape_lossy(fault.reason)}</env:Text>'
        "</env:Reason></env:Fault>"
    )


def _subcode(name: QName | None, below: str = "") -> str:
    if name is None:
        return ""
    return (
        f'<env:Subcode><env:Value xmlns:s="{escape_lossy(name.namespace)}">'
        f"s:{escape_lossy(name.local)}</env:Value>{below}</env:Subcode>"
    )


def read_fault(body: _Element) -> SoapFault | None:
    """The fault that a body's child is, or None when it is an answer."""
    if body.tag == f"{{{ENV11}}}Fault":
        text = (body.findtext("faultstring") or "").strip()
        return SoapFault(code=FaultCode.VERSION_MISMATCH, reason=text or "a SOAP 1.1 fault")
    if body.tag != f"{{{ENV}}}Fault":
        return None
    code = _qname(body.find(f"{{{ENV}}}Code/{{{ENV}}}Value"))
    known = {str(each): each for each in FaultCode}
    return SoapFault(
        code=known.get(code.local if code else "", FaultCode.RECEIVER),
        reason=(body.findtext(f"{{{ENV}}}Reason/{{{ENV}}}Text") or "").strip(),
        subcode=_qname(body.find(_SUBCODE.format(env=ENV))),
        subsubcode=_qname(body.find(_SUBSUBCODE.format(env=ENV))),
    )


def _qname(element: _Element | None) -> QName | None:
    if element is None or not element.text:
        return None
    prefix, colon, local = element.text.strip().rpartition(":")
    namespace = element.nsmap.get(prefix if colon else None)
    return QName(str(namespace or ""), local)
