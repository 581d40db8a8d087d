"""The OAuth door: a form in, JSON out (OAuth 2.1; ITI TF-2 3.71, 3.102, 3.103)."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from naru.audit.errors import AuditUnavailable
from naru.domain.access_token import TokenFault, TokenRefused
from naru.domain.scopes import Offer
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.callers import strangers
from naru.faces.oauth import iti71_get_access_token, iti102_introspect_token, iti103_metadata
from naru.formats.mime import MimeRefused

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

PEER_CERTIFICATE: Final = "naru.peer_certificate"
"""Where the web server leaves the verified DER certificate of the peer."""

LARGEST_FORM: Final = 256 * 1024
"""Bytes of a form: an assertion in base64url is the most that stands in one."""

MOST_PARAMETERS: Final = 32

RETRY_SECONDS: Final = 2
"""After which a busy node is to be asked again."""

_FORM: Final = "application/x-www-form-urlencoded"

Form = Mapping[str, str]
Answers = Callable[[Access, Form, bytes | None, Offer], Mapping[str, Any]]

POSTED: Final[Mapping[str, tuple[str, Answers]]] = {
    "/oauth/token": ("ITI-71", iti71_get_access_token.answer),
    "/oauth/introspect": ("ITI-102", iti102_introspect_token.answer),
}
TOLD: Final[Mapping[str, Callable[[Offer], Mapping[str, Any]]]] = {
    "/.well-known/oauth-authorization-server": iti103_metadata.metadata,
    "/.well-known/openid-configuration": iti103_metadata.openid_configuration,
    "/fhir/.well-known/smart-configuration": iti103_metadata.smart_configuration,
    "/oauth/jwks": iti103_metadata.jwks,
}
PATHS: Final = frozenset((*POSTED, *TOLD))

log = logging.getLogger(__name__)


def answer(
    environ: dict[str, Any], start_response: "StartResponse", offer: Offer
) -> Iterable[bytes]:
    """Answer one request at one of `PATHS`; tokens are given of what is on offer."""
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    told = TOLD.get(path)
    if told is not None:
        if method not in {"GET", "HEAD"}:
            return _write(
                start_response, HTTPStatus.METHOD_NOT_ALLOWED, {}, more=(("Allow", "GET, HEAD"),)
            )
        close_old_connections()
        return _tell(environ, start_response, told(offer))
    if method != "POST":
        return _write(start_response, HTTPStatus.METHOD_NOT_ALLOWED, {}, more=(("Allow", "POST"),))
    close_old_connections()
    try:
        return _post(environ, start_response, path, offer)
    except AuditUnavailable:  # What cannot be recorded is not answered, not even by a refusal.
        return _busy(start_response)


def _tell(
    environ: dict[str, Any], start_response: "StartResponse", content: Mapping[str, Any]
) -> Iterable[bytes]:
    """What is public, and asked without credentials (ITI TF-2 3.103.5): anybody is a stranger."""
    address = environ.get("REMOTE_ADDR", "")
    access = Access(
        transaction="ITI-103", caller=identify.stranger(address=address), time=timezone.now()
    )
    try:
        strangers.close(access)
    except AuditUnavailable:
        return _busy(start_response)
    return _write(start_response, HTTPStatus.OK, content, head=environ["REQUEST_METHOD"] == "HEAD")


def _post(
    environ: dict[str, Any], start_response: "StartResponse", path: str, offer: Offer
) -> Iterable[bytes]:
    transaction, answers = POSTED[path]
    address = environ.get("REMOTE_ADDR", "")
    access = Access(
        transaction=transaction, caller=identify.stranger(address=address), time=timezone.now()
    )
    try:
        content = answers(access, _form(environ), environ[PEER_CERTIFICATE], offer)
    except TokenRefused as refusal:
        return _refuse(start_response, access, refusal)
    except Exception as error:  # noqa: BLE001  # The door's last resort; it is recorded and told.
        if access.recorded is None:
            access.failed(error)
            close(access)
        # Without its message or trace: they may hold a token or name a patient.
        log.error("request %s failed: %s", uuid4(), type(error).__name__)  # noqa: TRY400
        return _write(start_response, HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "server_error"})
    return _write(start_response, HTTPStatus.OK, content)


def _busy(start_response: "StartResponse") -> Iterable[bytes]:
    content, more = {"error": "server_error"}, (("Retry-After", str(RETRY_SECONDS)),)
    return _write(start_response, HTTPStatus.SERVICE_UNAVAILABLE, content, more=more)


def _refuse(
    start_response: "StartResponse", access: Access, refusal: TokenRefused
) -> Iterable[bytes]:
    if access.outcome == 0:  # Refused before any service was asked.
        access.refused(f"{refusal.fault}: {refusal}")
        strangers.close(access)
    content = {"error": refusal.fault.value, "error_description": str(refusal)}
    if refusal.fault is not TokenFault.INVALID_CLIENT:
        return _write(start_response, HTTPStatus.BAD_REQUEST, content)
    # RFC 6749 section 5.2: 401 for a client that failed to show who it is.
    challenge = f'Bearer realm="{settings.NARU.issuer}"'
    more = (("WWW-Authenticate", challenge),)
    return _write(start_response, HTTPStatus.UNAUTHORIZED, content, more=more)


def _form(environ: Mapping[str, Any]) -> Form:
    media = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media != _FORM:
        raise _invalid(f"The request is a form: {_FORM}.")
    octets = _body(environ)
    try:
        pairs = parse_qsl(
            octets.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(octets),
            max_num_fields=MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError:
        raise _invalid("The form cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _invalid("A parameter stands twice.")  # RFC 6749 section 3.2.
    return {name: value for name, value in form.items() if value}


def _body(environ: Mapping[str, Any]) -> bytes:
    if int(environ.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
        raise _invalid("The form is too large.")
    found = bytearray()
    try:
        while chunk := environ["wsgi.input"].read(64 * 1024):
            found += chunk
            if len(found) > LARGEST_FORM:
                raise _invalid("The form is too large.")
    except MimeRefused:
        raise _invalid("The form's transfer was broken off.") from None
    return bytes(found)


def _invalid(sentence: str) -> TokenRefused:
    return TokenRefused(TokenFault.INVALID_REQUEST, sentence)


def _write(
    start_response: "StartResponse",
    status: HTTPStatus,
    content: Mapping[str, Any],
    *,
    head: bool = False,
    more: tuple[tuple[str, str], ...] = (),
) -> Iterable[bytes]:
    octets = json.dumps(content, ensure_ascii=False).encode()
    told = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(octets))),
        # ITI TF-2 3.71.4.2.2.
        ("Cache-Control", "no-store"),
        ("Pragma", "no-cache"),
        *more,
    ]
    start_response(f"{status.value} {status.phrase}", told)
    return () if head else (octets,)
