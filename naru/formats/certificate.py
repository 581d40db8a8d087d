"""An X.509 certificate from outside, read whole (RFC 5280).

The library reads a certificate's names, extensions and key only when they are asked for, and each
fails by an error of its own. Here all are asked for at once, so that a certificate that was read
does not break whoever looks at it later.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

LARGEST: Final = 64 * 1024
"""No certificate of a participant comes near; a parser need not see more."""

UNREADABLE: Final = (
    *(ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What `cryptography` raises of octets that are not as X.509 wants them."""


class NotACertificate(ValueError):
    """The octets are no certificate, or none that can be read to its end."""


def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate of these octets. Raises NotACertificate."""
    if len(der) > LARGEST:
        raise NotACertificate("The certificate is larger than any of a participant.")
    try:
        found = x509.load_der_x509_certificate(der)
        for name in (found.subject, found.issuer):
            name.rfc4514_string()
        _ = found.extensions, found.public_key()
    except UNREADABLE as error:
        raise NotACertificate("The certificate cannot be read.") from error
    return found


def read_public_key(der: bytes) -> bytes:
    """The SubjectPublicKeyInfo of these octets, as we write it. Raises NotACertificate."""
    try:
        key = load_der_public_key(der)
    except UNREADABLE as error:
        raise NotACertificate("The key cannot be read.") from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_key_of(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo (DER) of a certificate."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
