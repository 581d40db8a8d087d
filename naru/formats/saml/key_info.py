"""The key of a subject whom holding it confirms (SAML 2.0 Profiles 3.1; XML Signature 4.5)."""

import base64
import binascii
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml.etree import _Element

from naru.formats.certificate import public_key_of, read_certificate, read_public_key
from naru.formats.saml.elements import invalid
from naru.formats.xml.namespaces import DS

_DSIG11: Final = "http://www.w3.org/2009/xmldsig11#"
_CERTIFICATE: Final = f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"
_RSA_KEY: Final = f"{{{DS}}}KeyInfo/{{{DS}}}KeyValue/{{{DS}}}RSAKeyValue"
_DER_KEY: Final = f"{{{DS}}}KeyInfo/{{{_DSIG11}}}DEREncodedKeyValue"
_MOST_KEYS: Final = 8


def from_xml(data: _Element) -> tuple[bytes, ...]:
    """Each key that confirms the subject, as SubjectPublicKeyInfo; other forms confirm nobody."""
    certificates, rsa_keys = data.findall(_CERTIFICATE), data.findall(_RSA_KEY)
    plain = data.findall(_DER_KEY)
    if len(certificates) + len(rsa_keys) + len(plain) > _MOST_KEYS:
        raise invalid("The subject is confirmed by too many keys.")
    try:
        return (
            *(public_key_of(read_certificate(_octets(one))) for one in certificates),
            *(_of_numbers(one) for one in rsa_keys),
            *(read_public_key(_octets(one)) for one in plain),
        )
    except ValueError:  # Of base64, of numbers that are no key, and NotACertificate.
        raise invalid("A key that confirms the subject cannot be read.") from None


def to_xml(keys: tuple[bytes, ...]) -> str:
    """A ds:KeyInfo for each key, in the form that any algorithm has."""
    return "".join(
        f'<ds:KeyInfo xmlns:ds="{DS}"><dsig11:DEREncodedKeyValue xmlns:dsig11="{_DSIG11}">'
        f"{base64.b64encode(key).decode()}</dsig11:DEREncodedKeyValue></ds:KeyInfo>"
        for key in keys
    )


def _octets(element: _Element | None) -> bytes:
    if element is None or len(element):
        raise ValueError
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except binascii.Error:
        raise ValueError from None


def _of_numbers(element: _Element) -> bytes:
    modulus, exponent = (
        int.from_bytes(_octets(element.find(f"{{{DS}}}{name}"))) for name in ("Modulus", "Exponent")
    )
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
