"""WS-Addressing 1.0 headers (ITI TF-2 Appendix V.3, IHE_WSA100 to 102)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.formats.soap.errors import SoapReason, SoapRefused
from naru.formats.soap.fault import (
    HEADER_REQUIRED,
    INVALID_HEADER,
    ONLY_ANONYMOUS,
    FaultCode,
    QName,
    SoapFault,
)
from naru.formats.soap.must_understand import must_understand
from naru.formats.soap.write import ANONYMOUS
from naru.formats.xml.namespaces import WSA

# Every header of WS-Addressing 1.0 is understood: those without a field here change nothing for us.
UNDERSTOOD: Final = frozenset(
    f"{{{WSA}}}{name}"
    for name in ("Action", "MessageID", "To", "From", "ReplyTo", "FaultTo", "RelatesTo")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressingRules:
    """Which duties of a sender are enforced.

    Recorded messages of systems in use leave out ReplyTo and sometimes mustUnderstand, so a server
    tolerates both; a conformance check of a vendor's message does not.
    """

    action_must_understand: bool  # IHE_WSA101
    reply_to: bool  # IHE_WSA102


LENIENT: Final = AddressingRules(action_must_understand=False, reply_to=False)
STRICT: Final = AddressingRules(action_must_understand=True, reply_to=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """Where a message comes from, what it asks and where the answer goes."""

    action: str
    message_id: str | None = None
    to: str | None = None
    reply_to: str | None = None
    relates_to: str | None = None


def read_addressing(headers: Sequence[_Element], rules: AddressingRules) -> Addressing:
    """The addressing headers, each at most once and wsa:Action always."""
    action = _one(headers, "Action")
    if action is None or not _text(action):
        raise _refused("The header wsa:Action is required.", HEADER_REQUIRED)
    if rules.action_must_understand and not must_understand(action):
        raise _refused("wsa:Action shall carry mustUnderstand (IHE_WSA101).", INVALID_HEADER)
    reply_to = _one(headers, "ReplyTo")
    if rules.reply_to and reply_to is None:
        raise _refused("The header wsa:ReplyTo is required (IHE_WSA102).", HEADER_REQUIRED)
    return Addressing(
        action=_text(action),
        message_id=_optional(_one(headers, "MessageID")),
        to=_optional(_one(headers, "To")),
        reply_to=None if reply_to is None else _address(reply_to),
        relates_to=_optional(_one(headers, "RelatesTo")),
    )


def require_anonymous(addressing: Addressing) -> None:
    """Refuse a message whose answer is wanted elsewhere than on the connection it came by."""
    # WS-Addressing 1.0 SOAP binding, sections 5.1 and 6.4.1.7; ITI TF-2 V.3: synchronous exchange.
    if addressing.reply_to not in {None, ANONYMOUS}:
        fault = SoapFault(
            code=FaultCode.SENDER,
            subcode=INVALID_HEADER,
            subsubcode=ONLY_ANONYMOUS,
            reason="An answer goes back on its request's connection only.",
        )
        raise SoapRefused(SoapReason.ADDRESSING, fault)


def _one(headers: Sequence[_Element], name: str) -> _Element | None:
    found = [header for header in headers if header.tag == f"{{{WSA}}}{name}"]
    if len(found) > 1 or (found and len(found[0]) and name != "ReplyTo"):
        raise _refused(f"The header wsa:{name} stands twice or holds elements.", INVALID_HEADER)
    return found[0] if found else None


def _address(reference: _Element) -> str:
    addresses = reference.findall(f"{{{WSA}}}Address")
    if len(addresses) != 1 or not _text(addresses[0]):
        raise _refused("wsa:ReplyTo shall hold one wsa:Address.", INVALID_HEADER)
    return _text(addresses[0])


def _text(element: _Element) -> str:
    # xs:anyURI collapses blanks, and a recorded wsa:To stands on a line of its own.
    return " ".join((element.text or "").split())


def _optional(element: _Element | None) -> str | None:
    return None if element is None else _text(element) or None


def _refused(sentence: str, subcode: QName) -> SoapRefused:
    fault = SoapFault(code=FaultCode.SENDER, subcode=subcode, reason=sentence)
    return SoapRefused(SoapReason.ADDRESSING, fault)
