"""The certificate of whoever is at the other end of the connection being answered."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

ENVIRON_KEY = "naru.peer_certificate"

_current = threading.local()


@contextmanager
def connection(sock: socket) -> Iterator[None]:
    """Say for this thread which connection it answers."""
    _current.certificate = (
        sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    )
    try:
        yield
    finally:
        _current.certificate = None


def certificate() -> bytes | None:
    """The verified DER certificate of the peer; None where the connection has none."""
    return getattr(_current, "certificate", None)
