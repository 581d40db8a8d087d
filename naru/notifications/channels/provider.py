"""Chat messages (like 알림톡) and SMS: by HTTP to the operator's provider.

No provider's own interface is public, so this is a plain one of ours, which an adapter beside a
provider speaks: `POST /messages` with an `Idempotency-Key` answers 202 and an id, `GET
/messages/{id}` what became of it. A chat message bears the code of a template that was approved
beforehand and its values; its words must be the template's.
"""

import http.client
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from naru.notifications.channels import Outgoing
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


class _Taken(msgspec.Struct):
    id: str


class _Became(msgspec.Struct):
    state: str
    reason: str = ""


class _Error(msgspec.Struct):
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a provider takes messages; `context` is None only on loopback."""

    url: str
    key: str
    context: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Provider({self.url})"  # Never the key.


class Messages:
    """The channel; `templated` where a message is sent by its template's code."""

    reports = True

    def __init__(self, provider: Provider, *, templated: bool) -> None:
        self._provider = provider
        self._templated = templated

    def send(self, message: Outgoing) -> str:
        """Hand it over; the provider's id."""
        body: dict[str, Any] = {
            "to": message.to,
            "text": message.short,
            "language": message.language,
        }
        if self._templated:
            body |= {"template": message.template, "variables": dict(message.variables)}
        answer = self._ask("POST", "/messages", msgspec.json.encode(body), key=message.key)
        return _read(answer, _Taken).id[:200]

    def report(self, reference: str) -> tuple[State, str] | None:
        """What the provider says of it."""
        told = _read(self._ask("GET", f"/messages/{quote(reference, safe='')}"), _Became)
        state = _STATES.get(told.state)
        return None if state is None else (state, _code(told.reason))

    def reach(self) -> None:
        """Ask for the provider's health, with our key."""
        self._ask("GET", "/health")

    def _ask(self, method: str, path: str, body: bytes = b"", *, key: str = "") -> bytes:
        connection, base = self._connection()
        headers = {"Authorization": f"Bearer {self._provider.key}"}
        if body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            connection.request(method, base + path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read(LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(type(error).__name__) from None
        finally:
            connection.close()
        if answer.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            return content
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LATER:
            raise Unreachable(f"the provider answered {answer.status}")
        if answer.status in _MISCONFIGURED:
            # The key or the address is wrong, which the operator mends; no message is to blame.
            raise Unreachable(f"the provider answered {answer.status}")
        raise Refused(
            _code(_read(content, _Error).error) or f"the provider answered {answer.status}"
        )

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(self._provider.url)
        host, base = parts.hostname or "", parts.path.rstrip("/")
        if self._provider.context is None:
            return http.client.HTTPConnection(host, parts.port, timeout=SECONDS), base
        port = parts.port or _SECURE_PORT
        context = self._provider.context
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context), base


def _read(content: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:
        raise Unreachable("the provider's answer cannot be read") from None


def _code(reason: str) -> str:
    """A provider's word for it, if it is a plain code: what else it says may name a person."""
    plain = reason.replace("-", "").replace("_", "")
    return reason[:60] if plain.isascii() and plain.isalnum() and not plain.isdigit() else ""
