"""How the TLS listener shows who it is, and whom it believes (ITI TF-2 3.19)."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from naru.node.options import NodeOptions

RENEW_BEFORE: Final = timedelta(days=30)
"""A server certificate that ends within this time is replaced at the next start."""


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The files by which the TLS listener shows who it is and whom it believes."""

    certificate: Path
    key: Path
    authorities: Path


def server_identity(options: NodeOptions) -> ServerIdentity:
    """The TLS listener's files, made at the first start and renewed before they end."""
    from cryptography import x509
    from django.utils import timezone

    from naru.security.authority import create_authority

    now = timezone.now()
    authority = create_authority(options.authority, now)
    certificate = options.authority / "server.pem"
    key = options.authority / "server.key"
    if certificate.exists():
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        if held.not_valid_after_utc - now < RENEW_BEFORE:
            certificate.unlink()
            key.unlink(missing_ok=True)
    if not certificate.exists():
        key.unlink(missing_ok=True)  # Left alone by a start that was killed in between.
        names = [host.strip("[]") for host in options.hosts]
        authority.issue_server(names, now).save(certificate, key)
    return ServerIdentity(certificate, key, options.authority / "ca.pem")


def mutual_tls(identity: ServerIdentity) -> ssl.SSLContext:
    """A server's TLS context that admits only peers with a certificate of our authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # ITI TF-2 3.19.6.1.1: BCP 195.
    context.load_cert_chain(identity.certificate, identity.key)
    context.load_verify_locations(identity.authorities)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
