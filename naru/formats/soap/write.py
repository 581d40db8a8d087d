"""SOAP 1.2 envelopes as text: what a tree would cost six times is written once."""

from typing import Final
from uuid import uuid4

from naru.formats.xml import escape
from naru.formats.xml.namespaces import ENV, WSA

ANONYMOUS: Final = f"{WSA}/anonymous"
SOAP_TYPE: Final = "application/soap+xml; charset=UTF-8"

_OPEN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<env:Envelope xmlns:env="{ENV}" xmlns:wsa="{WSA}"><env:Header>'
)
_BETWEEN: Final = "</env:Header><env:Body>"
_CLOSE: Final = b"</env:Body></env:Envelope>"


def new_message_id() -> str:
    """A wsa:MessageID that nobody used before."""
    return f"urn:uuid:{uuid4()}"


def write_envelope(
    action: str,
    relates_to: str | None,
    body_xml: str | bytes,
    *,
    to: str | None = None,
    message_id: str | None = None,
) -> bytes:
    """An answer. `to` and `message_id` are for answers on a connection of their own (V.9.2.4)."""
    headers = response_headers(action, relates_to, to=to, message_id=message_id)
    return envelope_with_headers(headers, body_xml)


def write_request_envelope(
    *,
    action: str,
    to: str,
    body_xml: str | bytes,
    message_id: str,
    reply_to: str = ANONYMOUS,
    security: str = "",
) -> bytes:
    """A request. `security` is a whole wsse:Security element that declares its own prefixes."""
    # IHE_WSA101, IHE_WSA102 and its note: mustUnderstand stands on other headers than ReplyTo.
    headers = (
        f'<wsa:Action env:mustUnderstand="true">{escape(action)}</wsa:Action>'
        f"<wsa:MessageID>{escape(message_id)}</wsa:MessageID>"
        f"<wsa:ReplyTo><wsa:Address>{escape(reply_to)}</wsa:Address></wsa:ReplyTo>"
        f'<wsa:To env:mustUnderstand="true">{escape(to)}</wsa:To>{security}'
    )
    return envelope_with_headers(headers, body_xml)


def response_headers(
    action: str, relates_to: str | None, *, to: str | None = None, message_id: str | None = None
) -> str:
    """The header blocks of an answer."""
    headers = f'<wsa:Action env:mustUnderstand="true">{escape(action)}</wsa:Action>'  # IHE_WSA101
    if message_id is not None:
        headers += f"<wsa:MessageID>{escape(message_id)}</wsa:MessageID>"
    if relates_to is not None:
        headers += f"<wsa:RelatesTo>{escape(relates_to)}</wsa:RelatesTo>"
    if to is not None:
        headers += f'<wsa:To env:mustUnderstand="true">{escape(to)}</wsa:To>'
    return headers


def envelope_with_headers(headers: str, body_xml: str | bytes) -> bytes:
    """An envelope around header blocks and a body that are XML already."""
    body = body_xml.encode() if isinstance(body_xml, str) else body_xml
    return b"".join((f"{_OPEN}{headers}{_BETWEEN}".encode(), body, _CLOSE))
