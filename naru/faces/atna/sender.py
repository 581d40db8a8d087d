"""The transports of ITI-20 on the sending side: TLS, TCP and UDP.

Syslog knows no acknowledgement, so the end of a connection stands for one: each batch has a
connection of its own, and is delivered once the peer has ended it after we did. By TLS that is the
close_notify with which a peer must answer ours (RFC 5425 section 4.4); by TCP, that it closed with
nothing left unread. What breaks before that is sent once more. A peer that never answered so is
believed once its machine has all octets and it has not reset the connection.
"""

import fcntl
import socket
import ssl
import struct
import time
from typing import Final, Protocol

from naru.faces.atna.destination import Destination, Transport
from naru.formats.atna import octet_counted

CONNECT_SECONDS: Final = 10.0
SEND_SECONDS: Final = 10.0
"""How long a peer may take nothing at all."""

ANSWER_SECONDS: Final = 5.0
"""How long a peer may take to end a connection after we did: it has to keep what it was sent."""

LARGEST_DATAGRAM: Final = 65_507
"""RFC 5426 section 3.2: what does not fit is cut; UDP over IPv4 carries no more."""

_AT_ONCE: Final = 64 * 1024
"""Octets that are collected before they are handed over: a call for each message costs more."""

_SIOCOUTQ: Final = 0x5411
_LOOK_SECONDS: Final = 0.005


class EndUnanswered(OSError):
    """The peer ended a TLS connection without saying that it had read to the end."""


class Sender(Protocol):
    """Sends messages in order; raises OSError where it cannot tell that all arrived."""

    def send(self, message: bytes) -> None:
        """Send one message, or hold it for the next one or `confirm`."""

    def confirm(self) -> None:
        """Return when all that was sent is taken as delivered."""

    def close(self) -> None:
        """Let the connection go; the next message opens another."""


class StreamSender:
    """TCP, and TLS where there is a context (RFC 5425, RFC 6587)."""

    def __init__(self, destination: Destination, context: ssl.SSLContext | None) -> None:
        self._destination = destination
        self._context = context
        self._socket: socket.socket | None = None
        self._held: list[bytes] = []
        self._holds = 0
        self.ends_are_answered = False
        """Whether the peer is one that ends connections as it should."""

    def send(self, message: bytes) -> None:
        """Send one message, connected anew where the connection has ended."""
        framed = octet_counted(message)
        self._held.append(framed)
        self._holds += len(framed)
        if self._holds >= _AT_ONCE:
            self._hand_over()

    def confirm(self) -> None:
        """End the connection and wait until the peer has ended it too; see above."""
        if self._held:
            self._hand_over()
        if self._socket is None:
            return
        try:
            self._socket = _end(self._socket)
            self.ends_are_answered = True
        except (TimeoutError, EndUnanswered):
            if self.ends_are_answered:
                raise
        _require_taken(self._socket)
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._held, self._holds = [], 0
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _hand_over(self) -> None:
        octets = b"".join(self._held)
        self._held, self._holds = [], 0
        self._connected().sendall(octets)

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = self._connect()
        return self._socket

    def _connect(self) -> socket.socket:
        place = (self._destination.host, self._destination.port)
        plain = socket.create_connection(place, CONNECT_SECONDS)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            plain.settimeout(SEND_SECONDS)
            if self._context is None:
                return plain
            # ITI TF-2 3.19.6.1.3: the certificate is believed or not; its names are not compared.
            return self._context.wrap_socket(plain)
        except BaseException:
            plain.close()
            raise


class UdpSender:
    """UDP (RFC 5426): nobody says whether a datagram arrived."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._socket: socket.socket | None = None

    def send(self, message: bytes) -> None:
        """Send one message in one datagram, cut where it is longer than any."""
        if self._socket is None:
            self._socket = self._open()
        self._socket.send(message[:LARGEST_DATAGRAM])

    def confirm(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        place = (self._destination.host, self._destination.port)
        family, kind, protocol, _, address = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        opened = socket.socket(family, kind, protocol)
        opened.connect(address)
        return opened


def sender(destination: Destination, context: ssl.SSLContext | None) -> Sender:
    """The sender for a destination; `context` is for TLS."""
    if destination.transport is Transport.UDP:
        return UdpSender(destination)
    return StreamSender(destination, context if destination.transport is Transport.TLS else None)


def _end(sock: socket.socket) -> socket.socket:
    """End our side and wait for the peer's; the plain connection that is left."""
    sock.settimeout(ANSWER_SECONDS)
    if isinstance(sock, ssl.SSLSocket):
        try:
            return sock.unwrap()
        except (ConnectionError, TimeoutError):
            raise
        except OSError as error:  # The connection ended, and no close_notify came before.
            raise EndUnanswered("The audit record repository said nothing at the end.") from error
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(4096):
        pass
    return sock


def _require_taken(sock: socket.socket) -> None:
    """Raise OSError unless the peer's machine has every octet and the connection was not reset."""
    deadline = time.monotonic() + SEND_SECONDS
    while _unsent(sock):
        if time.monotonic() > deadline:
            raise TimeoutError("The audit record repository takes nothing.")
        time.sleep(_LOOK_SECONDS)
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, "The audit record repository ended the connection.")


def _unsent(sock: socket.socket) -> int:
    """Octets that the peer's machine has not confirmed yet."""
    answer = fcntl.ioctl(sock.fileno(), _SIOCOUTQ, bytes(4))
    return int(struct.unpack("i", answer)[0])
