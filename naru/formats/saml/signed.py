"""An assertion under its signature: verified first, and read from what was verified."""

import hashlib
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml.etree import _Element, tostring

from naru.domain.assertion import Assertion, AssertionRefused, SecurityFault
from naru.formats.saml.assertion import ASSERTION, issuer_of, read_assertion, write_assertion
from naru.formats.xml import XmlRefused, parse
from naru.formats.xmldsig import (
    PrivateKey,
    PublicKey,
    Signature,
    SignatureReason,
    SignatureRefused,
    read_signature,
    sign,
)

_FAULTS = {
    SignatureReason.MISSING: SecurityFault.InvalidSecurity,
    SignatureReason.FORM: SecurityFault.InvalidSecurity,
    SignatureReason.ALGORITHM: SecurityFault.UnsupportedAlgorithm,
    SignatureReason.DIGEST: SecurityFault.FailedCheck,
}


class Signed:
    """A `domain.assertion.SignedAssertion`: its form and digest are right, its signer unknown."""

    __slots__ = ("_signature", "issuer")

    def __init__(self, signature: Signature, issuer: str) -> None:
        self._signature = signature
        self.issuer = issuer

    def open(self, certificate: bytes) -> Assertion | None:
        """The assertion, if the key of this DER certificate signed it."""
        if not self._signature.is_by(_public_key(certificate)):
            return None
        content = self._signature.content
        try:
            element = parse(content)
        except XmlRefused as refusal:  # Its canonical form may be larger than it was sent.
            raise AssertionRefused(SecurityFault.InvalidSecurityToken, str(refusal)) from None
        return read_assertion(element, hashlib.sha256(content).digest())


def read_signed(element: _Element) -> Signed:
    """The signed assertion that an element is; raises AssertionRefused."""
    if element.tag != ASSERTION:
        raise AssertionRefused(
            SecurityFault.UnsupportedSecurityToken, "Only SAML 2.0 assertions are taken."
        )
    try:
        return Signed(read_signature(element, "ID"), issuer_of(element))
    except SignatureRefused as refusal:
        raise AssertionRefused(_FAULTS[refusal.reason], str(refusal)) from refusal


def sign_assertion(
    assertion: Assertion, key: PrivateKey, certificate: bytes | None = None
) -> bytes:
    """The assertion's XML, signed; the certificate (DER) goes with it as a hint."""
    element = parse(write_assertion(assertion).encode())
    # SAML 2.0 Core 5.4 and the schema: the signature stands behind the issuer.
    sign(element, "ID", key, at=1, certificate=certificate)
    return tostring(element)


@lru_cache(maxsize=256)
def _public_key(certificate: bytes) -> PublicKey:
    # What a certificate holds never changes; whether it is trusted is asked anew each time.
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TypeError("An assertion provider's key is an RSA or an EC key.")
    return key
