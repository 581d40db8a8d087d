"""Assertion providers of the tests: their keys, and what they say of made-up people."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from naru.domain.assertion import Assertion, Authentication, Claims, Subject
from naru.domain.codes import Code, LocalizedString
from naru.formats.saml import sign_assertion
from naru.formats.xmldsig import PrivateKey

ISSUER = "urn:example:assertion-provider"
AUDIENCE = "urn:oid:2.999.1"
PHYSICIAN = Code("221", "1.2.410.100110.40.2.2.3", (LocalizedString("의사"),))
CLINICIAN = Code("HCP", "2.16.756.5.30.1.127.3.10.6", (LocalizedString("Healthcare professional"),))
TREATMENT = Code("TREAT", "2.16.840.1.113883.1.11.20448")


@dataclass(frozen=True)
class Provider:
    """An X-Assertion Provider with its key and its self-signed certificate."""

    key: PrivateKey
    issuer: str = ISSUER
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificate", _self_signed(self.key))

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def says(self, now: datetime | None = None, **changed: Any) -> bytes:
        """A signed assertion of five minutes; `changed` are fields of it."""
        return self.sign(replace(assertion(now, issuer=self.issuer), **changed))

    def sign(self, value: Assertion) -> bytes:
        return sign_assertion(value, self.key, self.der)


def assertion(now: datetime | None = None, *, issuer: str = ISSUER) -> Assertion:
    """A physician of 2.999.3.1 who treats, authenticated a minute ago."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    return Assertion(
        id=f"_{uuid4()}",
        issuer=issuer,
        issued=now,
        subject=Subject(name="kim.haneul", alias="KH"),
        not_before=now,
        not_on_or_after=now + timedelta(minutes=5),
        audiences=(frozenset({AUDIENCE}),),
        authentications=(
            Authentication(
                time=now - timedelta(minutes=1),
                context="urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
            ),
        ),
        claims=Claims(
            names=("김하늘",),
            organizations=("하늘의원",),
            organization_ids=("urn:oid:2.999.3.1",),
            roles=(CLINICIAN,),
            purposes=(TREATMENT,),
        ),
    )


@cache
def rsa_provider() -> Provider:
    return Provider(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@cache
def ec_provider() -> Provider:
    return Provider(ec.generate_private_key(ec.SECP256R1()))


def _self_signed(key: PrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test assertion provider")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, SHA256())
    )
