"""Who at the institution asks, told to the node with each request (ITI-40, X-Service User)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from naru.domain.assertion import Assertion, Authentication, Claims, Subject
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.formats.saml import sign_assertion, write_security
from naru.formats.xmldsig import PrivateKey
from naru.link.config import LinkConfig
from naru.link.errors import ConfigurationWrong

LIFETIME: Final = timedelta(minutes=5)
"""An assertion of our own is made anew for each use of `speaking_for`; the node's clock may lag."""

PURPOSES: Final = "2.16.840.1.113883.5.8"
"""HL7 v3 ActReason, of which purposes of use are (TREAT, ETREAT)."""

_UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
_assertion: ContextVar[bytes] = ContextVar("assertion", default=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of the EMR. `id` is the EMR's own name for them, `signed_in` when they signed in.

    `role` and `purpose` are codes that the node knows; `patient` narrows what may be seen to one.
    """

    id: str
    name: str
    signed_in: datetime
    role: Code | None = None
    purpose: Code | None = None
    patient: Identifier | None = None
    context: str = _UNSPECIFIED
    """How they signed in, as a SAML authentication context class."""


@contextmanager
def bearing(assertion: bytes) -> Iterator[None]:
    """Inside, each request of this thread or task carries this signed assertion."""
    before = _assertion.set(assertion)
    try:
        yield
    finally:
        _assertion.reset(before)


def security() -> str:
    """The wsse:Security of a request that is made now; empty where nobody is told."""
    borne = _assertion.get()
    return write_security(borne) if borne else ""


def assertion_borne() -> bytes:
    """The signed assertion of who asks now; empty where nobody is told."""
    return _assertion.get()


def vouched(config: LinkConfig, user: User, now: datetime) -> bytes:
    """An assertion of our own, signed by the key that the node trusts for our users.

    Raises ConfigurationWrong where `[assertion]` or the key is missing.
    """
    own = config.assertion
    if own is None:
        raise ConfigurationWrong("the table [assertion] is missing")
    assertion = Assertion(
        id=f"_{uuid4()}",
        issuer=own.issuer,
        issued=now,
        subject=Subject(name=user.id),
        not_before=now,
        not_on_or_after=now + LIFETIME,
        audiences=(frozenset({own.audience}),),
        authentications=(Authentication(time=user.signed_in, context=user.context),),
        claims=_claims(config, user),
    )
    try:
        key = load_pem_private_key(own.key.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(own.certificate.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationWrong(f"assertion: {type(error).__name__}") from None
    return sign_assertion(assertion, _usable(key), certificate.public_bytes(Encoding.DER))


def _claims(config: LinkConfig, user: User) -> Claims:
    return Claims(
        names=(user.name,),
        organizations=(config.institution.name,),
        organization_ids=(f"urn:oid:{config.institution.oid}",),
        roles=(user.role,) if user.role else (),
        purposes=(user.purpose,) if user.purpose else (),
        patients=(user.patient,) if user.patient else (),
    )


def _usable(key: object) -> PrivateKey:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigurationWrong("assertion.key is neither an RSA nor an EC key")
    return key
