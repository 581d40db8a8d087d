"""Chat messages (like 알림톡), SMS and e-mail: by HTTP to the operator's provider.

No provider's own interface is public, so this is a plain one of ours, which an adapter beside a
provider speaks: `POST /messages` with an `Idempotency-Key` answers 202 and an id, `GET
/messages/{id}` what became of it. A chat message bears the code of a template that was approved
beforehand and its values; its words must be the template's. Where a key for reports is agreed on,
what became of a message is believed only in an answer that is signed with it.
"""

import http.client
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from naru.notifications.channels import Outgoing
from naru.notifications.channels.signed_answer import Answer, Unsigned, require_signed
from naru.notifications.errors import Refused, Unreachable
from naru.notifications.states import State

SECONDS: Final = 5.0
LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read."""

_STATES: Final = {
    "delivered": State.DELIVERED,
    "read": State.READ,
    "failed": State.FAILED,
    "returned": State.RETURNED,
}
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_MISCONFIGURED: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
)
_SECURE_PORT: Final = 443


_T = TypeVar("_T")


class Form(StrEnum):
    """What a message is made of."""

    TEMPLATE = "template"
    TEXT = "text"
    MAIL = "mail"


class _Taken(msgspec.Struct):
    id: str


class _Became(msgspec.Struct):
    state: str
    reason: str = ""


class _Error(msgspec.Struct):
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a provider takes messages; `context` is None only on loopback.

    `report_key` is what it signs its reports with; without one they need no signature.
    """

    url: str
    key: str
    report_key: str = ""
    context: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Provider({self.url})"  # Never the keys.


class Messages:
    """The channel."""

    reports = True

    def __init__(self, provider: Provider, form: Form) -> None:
        self._provider = provider
        self._form = form

    def send(self, message: Outgoing) -> str:
        """Hand it over; the provider's id."""
        body: dict[str, Any] = {"to": message.to, "language": message.language}
        match self._form:
            case Form.TEMPLATE:
                variables = dict(message.variables)
                body |= {"text": message.short, "template": message.template}
                body |= {"variables": variables}
            case Form.TEXT:
                body |= {"text": message.short}
            case Form.MAIL:
                body |= {"title": message.title, "text": message.text}
        answer = self._ask("POST", "/messages", msgspec.json.encode(body), key=message.key)
        return _read(answer.content, _Taken).id[:200]

    def report(self, reference: str) -> tuple[State, str] | None:
        """What the provider says of it."""
        answer = self._ask("GET", f"/messages/{quote(reference, safe='')}")
        self._believe(answer)
        told = _read(answer.content, _Became)
        state = _STATES.get(told.state)
        return None if state is None else (state, _code(told.reason))

    def reach(self) -> None:
        """Ask for the provider's health, with our key."""
        self._believe(self._ask("GET", "/health"))

    def _believe(self, answer: Answer) -> None:
        if self._provider.report_key:
            try:
                require_signed(answer, self._provider.report_key, now=time.time())
            except Unsigned as error:
                raise Unreachable(str(error)) from None

    def _ask(self, method: str, path: str, body: bytes = b"", *, key: str = "") -> Answer:
        connection, base = self._connection()
        headers = {"Authorization": f"Bearer {self._provider.key}"}
        if body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            connection.request(method, base + path, body or None, headers)
            answered = connection.getresponse()
            content = answered.read(LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(type(error).__name__) from None
        finally:
            connection.close()
        if answered.status not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            raise _refusal(answered.status, content)
        given = {name.lower(): value for name, value in answered.getheaders()}
        return Answer(status=answered.status, path=base + path, headers=given, content=content)

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(self._provider.url)
        host, base = parts.hostname or "", parts.path.rstrip("/")
        if self._provider.context is None:
            return http.client.HTTPConnection(host, parts.port, timeout=SECONDS), base
        port = parts.port or _SECURE_PORT
        context = self._provider.context
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context), base


def _refusal(status: int, content: bytes) -> Exception:
    # A wrong key or address the operator mends: no message is to blame.
    later = status in _LATER | _MISCONFIGURED or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if later:
        return Unreachable(f"the provider answered {status}")
    return Refused(_code(_read(content, _Error).error) or f"the provider answered {status}")


def _read(content: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Unreachable("the provider's answer cannot be read") from None


def _code(reason: str) -> str:
    """A provider's word for it, if it is a plain code: what else it says may name a person."""
    plain = reason.replace("-", "").replace("_", "")
    return reason[:60] if plain.isascii() and plain.isalnum() and not plain.isdigit() else ""
