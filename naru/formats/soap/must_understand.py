"""Header blocks that their sender insists on (SOAP 1.2 part 1, sections 2.4 and 5.2.3)."""

from collections.abc import Sequence
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.soap.errors import SoapReason, SoapRefused, sender_refusal
from naru.formats.soap.fault import FaultCode, QName, SoapFault
from naru.formats.xml.namespaces import ENV

_OUR_ROLES: Final = frozenset({"", f"{ENV}/role/next", f"{ENV}/role/ultimateReceiver"})
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}


def must_understand(header: _Element) -> bool:
    """Whether a header carries env:mustUnderstand in either spelling of true."""
    value = (header.get(f"{{{ENV}}}mustUnderstand") or "0").strip()
    if value not in _TRUTH:
        raise sender_refusal(SoapReason.ENVELOPE, "env:mustUnderstand is not a boolean.")
    return _TRUTH[value]


def is_ours(header: _Element) -> bool:
    """Whether a header is addressed to a role that an ultimate receiver plays."""
    return (header.get(f"{{{ENV}}}role") or "").strip() in _OUR_ROLES


def refuse_not_understood(headers: Sequence[_Element], understood: frozenset[str]) -> None:
    """Returns when every insisting header is understood; else names all that are not."""
    unknown = [
        _qname(header)
        for header in headers
        if must_understand(header) and header.tag not in understood
    ]
    if unknown:
        fault = SoapFault(
            code=FaultCode.MUST_UNDERSTAND,
            reason="One or more mandatory SOAP header blocks are not understood.",
            not_understood=tuple(unknown),
        )
        raise SoapRefused(SoapReason.MUST_UNDERSTAND, fault)


def _qname(header: _Element) -> QName:
    name = etree.QName(header)
    return QName(str(name.namespace or ""), str(name.localname))
