"""Connections to the node: opened outward, kept alive, mutual TLS. Nothing here ever listens."""

import http.client
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakSet

from naru.link.config import Endpoint, LinkConfig
from naru.link.errors import ConfigurationWrong, NodeNotTrusted, NodeUnreachable

# What a connection that the node closed while it was idle may give; the message was not read.
_STALE: Final = (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError)
# What TLS hears from a door that speaks plain HTTP, or that speaks nothing at all.
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
_NO_TLS_THERE: Final = "{}에서 TLS로 응답하지 않습니다. wire 포트가 맞는지 확인하십시오 ({})."
Request = Callable[[], tuple[dict[str, str], Iterable[bytes]]]
"""Makes the headers and the octets anew, each time that they have to be sent."""


class Connections:
    """One kept-alive connection for each host and thread: an EMR may call from several threads."""

    def __init__(self, config: LinkConfig) -> None:
        self._timeout = config.timeout
        doors = (config.registry, config.repository, config.pix, config.fhir, config.token)
        secure = any(door.scheme == "https" for door in doors)
        self._tls = mutual_tls(config) if secure else None
        self._local = threading.local()
        # Those of threads that have ended are gone by themselves.
        self._everyones: WeakSet[http.client.HTTPConnection] = WeakSet()

    def post(self, door: Endpoint, request: Request) -> http.client.HTTPResponse:
        """The node's answer, to be read by the caller."""
        connection = self._connection(door)
        reused = connection.sock is not None
        try:
            return self._send(connection, door, request)
        except _STALE as error:
            connection.close()
            # Every message keeps its ids, so that one which was read after all is not done twice.
            if not reused or isinstance(error, ConnectionRefusedError):
                raise NodeUnreachable(f"{door.host}: {type(error).__name__}") from None
        try:
            return self._send(connection, door, request)
        except _STALE as error:
            connection.close()
            raise NodeUnreachable(f"{door.host}: {type(error).__name__}") from None

    def _send(
        self, connection: http.client.HTTPConnection, door: Endpoint, request: Request
    ) -> http.client.HTTPResponse:
        try:
            headers, body = request()
            connection.request("POST", door.path, body=body, headers=headers)
            return connection.getresponse()
        except _STALE:
            raise
        except ssl.SSLError as error:
            connection.close()
            reason = error.reason or type(error).__name__
            if reason in _NO_TLS:
                at = f"{door.host}:{door.port}"
                raise ConfigurationWrong(
                    f"{at}: {reason}", _NO_TLS_THERE.format(at, reason)
                ) from None
            raise NodeNotTrusted(f"{door.host}: {reason}") from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NodeUnreachable(f"{door.host}: {type(error).__name__}") from None

    def drop(self, door: Endpoint) -> None:
        """Close the connection: its answer was not read to the end."""
        self._connection(door).close()

    def close(self) -> None:
        """Close the connections of every thread."""
        for connection in tuple(self._everyones):
            with suppress(OSError):
                connection.close()

    def _held(self) -> dict[tuple[str, str, int], http.client.HTTPConnection]:
        held: dict[tuple[str, str, int], http.client.HTTPConnection] | None
        held = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = {}
        return held

    def _connection(self, door: Endpoint) -> http.client.HTTPConnection:
        at = (door.scheme, door.host, door.port)
        held = self._held()
        if at not in held:
            held[at] = self._new(door)
            self._everyones.add(held[at])
        return held[at]

    def _new(self, door: Endpoint) -> http.client.HTTPConnection:
        # http.client reads no proxy settings: the message goes where the configuration says.
        if door.scheme == "http":
            return http.client.HTTPConnection(door.host, door.port, timeout=self._timeout)
        return http.client.HTTPSConnection(
            door.host, door.port, timeout=self._timeout, context=self._tls
        )


def mutual_tls(config: LinkConfig) -> ssl.SSLContext:
    """TLS 1.2 or later, our certificate shown, the node's checked against the named authority."""
    assert config.authority is not None
    assert config.certificate is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    files = {"authority": config.authority, "certificate": config.certificate, "key": config.key}
    for name, file in files.items():
        if file is not None:
            _check_readable(name, file)
    try:
        context.load_verify_locations(cafile=str(config.authority))
    except (OSError, ssl.SSLError) as error:
        raise _unusable(f"node.authority {config.authority}", error) from None
    try:
        context.load_cert_chain(str(config.certificate), config.key)
    except (OSError, ssl.SSLError) as error:
        both = f"node.certificate {config.certificate}, node.key {config.key}"
        raise _unusable(both, error) from None
    return context


def _check_readable(name: str, file: Path) -> None:
    try:
        with file.open("rb"):
            return
    except OSError as error:
        raise _unusable(f"node.{name} {file}", error) from None


def _unusable(what: str, error: OSError) -> ConfigurationWrong:
    sentence = f"인증서 파일을 쓸 수 없습니다. {what} 파일을 확인하십시오."
    return ConfigurationWrong(f"{what}: {error.strerror}", sentence)
