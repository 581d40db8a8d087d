"""A SOAP 1.2 envelope, understood (SOAP 1.2 part 1, section 5)."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.soap.addressing import (
    LENIENT,
    UNDERSTOOD,
    Addressing,
    AddressingRules,
    read_addressing,
)
from naru.formats.soap.errors import SoapReason, SoapRefused, sender_refusal
from naru.formats.soap.fault import FaultCode, SoapFault
from naru.formats.soap.must_understand import is_ours, refuse_not_understood
from naru.formats.xml.namespaces import ENV, WSSE

_ENVELOPE: Final = f"{{{ENV}}}Envelope"
_HEADER: Final = f"{{{ENV}}}Header"
_BODY: Final = f"{{{ENV}}}Body"
_SECURITY: Final = f"{{{WSSE}}}Security"
_MOST_HEADERS: Final = 64  # IHE messages carry five; each costs a look.


@dataclass(frozen=True, slots=True)
class Envelope:
    """The addressing, the wsse:Security header if any, and the one element inside env:Body."""

    addressing: Addressing
    security: _Element | None
    body: _Element


def read_envelope(root: _Element, *, rules: AddressingRules = LENIENT) -> Envelope:
    """The envelope's parts; a message that breaks a rule of SOAP becomes its fault.

    Whoever reads it understands wsse:Security, which is handed on as it came.
    """
    header, body = _children(root)
    headers = _headers(header)
    refuse_not_understood(headers, UNDERSTOOD | {_SECURITY})
    return Envelope(read_addressing(headers, rules), _security(headers), _payload(body))


def _headers(header: _Element | None) -> list[_Element]:
    if header is None:
        return []
    found = _elements(header, _MOST_HEADERS + 1)
    if len(found) > _MOST_HEADERS:
        raise sender_refusal(SoapReason.ENVELOPE, f"More than {_MOST_HEADERS} header blocks.")
    return [each for each in found if is_ours(each)]


def _children(root: _Element) -> tuple[_Element | None, _Element]:
    _check_version(root)
    children = _elements(root)
    tags = [child.tag for child in children]
    if tags == [_HEADER, _BODY]:
        return children[0], children[1]
    if tags == [_BODY]:
        return None, children[0]
    raise sender_refusal(SoapReason.ENVELOPE, "env:Envelope holds one env:Header and one env:Body.")


def _check_version(root: _Element) -> None:
    if root.tag == _ENVELOPE:
        return
    if str(root.tag).endswith("}Envelope"):
        fault = SoapFault(
            code=FaultCode.VERSION_MISMATCH, reason="Only SOAP 1.2 is spoken here (ITI TF-2 V.3)."
        )
        raise SoapRefused(SoapReason.VERSION, fault)
    raise sender_refusal(SoapReason.ENVELOPE, "The root element is not a SOAP envelope.")


def _security(headers: list[_Element]) -> _Element | None:
    found = [header for header in headers if header.tag == _SECURITY]
    if len(found) > 1:
        # WS-Security 1.1 section 5: two for one role; the second could hide what the first signs.
        raise sender_refusal(SoapReason.SECURITY, "wsse:Security stands twice.")
    return found[0] if found else None


def _payload(body: _Element) -> _Element:
    children = _elements(body)
    if len(children) != 1:
        raise sender_refusal(SoapReason.BODY, "env:Body shall hold exactly one element.")
    return children[0]


def _elements(parent: _Element, most: int = 3) -> list[_Element]:
    # Processing instructions are children too; they mean nothing here. One more than may stand
    # there is enough to refuse, so a hundred thousand are never looked at.
    return list(islice(parent.iterchildren(tag=etree.Element), most))
