"""A detached signature of one document (IHE DSG, ITI TF-3 5.5.3), as a document of its own.

XAdES-BES in DSG's form: SHA-256, Canonical XML 1.1 with comments, the purpose of the signature, the
signer's certificate and the time. The long-term form that 5.5.2 names besides (XAdES-X-L) needs
the stamps of a time-stamping authority, which a node does not have; the ledger's receipt stands
instead.
"""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.escape import escape
from naru.formats.xml.namespaces import DS, XADES
from naru.formats.xmldsig.algorithms import DIGEST_SHA256, METHODS, PrivateKey, method_for

C14N11: Final = "http://www.w3.org/2006/12/xml-c14n11#WithComments"  # ITI TF-3 5.5.2.
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"  # ETSI TS 101 903, 6.3.1.

SOURCE_SIGNATURE: Final = "1.2.840.10065.1.12.1.14"
"""The purpose of a node's signature: that of an automated source (ITI TF-3 Table 5.5.2-1)."""

_DOCUMENT: Final = (
    '<ds:Signature xmlns:ds="{ds}" Id="signature"><ds:SignedInfo>'
    '<ds:CanonicalizationMethod Algorithm="{c14n}"/><ds:SignatureMethod Algorithm="{method}"/>'
    '<ds:Reference URI="{uri}"><ds:DigestMethod Algorithm="{sha256}"/>'
    "<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    '<ds:Reference URI="#properties" Type="{properties}"><ds:Transforms>'
    '<ds:Transform Algorithm="{c14n}"/></ds:Transforms><ds:DigestMethod Algorithm="{sha256}"/>'
    "<ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>"
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"
    '</ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades="{xades}" Target="#signature">'
    '<xades:SignedProperties Id="properties"><xades:SignedSignatureProperties>'
    "<xades:SigningTime>{time}</xades:SigningTime><xades:SigningCertificate><xades:Cert>"
    '<xades:CertDigest><ds:DigestMethod Algorithm="{sha256}"/>'
    "<ds:DigestValue>{certified}</ds:DigestValue></xades:CertDigest><xades:IssuerSerial>"
    "<ds:X509IssuerName>{issuer}</ds:X509IssuerName>"
    "<ds:X509SerialNumber>{serial}</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert>"
    "</xades:SigningCertificate></xades:SignedSignatureProperties>"
    "<xades:SignedDataObjectProperties><xades:CommitmentTypeIndication><xades:CommitmentTypeId>"
    "<xades:Identifier>urn:oid:{purpose}</xades:Identifier></xades:CommitmentTypeId>"
    "<xades:AllSignedDataObjects/></xades:CommitmentTypeIndication>"
    "</xades:SignedDataObjectProperties></xades:SignedProperties>"
    "</xades:QualifyingProperties></ds:Object></ds:Signature>"
)


def sign_detached(  # The parts of one signature, all named.
    content: bytes,
    *,
    document: str,
    key: PrivateKey,
    certificate: bytes,
    time: datetime,
    purpose: str = SOURCE_SIGNATURE,
) -> bytes:
    """The signature document of `content`, whose uniqueId is `document`, an OID.

    `certificate` is the signer's in DER; it travels along, so that whoever trusts it needs no more.
    """
    method, known = method_for(key), x509.load_der_x509_certificate(certificate)
    signature = etree.fromstring(
        _DOCUMENT.format(
            ds=DS,
            xades=XADES,
            c14n=C14N11,
            sha256=DIGEST_SHA256,
            properties=SIGNED_PROPERTIES,
            method=method,
            uri=escape(f"urn:oid:{document}"),
            digest=_digest(content),
            certificate=_base64(certificate),
            certified=_digest(certificate),
            issuer=escape(known.issuer.rfc4514_string()),
            serial=known.serial_number,
            time=time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            purpose=purpose,
        )
    )
    signed_info, value = signature[0], signature[1]
    properties = signature.find(f".//{{{XADES}}}SignedProperties")
    assert properties is not None
    signed_info[3][2].text = _digest(_canonical(properties))
    value.text = _base64(METHODS[method].make(key, _canonical(signed_info)))
    return etree.tostring(signature, encoding="UTF-8", xml_declaration=True)


def _canonical(element: _Element) -> bytes:
    # Canonical XML 1.1 differs from 1.0 only in attributes of the xml namespace; there are none.
    return etree.tostring(element, method="c14n", exclusive=False, with_comments=True)


def _digest(octets: bytes) -> str:
    return _base64(hashlib.sha256(octets).digest())


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
