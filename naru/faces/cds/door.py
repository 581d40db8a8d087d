"""Discovery, services and feedback of CDS Hooks 2.0: JSON in, cards out."""

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from naru.audit.errors import AuditUnavailable
from naru.domain.korea import korean_day
from naru.domain.registry_errors import RegistryFailure
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.callers import hooks, strangers
from naru.exchange.charts import order_checks
from naru.formats.cds import (
    SERVICES,
    Service,
    discovery,
    read_feedback,
    read_request,
    to_cards,
    to_history_card,
)
from naru.formats.cds.request import LIMITS
from naru.formats.fhir.outcome import Issue, IssueType, Refused, refused
from naru.formats.mime import MimeRefused

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

PATH: Final = "/cds-services"

PEER_CERTIFICATE: Final = "naru.peer_certificate"
"""Where the web server leaves the verified DER certificate of the peer."""

RETRY_SECONDS: Final = 2
"""After which a busy node is to be asked again."""

_FEEDBACK: Final = "feedback"

log = logging.getLogger(__name__)


class _Unanswered(Exception):
    """A request that is refused with a status and a sentence."""

    def __init__(self, status: HTTPStatus, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers


def answer(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request below `/cds-services`; it leaves one access record."""
    close_old_connections()
    access = Access(
        transaction="CDS Hooks",
        caller=identify.stranger(address=environ.get("REMOTE_ADDR", "")),
        time=timezone.now(),
        endpoint=f"{settings.NARU.issuer}{PATH}",
    )
    try:
        status, content, headers = _answered(environ, access)
        _leave(access)
    except AuditUnavailable:  # What cannot be recorded is not answered, not even by a refusal.
        status, content = HTTPStatus.SERVICE_UNAVAILABLE, {"error": "try again later"}
        headers = {"Retry-After": str(RETRY_SECONDS)}
    return _write(environ, start_response, status, content, headers)


_Answer = tuple[HTTPStatus, Mapping[str, Any], Mapping[str, str]]


def _answered(environ: dict[str, Any], access: Access) -> _Answer:
    try:
        return HTTPStatus.OK, _content(environ, access), {}
    except _Unanswered as refusal:
        return _refused(access, refusal.status, str(refusal), refusal.headers)
    except Refused as refusal:
        sentence = "; ".join(map(_words, refusal.issues))
        return _refused(access, HTTPStatus(refusal.status), sentence, {})
    except RegistryFailure as failure:
        sentence = ", ".join(error.code for error in failure.errors)
        return _refused(access, HTTPStatus.SERVICE_UNAVAILABLE, sentence, {})
    except AuditUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  # The door's last resort; it is recorded and told.
        if access.recorded is None:
            access.failed(error)
        # Without its message or trace: they may name a patient.
        log.error("request %s failed: %s", uuid4(), type(error).__name__)  # noqa: TRY400
        return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "our own fault"}, {}


def _words(issue: Issue) -> str:
    at = ", ".join(issue.expression)
    return f"{issue.sentence} ({at})" if at else issue.sentence


def _refused(
    access: Access, status: HTTPStatus, sentence: str, headers: Mapping[str, str]
) -> _Answer:
    if access.recorded is None and not access.errors:
        access.refused(sentence)
    return status, {"error": sentence}, headers


def _leave(access: Access) -> None:
    if access.recorded is None:
        known = access.caller.institution is not None or settings.NARU.sandbox
        (close if known else strangers.close)(access)


def _content(environ: dict[str, Any], access: Access) -> Mapping[str, Any]:
    parts = str(environ["PATH_INFO"]).removeprefix(PATH).strip("/").split("/")
    if parts == [""]:
        # CDS Hooks 2.0, Discovery: public, without a credential.
        _require_method(environ, "GET", "HEAD")
        access.transaction = "CDS Hooks discovery"
        return discovery()
    service = SERVICES.get(parts[0])
    if service is None or parts[1:] not in ([], [_FEEDBACK]):
        raise _Unanswered(HTTPStatus.NOT_FOUND, "There is no such service.")
    _require_method(environ, "POST")
    access.transaction = f"CDS Hooks {service.hook}"
    _identify(environ, access, parts)
    octets = _body(environ)
    if parts[1:]:
        outcomes = [outcome for _, outcome in read_feedback(octets)]
        access.query = ", ".join(f"{one}: {outcomes.count(one)}" for one in sorted({*outcomes}))
        return {}
    return _service(access, service, octets)


def _service(access: Access, service: Service, octets: bytes) -> Mapping[str, Any]:
    on = korean_day(access.time)
    asked = read_request(octets, service.hook, on=on, rrn_authority=settings.NARU.rrn_authority)
    whose = order_checks.patient(asked.patient_id, asked.known_as)
    if not service.orders:
        return to_history_card(order_checks.past(access, whose), on)
    return to_cards(order_checks.alerts(access, whose, asked.orders), asked.instance)


def _identify(environ: Mapping[str, Any], access: Access, parts: list[str]) -> None:
    address = "/".join((f"{settings.NARU.issuer}{PATH}", *parts))
    try:
        access.caller = hooks.caller(
            environ.get("HTTP_AUTHORIZATION"),
            environ[PEER_CERTIFICATE],
            audiences=(address, f"{settings.NARU.issuer}{PATH}", settings.NARU.issuer),
            transaction=access.transaction,
            address=access.caller.address,
            now=access.time,
        )
    except identify.NotIdentified as stranger:
        access.user_refused = "HTTP_AUTHORIZATION" in environ
        challenge = {"WWW-Authenticate": 'Bearer realm="cds-services"'}
        raise _Unanswered(HTTPStatus.UNAUTHORIZED, str(stranger), **challenge) from None
    except identify.ScopeInsufficient as narrow:
        challenge = {"WWW-Authenticate": 'Bearer realm="cds-services", error="insufficient_scope"'}
        raise _Unanswered(HTTPStatus.FORBIDDEN, str(narrow), **challenge) from None


def _require_method(environ: Mapping[str, Any], *methods: str) -> None:
    if environ["REQUEST_METHOD"] not in methods:
        raise _Unanswered(
            HTTPStatus.METHOD_NOT_ALLOWED,
            f"Answered by {', '.join(methods)}.",
            Allow=", ".join(methods),
        )


def _body(environ: Mapping[str, Any]) -> bytes:
    media = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise _Unanswered(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A request is application/json.")
    too_large = _Unanswered(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
    if int(environ.get("CONTENT_LENGTH") or 0) > LIMITS.size:
        raise too_large
    found = bytearray()
    try:
        while chunk := environ["wsgi.input"].read(64 * 1024):
            found += chunk
            if len(found) > LIMITS.size:
                raise too_large
    except MimeRefused:
        raise refused(IssueType.STRUCTURE, "The body's transfer was broken off.") from None
    return bytes(found)


def _write(
    environ: Mapping[str, Any],
    start_response: "StartResponse",
    status: HTTPStatus,
    content: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Iterable[bytes]:
    octets = json.dumps(content, ensure_ascii=False).encode()
    told = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(octets))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *headers.items(),
    ]
    start_response(f"{status.value} {status.phrase}", told)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (octets,)
