"""How the node shows who it is by TLS, and whom it believes (ITI TF-2 3.19).

Believed are our own authority and whatever certificates the operator named: those of authorities,
and those of single peers, which are compared as they are (3.19.6.1.1, 3.19.6.1.2). What a
certificate is named for is never asked.
"""

import re
import ssl
from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.security.authority import Authority

RENEW_BEFORE: Final = timedelta(days=30)
"""A certificate of ours that ends within this time is replaced at the next start."""

LARGEST_FILE: Final = 4 * 1024 * 1024
"""More than all the certificates of a country's hospitals."""

SUITES: Final = "ECDHE+AESGCM:DHE+AESGCM:ECDHE+CHACHA20"
"""TLS 1.2: the four suites of ITI TF-2 3.19.6.2.3, and their like with ECDSA or ChaCha20."""

_GROUP: Final = Path(__file__).with_name("data") / "ffdhe3072.pem"  # RFC 7919, for DHE suites.
_PEM: Final = b"-----BEGIN"
_BLOCK: Final = re.compile(rf"{ssl.PEM_HEADER}.*?{ssl.PEM_FOOTER}", re.DOTALL)
_FOR_EVERY_PURPOSE: Final = bytes.fromhex("30083006 0604551d2500")
"""What OpenSSL's trusted certificate has behind the certificate: SEQUENCE { SEQUENCE { OID } }, the
OID being anyExtendedKeyUsage."""


class CertificatesRefused(Exception):
    """A file named by the operator holds no certificate or key; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The files by which the node shows who it is; `trusted` are those whom it believes."""

    certificate: Path
    key: Path
    trusted: tuple[Path, ...]


def server_identity(options: NodeOptions) -> Identity:
    """What the listeners show: what was given, or what our authority issues at the first start."""
    return _identity(options, "server")


def client_identity(options: NodeOptions) -> Identity:
    """What the node shows where it connects to others: the same if given, else one of our own."""
    return _identity(options, "client")


def mutual_tls(identity: Identity) -> ssl.SSLContext:
    """A server's TLS context that admits only peers whose certificate is believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _equip(context, identity)
    context.load_dh_params(str(_GROUP))
    return context


def outgoing(options: NodeOptions) -> ssl.SSLContext:
    """A client's TLS context that shows who we are and believes whom the listeners believe."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ITI TF-2 3.19.6.1.3: a host name in a certificate adds a way to fail and no security.
    context.check_hostname = False
    _equip(context, client_identity(options))
    return context


def require_readable(options: NodeOptions) -> None:
    """Raise CertificatesRefused where a file that was named is not what it should be."""
    if bool(options.certificate) != bool(options.key):
        raise CertificatesRefused("--certificate and --key belong together: give both or neither")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.certificate and options.key:
        _show(context, options.certificate, options.key)
    for file in options.trust:
        _believe(context, file)


def der(file: Path) -> bytes:
    """The first certificate of a file, DER whatever it was. Raises CertificatesRefused."""
    return next(_certificates(file))


def _equip(context: ssl.SSLContext, identity: Identity) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # BCP 195 (RFC 9325 section 3.1.1).
    context.set_ciphers(SUITES)
    context.verify_mode = ssl.CERT_REQUIRED
    # A certificate that is believed needs nobody above it: so a single peer's can be named.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    _show(context, identity.certificate, identity.key)
    for file in identity.trusted:
        _believe(context, file)


def _show(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise CertificatesRefused(
            f"{certificate} and {key} are no certificate with its key: {_words(error)}"
        ) from error


def _believe(context: ssl.SSLContext, file: Path) -> None:
    """Believe what a file holds as it is, whatever purpose it says it is for.

    ITI TF-2 3.19.6.1.3: no content of a certificate is required. OpenSSL asks no purpose of one
    that it was told to trust for every purpose, and reads that from a file alone.
    """
    with NamedTemporaryFile("wb", suffix=".pem") as named:
        named.writelines(map(_trusted, _certificates(file)))
        named.flush()
        try:
            context.load_verify_locations(cafile=named.name)
        except OSError as error:
            raise CertificatesRefused(f"{file} holds no certificate: {_words(error)}") from error


def _trusted(certificate: bytes) -> bytes:
    octets = encodebytes(certificate + _FOR_EVERY_PURPOSE)
    kind = b"TRUSTED CERTIFICATE-----\n"
    return b"-----BEGIN " + kind + octets + b"-----END " + kind


def _certificates(file: Path) -> Iterator[bytes]:
    """Each certificate of a file, DER; one alone may be BER (ITI TF-2 3.19.6.1.1).

    Raises CertificatesRefused, and where there is none.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CertificatesRefused(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise CertificatesRefused(f"{file} is larger than any list of certificates")
    if _PEM not in content:
        yield content
        return
    blocks = _BLOCK.findall(content.decode("ascii", "replace"))
    try:
        yield from [ssl.PEM_cert_to_DER_cert(block) for block in blocks]
    except ValueError as error:
        raise CertificatesRefused(f"{file} holds no certificate") from error
    if not blocks:
        raise CertificatesRefused(f"{file} holds no certificate")


def _no_password() -> str:
    raise ValueError("a key with a password cannot be used")


def _words(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error)


def _identity(options: NodeOptions, purpose: str) -> Identity:
    trusted = (options.authority / "ca.pem", *options.trust)
    if options.certificate and options.key:
        _own_authority(options)
        return Identity(options.certificate, options.key, trusted)
    certificate = options.authority / f"{purpose}.pem"
    key = options.authority / f"{purpose}.key"
    _issue(options, purpose, certificate, key)
    return Identity(certificate, key, trusted)


def _own_authority(options: NodeOptions) -> "Authority":
    from django.utils import timezone

    from naru.security.authority import create_authority

    return create_authority(options.authority, timezone.now())


def _issue(options: NodeOptions, purpose: str, certificate: Path, key: Path) -> None:
    """Make the certificate where there is none, and anew before it ends."""
    from cryptography import x509
    from django.utils import timezone

    now = timezone.now()
    authority = _own_authority(options)
    if certificate.exists():
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        if held.not_valid_after_utc - now < RENEW_BEFORE:
            certificate.unlink()
            key.unlink(missing_ok=True)
    if not certificate.exists():
        key.unlink(missing_ok=True)  # Left alone by a start that was killed in between.
        names = [host.strip("[]") for host in options.hosts]
        oids = [options.oid_root] if options.oid_root else []
        issued = (
            authority.issue_server(names, now)
            if purpose == "server"
            else authority.issue_client(names[0], oids, now)
        )
        issued.save(certificate, key)
