"""The node's own certificate authority: made at first start, it signs for servers and institutions.

    ca/ca.pem       the certificate that peers are given to trust
    ca/ca.key       its key, readable by its owner only
    ca/issued/…     every certificate that was issued, by its serial number, without its key

An operator with an authority of their own gives its certificates to the node in place of these.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from naru.formats.certificate import UNREADABLE
from naru.security.errors import AuthorityMissing, RequestRefused
from naru.security.files import create_once, create_private_folder

AUTHORITY_VALIDITY = timedelta(days=3653)
SERVER_VALIDITY = timedelta(days=397)  # The longest that browsers accept of a server.
CLIENT_VALIDITY = timedelta(days=731)

TEST_VALIDITY = timedelta(days=30)

LARGEST_REQUEST = 64 * 1024
"""Octets of a certificate request: a hundred times what one has."""

LEAST_RSA = 2048
LEAST_EC = 256
_TEST_UNIT = "TEST"

BACKDATED = timedelta(minutes=5)
"""A certificate is valid this long before it was made, for peers whose clock is behind."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_NAME_LENGTH = 64  # RFC 5280 appendix A.1, ub-common-name and ub-organization-name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate with its key. The key is not kept by the authority."""

    certificate: bytes
    """PEM, the certificate alone: the authority's own is what the peer trusts already."""
    key: bytes
    """PEM, PKCS#8, not encrypted."""
    serial: int
    fingerprint_sha256: str
    not_after: datetime

    def save(self, certificate: Path, key: Path) -> None:
        """Write both to files that do not exist yet."""
        for file, content in ((key, self.key), (certificate, self.certificate)):
            if not create_once(file, content):
                raise FileExistsError(f"{file} exists and is not replaced.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate (PEM) for a key that its owner alone has."""

    certificate: bytes
    fingerprint_sha256: str
    not_after: datetime


class Authority:
    """Signs certificates; `now` is always the caller's."""

    def __init__(self, folder: Path) -> None:
        try:
            certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
            key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
        except (OSError, ValueError) as error:
            raise AuthorityMissing(f"There is no usable authority in {folder}.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise AuthorityMissing(f"The authority's key in {folder} is not an EC key.")
        self._folder = folder
        self._certificate = certificate
        self._key = key

    @property
    def certificate(self) -> bytes:
        """The authority's own certificate, PEM."""
        return self._certificate.public_bytes(Encoding.PEM)

    def issue_server(self, names: Sequence[str], now: datetime) -> Issued:
        """For a node that answers under these host names and addresses, and on loopback."""
        every = tuple(dict.fromkeys((*names, *LOOPBACK_NAMES)))
        return self._issue(
            _subject(every[0]),
            [_host(name) for name in every],
            ExtendedKeyUsageOID.SERVER_AUTH,
            now,
            SERVER_VALIDITY,
        )

    def issue_client(self, institution: str, oids: Sequence[str], now: datetime) -> Issued:
        """For an institution that was approved as a participant, known by its OIDs."""
        return self._issue(
            _subject(institution, organization=institution),
            [x509.UniformResourceIdentifier(f"urn:oid:{oid}") for oid in oids],
            ExtendedKeyUsageOID.CLIENT_AUTH,
            now,
            CLIENT_VALIDITY,
        )

    def certify(
        self,
        request: bytes,
        institution: str,
        oids: Sequence[str],
        now: datetime,
        *,
        test: bool = False,
    ) -> Certified:
        """For the key of an institution that asked by a request (PEM, PKCS#10).

        Of the request only the key is believed; the names are those of the approval. A `test`
        certificate says so and is short. Raises RequestRefused.
        """
        key = _key_of(request)
        signed = self._signed(
            _subject(institution, organization=institution, unit=_TEST_UNIT if test else ""),
            [x509.UniformResourceIdentifier(f"urn:oid:{oid}") for oid in oids],
            ExtendedKeyUsageOID.CLIENT_AUTH,
            (now, TEST_VALIDITY if test else CLIENT_VALIDITY),
            key,
        )
        return Certified(
            certificate=self._kept(signed),
            fingerprint_sha256=signed.fingerprint(SHA256()).hex(),
            not_after=signed.not_valid_after_utc,
        )

    def issue_signer(self, person: str, institution: str, now: datetime) -> Issued:
        """For one signature of a person; the key is used once and forgotten by the caller.

        It is valid as long as the authority, so that the paper can be verified while it is kept.
        """
        return self._issue(
            _subject(person, organization=institution),
            [],
            ExtendedKeyUsageOID.EMAIL_PROTECTION,
            now,
            AUTHORITY_VALIDITY,
        )

    def _issue(
        self,
        subject: x509.Name,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
        now: datetime,
        validity: timedelta,
    ) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._signed(subject, names, usage, (now, validity), key.public_key())
        return Issued(
            certificate=self._kept(signed),
            key=_private_pem(key),
            serial=signed.serial_number,
            fingerprint_sha256=signed.fingerprint(SHA256()).hex(),
            not_after=signed.not_valid_after_utc,
        )

    def _signed(
        self,
        subject: x509.Name,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
        life: tuple[datetime, timedelta],
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    ) -> x509.Certificate:
        now, validity = life
        # Nothing may outlive the authority that stands behind it.
        not_after = min(now + validity, self._certificate.not_valid_after_utc)
        builder = _builder(subject, self._certificate.subject, key, now, not_after)
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, SHA256())

    def _kept(self, certificate: x509.Certificate) -> bytes:
        pem = certificate.public_bytes(Encoding.PEM)
        create_once(self._folder / "issued" / f"{certificate.serial_number:x}.pem", pem)
        return pem


def create_authority(folder: Path, now: datetime) -> Authority:
    """Make the authority where there is none, and open it."""
    create_private_folder(folder)
    create_private_folder(folder / "issued")
    # The key first: a crash in between leaves a key for which the certificate is made then.
    create_once(folder / "ca.key", _private_pem(ec.generate_private_key(ec.SECP256R1())))
    if not (folder / "ca.pem").exists():
        key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        certificate = _self_signed(key, now).public_bytes(Encoding.PEM)
        create_once(folder / "ca.pem", certificate)
    return Authority(folder)


def _self_signed(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    # The mark of the key keeps the authorities of two nodes apart where one peer trusts both.
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8]
    subject = _subject(f"Naru local authority {mark}")
    return (
        _builder(subject, subject, key.public_key(), now, now + AUTHORITY_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )


def _key_of(request: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The key of a request that its owner signed (RFC 2986). Raises RequestRefused."""
    if len(request) > LARGEST_REQUEST:
        raise RequestRefused("The certificate request is larger than any.")
    try:
        read = x509.load_pem_x509_csr(request)
        sound = read.is_signature_valid
        key = read.public_key()
    except UNREADABLE as error:
        raise RequestRefused("The certificate request cannot be read.") from error
    if not sound:
        raise RequestRefused("The certificate request is not signed by its own key.")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= LEAST_EC:
        return key
    raise RequestRefused(
        f"The key is neither RSA of {LEAST_RSA} bits or more nor EC of {LEAST_EC}."
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(common_name: str, organization: str = "", unit: str = "") -> x509.Name:
    # Our library counts the octets of a common name where the standard counts characters.
    short = common_name.encode()[:_NAME_LENGTH].decode(errors="ignore")
    name = [x509.NameAttribute(NameOID.COMMON_NAME, short)]
    if organization:
        whole = organization[:_NAME_LENGTH]
        name.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, whole))
    if unit:
        name.insert(-1, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(name)


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
