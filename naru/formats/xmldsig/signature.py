"""Reading an enveloped XML signature (XML Signature 1.1), strict by design.

The signature must stand directly below the element that it signs, in the one form that tokens use:
one reference, to that element by its ID; enveloped, then exclusive canonicalisation; SHA-2. What
was signed is handed on as the octets that were hashed, and whoever reads on parses these, so that
nothing is ever looked up a second way. ds:KeyInfo is not read at all: keys come from the caller.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.namespaces import DS
from naru.formats.xmldsig.algorithms import (
    DIGESTS,
    ENVELOPED,
    EXCLUSIVE_C14N,
    METHODS,
    PublicKey,
    SignatureMethod,
)
from naru.formats.xmldsig.canonical import canonical, inclusive_prefixes, taken_out
from naru.formats.xmldsig.errors import SignatureReason, SignatureRefused

_SIGNATURE: Final = f"{{{DS}}}Signature"
_LONGEST_ID: Final = 256
_ONE_SIGNATURE: Final = etree.XPath("count(.//ds:Signature) = 1", namespaces={"ds": DS})
_ODDITIES: Final = etree.XPath("boolean(.//comment() | .//processing-instruction())")
# Whatever a library on the way may take for an ID: the ID must be nobody else's in the message.
_SAME_ID: Final = etree.XPath(
    "count(//@*[local-name() = 'ID' or local-name() = 'Id' or local-name() = 'id'"
    " or local-name() = 'AssertionID'][normalize-space() = $id])"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature whose digest is right; whose it is, only a key tells."""

    content: bytes
    """The canonical octets of the signed element, without the signature."""
    _signed_info: bytes
    _method: SignatureMethod
    _value: bytes

    def is_by(self, key: PublicKey) -> bool:
        """Whether the owner of this key made it."""
        return self._method.holds(key, self._value, self._signed_info)


def read_signature(element: _Element, identifier: str) -> Signature:
    """The signature of `element`, whose attribute `identifier` is its ID; else SignatureRefused."""
    # A processing instruction would survive canonicalisation and cut a text in two.
    if _ODDITIES(element):
        raise _malformed("A signed element holds comments or processing instructions.")
    signature = _signature_of(element)
    signed_info, value = _parts(signature)
    canonicalization, method, reference = _fixed(
        signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference"
    )
    prefixes, digest_name, digest = _reference(reference, _own_id(element, identifier))
    with taken_out(signature):
        content = canonical(element, prefixes)
    if not hmac.compare_digest(hashlib.new(digest_name, content).digest(), digest):
        raise SignatureRefused(SignatureReason.DIGEST, "The signed element was changed.")
    return Signature(
        content,
        canonical(signed_info, _c14n_prefixes(canonicalization)),
        _method(method),
        _octets(value),
    )


def _signature_of(element: _Element) -> _Element:
    found = [child for child in element if child.tag == _SIGNATURE]
    if not found:
        raise SignatureRefused(SignatureReason.MISSING, "The element is not signed.")
    if len(found) > 1 or not _ONE_SIGNATURE(element):
        raise _malformed("A signed element holds one signature, directly below it.")
    return found[0]


def _own_id(element: _Element, identifier: str) -> str:
    own = element.get(identifier) or ""
    if not own or len(own) > _LONGEST_ID:
        raise _malformed("A signed element has an ID.")
    if cast("float", _SAME_ID(element, id=own)) != 1:
        raise _malformed("The ID of the signed element stands elsewhere in the message too.")
    return own


def _parts(signature: _Element) -> tuple[_Element, _Element]:
    children = list(signature)
    names = [child.tag for child in children]
    wanted = [f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    if names not in (wanted, wanted[:2]):
        raise _malformed("ds:Signature holds more or less than an enveloped signature does.")
    return children[0], children[1]


def _fixed(parent: _Element, *names: str) -> list[_Element]:
    children = list(parent)
    if [child.tag for child in children] != [f"{{{DS}}}{name}" for name in names]:
        raise _malformed(f"A part of the signature holds other than {', '.join(names)}.")
    return children


def _reference(reference: _Element, own_id: str) -> tuple[tuple[str, ...], str, bytes]:
    if reference.get("URI") != f"#{own_id}":
        raise _malformed("The reference is not to the element that holds the signature.")
    transforms, digest_method, digest_value = _fixed(
        reference, "Transforms", "DigestMethod", "DigestValue"
    )
    enveloped, exclusive = _fixed(transforms, "Transform", "Transform")
    if enveloped.get("Algorithm") != ENVELOPED or len(enveloped):
        raise _weak("The first transform is not the enveloped signature.")
    digest_name = DIGESTS.get(digest_method.get("Algorithm") or "")
    if digest_name is None or len(digest_method):
        raise _weak("The digest's algorithm is not accepted.")
    return _c14n_prefixes(exclusive), digest_name, _octets(digest_value)


def _c14n_prefixes(method: _Element) -> tuple[str, ...]:
    if method.get("Algorithm") != EXCLUSIVE_C14N:
        raise _weak("Only exclusive canonicalisation without comments is accepted.")
    return inclusive_prefixes(method)


def _method(element: _Element) -> SignatureMethod:
    method = METHODS.get(element.get("Algorithm") or "")
    if method is None or len(element):
        raise _weak("The signature's algorithm is not accepted.")
    return method


def _octets(element: _Element) -> bytes:
    if len(element):
        raise _malformed("A value in the signature holds elements.")
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("A value in the signature is not base64.") from None


def _malformed(sentence: str) -> SignatureRefused:
    return SignatureRefused(SignatureReason.FORM, sentence)


def _weak(sentence: str) -> SignatureRefused:
    return SignatureRefused(SignatureReason.ALGORITHM, sentence)
