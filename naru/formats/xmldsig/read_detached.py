"""Reading a detached signature (IHE DSG, ITI TF-3 5.5), strict by design.

XAdES in DSG's form: references to documents by URI with their SHA-256, and one to the signed
properties, which name the signer's certificate and the time. Everything that is handed on was
signed. The long-term parts, which stand outside of what is signed, are not read. Our parser keeps
no comments, so that a signature over comments of its own does not hold.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from lxml.etree import _Element

from naru.domain.detached_signature import DetachedSignature, SignatureBroken
from naru.domain.moments import in_utc
from naru.formats.certificate import NotACertificate, read_certificate
from naru.formats.xml import XmlLimits, XmlRefused, parse
from naru.formats.xml.namespaces import DS, XADES
from naru.formats.xmldsig.algorithms import DIGEST_SHA256, METHODS

LARGEST: Final = 256 * 1024
"""Octets of a signature with its certificates; one of a paper has a few thousand."""
MOST_REFERENCES: Final = 100
MOST_CERTIFICATES: Final = 8

# Whether comments count, and whether only what is used of the namespaces. Canonical XML 1.1 differs
# from 1.0 only in attributes of the xml namespace, which are refused.
_C14N: Final[Mapping[str, tuple[bool, bool]]] = {
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": (False, True),  # ITI TF-3 5.5.2.
    "http://www.w3.org/2006/12/xml-c14n11": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
}
_PLAIN: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
"""What a reference without a transform means (XML Signature 1.1, 4.4.3.2)."""
_WHOLE_SET: Final = "0"
"""The digest of a SubmissionSet, which has no octets (5.5.3.1)."""

_OF_XML: Final = etree.XPath(
    "boolean(//@*[namespace-uri() = 'http://www.w3.org/XML/1998/namespace'])"
)
_ODDITIES: Final = etree.XPath("boolean(//processing-instruction())")
_WITH_ID: Final = etree.XPath("//*[@Id = $id or @ID = $id or @id = $id]")
_NAMES: Final = {"ds": DS, "x": XADES}


def read_detached(octets: bytes) -> DetachedSignature:
    """The signature, if it is whole: its value, its signed properties, its certificate.

    Raises SignatureBroken. Whose it is, and whether the documents are those that were signed, is
    for the caller to compare.
    """
    if len(octets) > LARGEST:
        raise SignatureBroken("The signature is larger than any.")
    try:
        root = parse(octets, limits=XmlLimits())
    except XmlRefused:
        raise SignatureBroken("The signature is no XML.") from None
    if root.tag != f"{{{DS}}}Signature" or _ODDITIES(root) or _OF_XML(root):
        raise SignatureBroken("The document is no signature of DSG's form.")
    return _read(root)


def _read(root: _Element) -> DetachedSignature:
    signed_info, value = _one(root, "ds:SignedInfo"), _one(root, "ds:SignatureValue")
    properties = _one(root, ".//x:SignedProperties")
    certificates = tuple(
        _octets(one) for one in _all(root, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")
    )
    if not 0 < len(certificates) <= MOST_CERTIFICATES:
        raise SignatureBroken("The signature brings no certificate, or too many.")
    digests = _digests(signed_info, properties)
    certificates = _signer_first(properties, certificates)
    _check_value(signed_info, value, certificates[0])
    return DetachedSignature(
        digests=digests,
        certificates=certificates,
        time=_time(properties),
        purpose=_purpose(properties),
    )


def _digests(signed_info: _Element, properties: _Element) -> dict[str, bytes]:
    """Those of the documents; the one of the signed properties must be there, and right."""
    found: dict[str, bytes] = {}
    references = _all(signed_info, "ds:Reference")
    if len(references) > MOST_REFERENCES:
        raise SignatureBroken("The signature has more references than any.")
    of_properties = 0
    for one in references:
        uri = one.get("URI") or ""
        if uri.startswith("#"):
            _check_properties(one, uri, properties)
            of_properties += 1
        elif _text(_one(one, "ds:DigestValue")) != _WHOLE_SET:
            if not uri or uri in found or _all(one, "ds:Transforms"):
                raise SignatureBroken("A reference names no document, or one twice.")
            found[uri] = _digest(one)
    if of_properties != 1 or not found:
        raise SignatureBroken("What is signed lacks the documents or the signed properties.")
    return found


def _check_properties(reference: _Element, uri: str, properties: _Element) -> None:
    identity = properties.get("Id") or ""
    same = cast("list[_Element]", _WITH_ID(properties, id=identity))
    # Nothing else may be meant by the id, whatever a library on the way takes for one.
    if uri != f"#{identity}" or same != [properties]:
        raise SignatureBroken("The reference is not to the signed properties.")
    transforms = _all(reference, "ds:Transforms/ds:Transform")
    if len(transforms) > 1:
        raise SignatureBroken("The signed properties are transformed.")
    method = transforms[0].get("Algorithm") if transforms else _PLAIN
    digest = hashlib.sha256(_canonical(properties, method or "")).digest()
    if not hmac.compare_digest(digest, _digest(reference)):
        raise SignatureBroken("The signed properties were changed.")


def _signer_first(properties: _Element, certificates: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """XAdES 7.2.2: the properties name the signer's certificate, so that no other is taken for it.

    Either version of the element, of which the first certificate is the signer's.
    """
    named = _all(properties, ".//x:SigningCertificate | .//x:SigningCertificateV2")
    digests = _all(named[0], "x:Cert/x:CertDigest") if len(named) == 1 else []
    if not digests:
        raise SignatureBroken("The signed properties name no certificate.")
    wanted = _digest(digests[0])
    for one in certificates:
        if hmac.compare_digest(hashlib.sha256(one).digest(), wanted):
            return (one, *(other for other in certificates if other is not one))
    raise SignatureBroken("The certificate is not the one that was signed.")


def _check_value(signed_info: _Element, value: _Element, certificate: bytes) -> None:
    method = METHODS.get(_one(signed_info, "ds:SignatureMethod").get("Algorithm") or "")
    c14n = _one(signed_info, "ds:CanonicalizationMethod").get("Algorithm") or ""
    try:
        key = read_certificate(certificate).public_key()
    except NotACertificate:
        raise SignatureBroken("The signer's certificate cannot be read.") from None
    if method is None or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise SignatureBroken("The signature's algorithm is not accepted.")
    if not method.holds(key, _octets(value), _canonical(signed_info, c14n)):
        raise SignatureBroken("The signature is not by the certificate's key.")


def _canonical(element: _Element, algorithm: str) -> bytes:
    if algorithm not in _C14N:
        raise SignatureBroken("The canonicalisation is not accepted.")
    exclusive, comments = _C14N[algorithm]
    # The canonical form of a part has all namespaces that are in scope there, and lxml writes those
    # that the part itself declares: so they are declared there.
    in_scope = cast("dict[str, str]", element.nsmap)  # The default one's prefix is None.
    alone = etree.Element(element.tag, nsmap=in_scope)
    alone.text = element.text
    for name, value in element.attrib.items():
        alone.set(name, value)
    alone.extend(_copied(element))
    return etree.tostring(alone, method="c14n", exclusive=exclusive, with_comments=comments)


def _copied(element: _Element) -> list[_Element]:
    source = etree.fromstring(etree.tostring(element, with_tail=False))
    return list(source)


def _time(properties: _Element) -> datetime:
    try:
        time = datetime.fromisoformat(_text(_one(properties, ".//x:SigningTime")))
    except ValueError:
        raise SignatureBroken("The signing time is none.") from None
    if time.tzinfo is None:
        raise SignatureBroken("The signing time has no zone.")
    try:
        return in_utc(time)
    except ValueError:
        raise SignatureBroken("The signing time is none.") from None


def _purpose(properties: _Element) -> str:
    found = _all(properties, ".//x:CommitmentTypeId/x:Identifier")
    return _text(found[0]).removeprefix("urn:oid:") if found else ""


def _digest(reference: _Element) -> bytes:
    # ITI TF-3 5.5.2: shall use sha256.
    if _one(reference, "ds:DigestMethod").get("Algorithm") != DIGEST_SHA256:
        raise SignatureBroken("A digest is not SHA-256.")
    return _octets(_one(reference, "ds:DigestValue"))


def _all(element: _Element, path: str) -> list[_Element]:
    return cast("list[_Element]", element.xpath(path, namespaces=_NAMES))


def _one(element: _Element, path: str) -> _Element:
    found = _all(element, path)
    if len(found) != 1:
        raise SignatureBroken("A part of the signature is missing, or stands twice.")
    return found[0]


def _text(element: _Element) -> str:
    if len(element):
        raise SignatureBroken("A value in the signature holds elements.")
    return (element.text or "").strip()


def _octets(element: _Element) -> bytes:
    try:
        return base64.b64decode("".join(_text(element).split()), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureBroken("A value in the signature is not base64.") from None
