"""What runs out at this node: its own certificates, and the generation of keys that seals."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings

from naru.domain.operation import Expiry, Runs
from naru.node import data_checks, master_key
from naru.node.options import NodeOptions
from naru.security.errors import KeyRefused


def expiries() -> tuple[Expiry, ...]:
    """All of them, in no order."""
    options: NodeOptions = settings.NARU
    files = (
        (Runs.AUTHORITY, options.authority / "ca.pem"),
        (Runs.SERVER, _server_file(options)),
        (Runs.CLIENT, options.authority / "client.pem"),
    )
    found = [
        Expiry(kind=kind, name=file.name, ends=_ends(file)) for kind, file in files if file.exists()
    ]
    return (*found, *_keys(options))


def server(options: NodeOptions) -> datetime | None:
    """Until when the certificate holds that the node shows; None where none can be read."""
    return _ends(_server_file(options))


def _server_file(options: NodeOptions) -> Path:
    return Path(options.certificate) if options.certificate else options.authority / "server.pem"


def _keys(options: NodeOptions) -> tuple[Expiry, ...]:
    try:
        ring = master_key.require_opened(options.keys)
    except KeyRefused:
        return (Expiry(kind=Runs.KEYS, name="", ends=None),)
    ends = ring.made(ring.sealing) + data_checks.OLD
    return (Expiry(kind=Runs.KEYS, name=str(ring.sealing), ends=ends),)


def _ends(file: Path) -> datetime | None:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None
