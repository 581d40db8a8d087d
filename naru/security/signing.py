"""The key by which a node signs the documents that it makes itself, and its certificate.

Both follow from the secret that lasts through every rotation, since a consent is checked decades
after it was signed. They are stored nowhere, and every process has the same. The certificate is the
node's own; whoever checks a signature compares it with the one told at `/.well-known/naru`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from naru.security import keys

_PURPOSE: Final = "sign/documents"
_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2056, 1, 1, tzinfo=UTC)
"""Far beyond any retention period."""
_SERIAL_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate in DER."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes


def signer() -> Signer:
    """What the node signs with now."""
    return _signer(keys.ring().derive(_PURPOSE))


def certificate_pem() -> str:
    """The certificate of what the node signs with now, for whoever checks."""
    return x509.load_der_x509_certificate(signer().certificate).public_bytes(Encoding.PEM).decode()


@lru_cache(maxsize=4)
def _signer(secret: bytes) -> Signer:
    # The order of P-256 is so near to 2**256 that 32 random bytes are a scalar but for 2**-32.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = ec.derive_private_key(int.from_bytes(secret) % (order - 1) + 1, ec.SECP256R1())
    return Signer(key, _certificate(key))


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Naru node {mark.digest.hex()[:8]}")]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(mark.digest[:_SERIAL_BYTES]) | 1)
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(mark, critical=False)
    )
    # Deterministic (RFC 6979), so that every process makes the same certificate.
    return builder.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
