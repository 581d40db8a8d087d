"""Whether the certificate of a signature is believed: a chain to one that is (RFC 5280).

Those that are believed are our own authority and those of `NARU_SIGNERS`; beside them the node's
own signing certificate. Whether a certificate was revoked, who issued it knows.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from naru.formats.certificate import UNREADABLE, NotACertificate, read_certificate
from naru.security.signing import signer

DEEPEST: Final = 4
"""Certificates between the signer's and the one that is believed."""


class SignerUntrusted(ValueError):
    """The certificate leads to nobody who is believed, or not at that time."""


def is_own(certificate: bytes) -> bool:
    """Whether this node signs by it."""
    return certificate == signer().certificate


def is_below(certificate: bytes, file: Path) -> bool:
    """Whether an authority of this file issued it itself."""
    known = x509.load_der_x509_certificate(certificate)
    return any(_issued(known, one) for one in _anchors(file, _changed(file)))


def check(
    certificates: Sequence[bytes], *, believed: Iterable[Path], at: Sequence[datetime]
) -> None:
    """Raise SignerUntrusted unless the first certificate is believed at each of these times.

    The others are those that came along. `believed` are files of PEM certificates; one that is not
    there believes nobody.
    """
    if is_own(certificates[0]):
        return
    anchors = [one for file in believed for one in _anchors(file, _changed(file))]
    try:
        chain = list(map(read_certificate, certificates))
    except NotACertificate:
        raise SignerUntrusted("A certificate cannot be read.") from None
    if not all(_leads(chain[0], chain[1:], anchors, time) for time in at):
        raise SignerUntrusted("The certificate is not believed.")


def _leads(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    time: datetime,
    depth: int = 0,
) -> bool:
    if depth > DEEPEST or not _valid(certificate, time) or not _may_sign(certificate, depth):
        return False
    if certificate in anchors or any(
        _issued(certificate, one) and _valid(one, time) for one in anchors
    ):
        return True
    return any(
        _issued(certificate, one) and _leads(one, others, anchors, time, depth + 1)
        for one in others
        if one != certificate
    )


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return _is_authority(issuer)


def _may_sign(certificate: x509.Certificate, depth: int) -> bool:
    """RFC 5280 4.2.1.3, 4.2.1.9: an authority signs certificates, others what is not one."""
    if depth:
        return _is_authority(certificate)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _valid(certificate: x509.Certificate, time: datetime) -> bool:
    return certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _anchors(file: Path, changed: int) -> tuple[x509.Certificate, ...]:
    """What a file holds, read again when it has changed."""
    if not changed:
        return ()
    try:
        read = x509.load_pem_x509_certificates(file.read_bytes())
        return tuple(read_certificate(one.public_bytes(Encoding.DER)) for one in read)
    except (OSError, *UNREADABLE):
        return ()
