"""What `naru doctor` asks about audit record repositories and the certificates that were named."""

import socket

from naru.faces.atna.destination import (
    Destination,
    DestinationRefused,
    Transport,
    read_destination,
)
from naru.node import tls
from naru.node.finding import Finding
from naru.node.options import NodeOptions

SECONDS = 3.0
"""How long a repository may take to answer; what waits for it is kept in any case."""


def audit_destinations(options: NodeOptions) -> Finding:
    """Every repository to which audit messages go can be reached, and believes us."""
    away = [url for url in options.audit_to if not _is_reached(options, url)]
    return Finding(
        what=f"audit record repositories {', '.join(options.audit_to) or '-'}",
        well=not away,
        korean=f"감사기록을 받지 않는 곳: {', '.join(away)}. 보낼 기록은 보관되어 있습니다. "
        "주소와 인증서(--audit-to, --trust)를 살펴보십시오.",
        english=f"Not taking audit messages: {', '.join(away)}. What waits for them is kept. "
        "Look at --audit-to and --trust.",
    )


def given_certificates(options: NodeOptions) -> Finding:
    """What --certificate, --key and --trust name is what it should be."""
    try:
        tls.require_readable(options)
    except tls.CertificatesRefused as refused:
        return Finding(
            what="given certificates",
            well=False,
            korean="쓸 수 없는 인증서나 키가 있습니다. 아래 영어 문장이 어느 파일인지 말합니다.",
            english=str(refused),
        )
    return Finding(what="given certificates")


def _is_reached(options: NodeOptions, url: str) -> bool:
    try:
        return _answers(options, read_destination(url))
    except (OSError, DestinationRefused, tls.CertificatesRefused):
        return False


def _answers(options: NodeOptions, destination: Destination) -> bool:
    place = (destination.host, destination.port)
    if destination.transport is Transport.UDP:
        return bool(socket.getaddrinfo(*place))  # Nobody answers a datagram; the name must do.
    with socket.create_connection(place, SECONDS) as plain:
        # Before the first start there is nothing to show, and a check makes nothing.
        shows = options.certificate or (options.authority / "client.pem").exists()
        if destination.transport is Transport.TLS and shows:
            tls.outgoing(options).wrap_socket(plain).close()
    return True
