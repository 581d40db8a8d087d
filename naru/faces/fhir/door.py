"""The FHIR door: a request becomes a call of one interaction, its result an answer.

FHIR R4 3.1.0, ITI TF-2 Appendix Z. A refusal is an OperationOutcome; an error of ours is one that
says nothing about us, and a line in the log that says nothing about a patient.
"""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.db import close_old_connections
from django.utils import timezone

from naru.audit.errors import AuditUnavailable
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.callers import strangers
from naru.faces.fhir.capabilities import METADATA
from naru.faces.fhir.interaction import FORM, Code, Interaction, Request, Response
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.fhir.needs import needs_of
from naru.faces.fhir.router import MethodNotAllowed, Route, Router
from naru.formats.fhir.json import JsonLimits, read, to_json, too_large
from naru.formats.fhir.negotiation import Syntax, answered_in, preferences
from naru.formats.fhir.outcome import Issue, IssueType, Refused, refused, to_operation_outcome
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.search_reading import pairs
from naru.formats.fhir.subset import subset
from naru.formats.fhir.xml import to_xml
from naru.formats.mime import MimeRefused

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

PATH: Final = "/fhir"

PEER_CERTIFICATE: Final = "naru.peer_certificate"
"""Where the web server leaves the verified DER certificate of the peer."""

LONGEST_ADDRESS: Final = 4_094
"""Octets of an address with its search; a longer search is sent as a form (FHIR R4 3.1.1.4)."""

RETRY_SECONDS: Final = 2
"""After which a busy node is to be asked again."""

_HOST: Final = re.compile(
    r"[A-Za-z0-9.\-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?"
)
_OURS: Final = JsonLimits(size=2**40, depth=200, values=2**40)
"""What we wrote ourselves is not bounded again."""

_CHUNK: Final = 64 * 1024
_ROUTER: Final = Router(INTERACTIONS)
_BUSY: Final = {ErrorCode.XDSRegistryBusy, ErrorCode.XDSRepositoryBusy}
_KNOWN_BY_CONTENT: Final = {Code.CAPABILITIES, Code.TRANSACTION}
"""What is for everybody, and what says only in its body which scopes it needs."""

_AS_NO_PAGE: Final = (("Content-Security-Policy", "sandbox; default-src 'none'"),)
"""A document is somebody else's words: in a browser it may do nothing in the name of this node."""

_WITH_BODY: Final = {"POST", "PUT", "PATCH"}

log = logging.getLogger(__name__)


def answer(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request below `/fhir`."""
    close_old_connections()
    visit = _Visit(environ, start_response)
    try:
        return visit.reply()
    except Refused as refusal:
        return visit.refuse(refusal)
    except MethodNotAllowed as refusal:
        return visit.refuse(_not_allowed(), Allow=", ".join(refusal.allowed))
    except Exception as error:  # noqa: BLE001  # The door's last resort; it is logged and told.
        _log(error)
        return visit.refuse(_ours(error))


def _require_short(environ: Mapping[str, Any]) -> None:
    if len(environ.get("RAW_URI", "")) > LONGEST_ADDRESS:
        raise refused(
            IssueType.TOO_LONG,
            f"An address has at most {LONGEST_ADDRESS} octets; send a search by POST _search.",
            status=HTTPStatus.REQUEST_URI_TOO_LONG,
        )


class _Visit:
    """One request on its way through the door; whatever becomes of it leaves one access record."""

    def __init__(self, environ: dict[str, Any], start_response: "StartResponse") -> None:
        self._environ = environ
        self._start = start_response
        self._method = str(environ["REQUEST_METHOD"])
        self._access = Access(
            transaction="FHIR",  # Until the address says which interaction it is.
            caller=identify.stranger(address=environ.get("REMOTE_ADDR", "")),
            time=timezone.now(),
            endpoint=f"{environ['wsgi.url_scheme']}://{_own_host(environ)}{PATH}",
        )
        self._identified = False
        self._bearer: identify.Bearer | None = None
        self._syntax = Syntax.JSON
        self._pretty = False

    def reply(self) -> Iterable[bytes]:
        """Answer, or pass on what refused it once that is recorded."""
        try:
            return self._reply()
        except Refused as refusal:
            self._refused(*(f"{issue.code}: {issue.sentence}" for issue in refusal.issues))
            raise
        except MethodNotAllowed:
            self._refused("method not allowed")
            raise
        except Exception as error:  # Recorded by its kind, then raised again.
            self._access.failed(error)
            close(self._access)
            raise

    def refuse(self, refusal: Refused, **headers: str) -> Iterable[bytes]:
        """The refusal as an OperationOutcome."""
        if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(RETRY_SECONDS)
        if refusal.status == HTTPStatus.UNAUTHORIZED or isinstance(
            refusal.__cause__, identify.ScopeInsufficient
        ):
            headers["WWW-Authenticate"] = self._challenge()
        outcome = to_operation_outcome(refusal.issues)
        return self._write(Response(resource=outcome, status=refusal.status), headers)

    def _challenge(self) -> str:
        # RFC 6750 section 3: nothing is told to whoever brought no token.
        bare = 'Bearer realm="fhir"'
        if "HTTP_AUTHORIZATION" not in self._environ:
            return bare
        error = "invalid_token" if self._bearer is None else "insufficient_scope"
        return f'{bare}, error="{error}"'

    def _refused(self, *sentences: str) -> None:
        if self._access.recorded is not None:
            return
        self._access.refused(*sentences)
        self._close()

    def _close(self) -> None:
        (close if self._identified else strangers.close)(self._access)

    def _reply(self) -> Iterable[bytes]:
        # Before a byte of the body is read: a stranger gets nothing stored, not even for a while.
        self._identify()
        _require_short(self._environ)
        query = pairs(self._environ.get("QUERY_STRING", ""))
        self._negotiate(query)
        target = _target(self._environ)
        if self._method == "OPTIONS":
            return self._options(target)
        route = _ROUTER.route(self._method, target)
        self._access.transaction = route.interaction.name
        request = self._request(route, target, query)
        cut = subset(request.query, lenient=request.lenient)
        response = self._handle(request)
        if cut and response.resource is not None:
            response = replace(response, resource=cut.of(response.resource))
        self._close()  # Whatever asked no service has left no record yet.
        return self._answer(response, request)

    def _identify(self) -> None:
        certificate, now = self._environ[PEER_CERTIFICATE], self._access.time
        address, bears = self._access.caller.address, self._environ.get("HTTP_AUTHORIZATION")
        try:
            if bears is None:
                self._access.caller = identify.at_wire(certificate, address=address, now=now)
            else:
                self._bearer = identify.by_token(
                    _token(bears), certificate=certificate, address=address, now=now
                )
                self._access.caller = self._bearer.caller
            identify.require_user(self._access.caller)
        except identify.NotIdentified as stranger:
            if _target(self._environ) == METADATA:
                return  # Whoever has no token yet learns here where one is given.
            self._access.user_refused = bears is not None
            raise _login(str(stranger)) from stranger
        self._identified = True

    def _negotiate(self, query: tuple[tuple[str, str], ...]) -> None:
        asked = dict(query)
        if any(sum(name == one for name, _ in query) > 1 for one in ("_format", "_pretty")):
            raise refused(IssueType.INVALID, "_format and _pretty stand once.")
        self._pretty = asked.get("_pretty") == "true"
        syntax = answered_in(self._environ.get("HTTP_ACCEPT", ""), asked.get("_format"))
        # A document is handed out in its own media type, which its interaction compares.
        if syntax is None and not self._asks_for_octets():
            raise refused(
                IssueType.NOT_SUPPORTED,
                "Answers are application/fhir+json or application/fhir+xml of R4.",
                status=HTTPStatus.NOT_ACCEPTABLE,
            )
        self._syntax = syntax or Syntax.JSON

    def _asks_for_octets(self) -> bool:
        return str(self._environ["PATH_INFO"]).startswith(f"{PATH}/Binary/")

    def _request(self, route: Route, target: str, query: tuple[tuple[str, str], ...]) -> Request:
        headers = _headers(self._environ)
        request = Request(
            method=self._method,
            base=f"{self._environ['wsgi.url_scheme']}://{_host(self._environ)}{PATH}",
            target=target,
            access=self._access,
            interaction=route.interaction,
            path=route.path,
            query=query,
            headers=headers,
            preferences=preferences(headers.get("prefer", "")),
            syntax=self._syntax,
            bearer=self._bearer,
        )
        if route.interaction.code not in _KNOWN_BY_CONTENT:
            request.require(route.interaction.name, needs_of(route.interaction))
        if self._method in _WITH_BODY:
            request.body = self._body(route.interaction)
        if route.interaction.code is Code.SEARCH_TYPE and self._method == "POST":
            request.query += _form(request)
        request.asks()
        return request

    def _body(self, interaction: Interaction) -> bytes:
        if self._environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
            raise refused(
                IssueType.NOT_SUPPORTED,
                "A Content-Encoding is not taken.",
                status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            )
        limit = interaction.limits.size
        if int(self._environ.get("CONTENT_LENGTH") or 0) > limit:
            raise too_large(limit)
        body, stream = bytearray(), self._environ["wsgi.input"]
        try:
            while chunk := stream.read(_CHUNK):
                body += chunk
                if len(body) > limit:
                    raise too_large(limit)
        except MimeRefused:
            raise refused(IssueType.STRUCTURE, "The body's transfer was broken off.") from None
        return bytes(body)

    def _handle(self, request: Request) -> Response:
        try:
            return request.interaction.handle(request)
        except RegistryFailure as failure:
            raise _of_registry(failure) from failure

    def _options(self, target: str) -> Iterable[bytes]:
        # Says what is answered; no other origin is invited (no CORS).
        try:
            _ROUTER.route("OPTIONS", target)
        except MethodNotAllowed as known:
            self._close()
            return self._send(HTTPStatus.NO_CONTENT, [("Allow", ", ".join(known.allowed))])
        raise AssertionError("nothing answers OPTIONS")

    def _answer(self, response: Response, request: Request) -> Iterable[bytes]:
        headers = dict(_of_version(response))
        if self._method in {"GET", "HEAD"} and response.version is not None:
            named = request.headers.get("if-none-match", "")
            if any(_is_version(one, response.version) for one in named.split(",")):
                return self._send(HTTPStatus.NOT_MODIFIED, [*headers.items()])
        if response.location is not None:
            headers["Location"] = response.location
        return self._write(response, headers)

    def _write(self, response: Response, headers: Mapping[str, str]) -> Iterable[bytes]:
        if response.octets is not None:
            return self._octets(response, headers)
        resource = response.resource
        if resource is None and response.issues:
            resource = to_operation_outcome(response.issues)
        if resource is None:
            return self._send(response.status, [*headers.items(), ("Content-Length", "0")])
        content = to_json(resource, pretty=self._pretty)
        if self._syntax is Syntax.XML:
            content = to_xml(_whole(content), pretty=self._pretty)
        told = [("Content-Type", self._syntax.content_type), ("Content-Length", str(len(content)))]
        return self._send(response.status, [*told, *headers.items()], (content,))

    def _octets(self, response: Response, headers: Mapping[str, str]) -> Iterable[bytes]:
        octets = response.octets
        assert octets is not None
        told = [("Content-Type", octets.content_type), *_AS_NO_PAGE, *headers.items()]
        if octets.length is not None:
            told.append(("Content-Length", str(octets.length)))
        return self._send(response.status, told, octets.chunks)

    def _send(
        self,
        status: HTTPStatus,
        headers: list[tuple[str, str]],
        chunks: Iterable[bytes] = (),
    ) -> Iterable[bytes]:
        # What concerns a patient is kept by no cache on the way.
        common = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        self._start(f"{status.value} {status.phrase}", [*headers, *common])
        if self._method == "HEAD":
            getattr(chunks, "close", bool)()
            return ()
        return chunks


def _whole(content: bytes) -> Resource:
    """The dict of what we wrote, the parts that are kept as text among it."""
    found = read(content, limits=_OURS)
    assert isinstance(found, dict)
    return found


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise identify.NotIdentified("Only a Bearer token is taken here.")
    return token.strip()


def _login(sentence: str) -> Refused:
    return refused(IssueType.LOGIN, sentence, status=HTTPStatus.UNAUTHORIZED)


def _target(environ: Mapping[str, Any]) -> str:
    path: str = environ["PATH_INFO"]
    return path[len(PATH) :].strip("/")


def _host(environ: Mapping[str, Any]) -> str:
    """The name by which the client knows us; it stands in links that go to this client alone."""
    host: str = environ.get("HTTP_HOST", "")
    if _HOST.fullmatch(host):
        return host
    return _own_host(environ)


def _own_host(environ: Mapping[str, Any]) -> str:
    """Where this is answered by our own names, for the audit: a Host header may say anything."""
    name: str = environ["SERVER_NAME"]
    return f"{f'[{name}]' if ':' in name else name}:{environ['SERVER_PORT']}"


def _headers(environ: Mapping[str, Any]) -> Mapping[str, str]:
    found = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    found["content-type"] = environ.get("CONTENT_TYPE", "")
    return found


def _form(request: Request) -> tuple[tuple[str, str], ...]:
    media = request.headers["content-type"].partition(";")[0].strip().lower()
    if media != FORM:
        if not request.body:
            return ()  # FHIR R4 3.1.1.1: everything may stand in the URL.
        raise refused(
            IssueType.NOT_SUPPORTED,
            f"A search is posted as {FORM}.",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    try:
        return pairs(request.body.decode("ascii"))
    except UnicodeDecodeError:
        raise refused(IssueType.INVALID, "The form is not percent-encoded.") from None


def _of_version(response: Response) -> Iterable[tuple[str, str]]:
    if response.version is not None:
        yield "ETag", f'W/"{response.version}"'
    if response.last_modified is not None:
        yield "Last-Modified", response.last_modified


def _is_version(named: str, version: str) -> bool:
    return named.strip() in {"*", f'W/"{version}"', f'"{version}"'}


def _of_registry(failure: RegistryFailure) -> Refused:
    """A RegistryFailure that its face did not put into FHIR's words itself."""
    busy = any(error.code in _BUSY for error in failure.errors)
    return Refused(
        *(
            Issue(
                IssueType.TRANSIENT if busy else IssueType.PROCESSING,
                error.context,
                detail=error.code.value,
            )
            for error in failure.errors
        ),
        status=HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.BAD_REQUEST,
    )


def _not_allowed() -> Refused:
    return refused(
        IssueType.NOT_SUPPORTED,
        "This method is not answered at this address.",
        status=HTTPStatus.METHOD_NOT_ALLOWED,
    )


def _ours(error: Exception) -> Refused:
    if isinstance(error, AuditUnavailable):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    else:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return refused(IssueType.EXCEPTION, "The request could not be answered.", status=status)


def _log(error: Exception) -> None:
    # Neither the message nor the values of an error are logged: they may name a patient.
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    path = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    log.error("request %s failed: %s at %s", uuid4(), type(error).__name__, path)
