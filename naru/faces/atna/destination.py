"""Where audit messages are sent: a transport, a host and a port."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class Transport(StrEnum):
    """How a syslog message travels (ITI TF-2 3.20.4.1.2.1)."""

    TLS = "tls"  # RFC 5425.
    TCP = "tcp"  # RFC 6587: inside a network that is protected otherwise.
    UDP = "udp"  # RFC 5426.


PORTS: Final = {Transport.TLS: 6514, Transport.TCP: 601, Transport.UDP: 514}
"""What IANA gave to syslog by each transport."""


class DestinationRefused(ValueError):
    """The words name no audit record repository; the sentence is for the operator."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One audit record repository; `url` is how the operator wrote it."""

    url: str
    transport: Transport
    host: str
    port: int


def read_destination(url: str) -> Destination:
    """Read `tls://host:port`; without a port it is syslog's own. Raises DestinationRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DestinationRefused(f"{url} is no address: {error}") from error
    if parts.scheme not in set(Transport) or not parts.hostname or parts.path.strip("/"):
        raise DestinationRefused(f"{url} is not tls://, tcp:// or udp:// with host and port")
    transport = Transport(parts.scheme)
    return Destination(url, transport, parts.hostname, port or PORTS[transport])
