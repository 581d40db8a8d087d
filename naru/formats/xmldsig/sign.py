"""Making an enveloped XML signature, in the one form that is read here."""

import base64
import hashlib
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.namespaces import DS
from naru.formats.xmldsig.algorithms import (
    DIGEST_SHA256,
    ENVELOPED,
    EXCLUSIVE_C14N,
    METHODS,
    PrivateKey,
    method_for,
)
from naru.formats.xmldsig.canonical import canonical

_TEMPLATE: Final = (
    '<ds:Signature xmlns:ds="{ds}"><ds:SignedInfo>'
    '<ds:CanonicalizationMethod Algorithm="{c14n}"/><ds:SignatureMethod Algorithm="{method}"/>'
    '<ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{enveloped}"/>'
    '<ds:Transform Algorithm="{c14n}"/></ds:Transforms><ds:DigestMethod Algorithm="{digest}"/>'
    "<ds:DigestValue>{value}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    "<ds:SignatureValue/>{key_info}</ds:Signature>"
)
_KEY_INFO: Final = (
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>"
    "</ds:KeyInfo>"
)


def sign(
    element: _Element,
    identifier: str,
    key: PrivateKey,
    *,
    at: int = 0,
    certificate: bytes | None = None,
) -> None:
    """Put a signature of `element` into it, as its child number `at`.

    `certificate` is the signer's in DER, a hint for the reader.
    """
    method = method_for(key)
    own_id = element.get(identifier) or ""
    if not own_id.replace("-", "").replace("_", "").isalnum():
        raise ValueError("An ID that is signed is made of letters, digits, - and _.")
    digest = hashlib.sha256(canonical(element)).digest()
    signature = etree.fromstring(
        _TEMPLATE.format(
            ds=DS,
            c14n=EXCLUSIVE_C14N,
            enveloped=ENVELOPED,
            method=method,
            id=own_id,
            digest=DIGEST_SHA256,
            value=_base64(digest),
            key_info=_KEY_INFO.format(_base64(certificate)) if certificate else "",
        )
    )
    element.insert(at, signature)
    value = METHODS[method].make(key, canonical(signature[0]))
    signature[1].text = _base64(value)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
