"""Who stands at the other end of a mutual TLS connection."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from naru.formats.certificate import UNREADABLE, NotACertificate, public_key_of, read_certificate
from naru.security.errors import CertificateUnreadable

LEAST_RSA = 2048
"""Bits of an RSA key whose signatures are believed."""

_URN_OID = "urn:oid:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCertificate:
    """What a certificate says. That it is trusted was the TLS layer's to decide."""

    fingerprint_sha256: str
    """Lower-case hex over the DER: what the directory keeps of an approved participant."""
    subject: str
    """RFC 4514, for the audit."""
    organization: str
    common_name: str
    oids: tuple[str, ...]
    """From the URIs `urn:oid:…` of the subject's alternative names, in their order."""
    serial: int
    not_before: datetime
    not_after: datetime

    @property
    def oid(self) -> str:
        """The first OID, or an empty string."""
        return self.oids[0] if self.oids else ""


@lru_cache(maxsize=1024)  # The same institutions come again and again.
def read_peer(der: bytes) -> PeerCertificate:
    """Read a certificate that the TLS layer verified, as `ssl` hands it over."""
    return _read(_certificate(der))


def read_signer(der: bytes) -> PeerCertificate:
    """Read the certificate of somebody whose signatures are to be believed.

    Raises CertificateUnreadable also where its key is of no kind by which assertions are signed.
    """
    signer = read_peer(der)
    key = _certificate(der).public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA:
        return signer
    if isinstance(key, ec.EllipticCurvePublicKey):
        return signer
    raise CertificateUnreadable(f"The key is neither RSA of {LEAST_RSA} bits or more nor EC.")


def der_of(pem: bytes) -> bytes:
    """The DER of a PEM certificate. Raises CertificateUnreadable."""
    try:
        return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except UNREADABLE as error:
        raise CertificateUnreadable("The certificate cannot be read.") from error


@lru_cache(maxsize=1024)
def public_key(der: bytes) -> bytes:
    """The SubjectPublicKeyInfo (DER) of a peer's certificate. Raises CertificateUnreadable."""
    return public_key_of(_certificate(der))


def _certificate(der: bytes) -> x509.Certificate:
    try:
        return read_certificate(der)
    except NotACertificate as error:
        raise CertificateUnreadable(str(error)) from error


def _read(certificate: x509.Certificate) -> PeerCertificate:
    return PeerCertificate(
        fingerprint_sha256=certificate.fingerprint(SHA256()).hex(),
        subject=certificate.subject.rfc4514_string(),
        organization=_attribute(certificate.subject, NameOID.ORGANIZATION_NAME),
        common_name=_attribute(certificate.subject, NameOID.COMMON_NAME),
        oids=_oids(certificate),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _attribute(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""


def _oids(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    return tuple(uri.removeprefix(_URN_OID) for uri in uris if uri.startswith(_URN_OID))
