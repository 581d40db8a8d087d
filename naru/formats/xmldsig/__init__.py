"""XML Signature: of one whole element, enveloped, both ways; of a document, detached, written."""

from naru.formats.xmldsig.algorithms import PrivateKey, PublicKey
from naru.formats.xmldsig.detached import sign_detached
from naru.formats.xmldsig.errors import SignatureReason, SignatureRefused
from naru.formats.xmldsig.sign import sign
from naru.formats.xmldsig.signature import Signature, read_signature

__all__ = [
    "PrivateKey",
    "PublicKey",
    "Signature",
    "SignatureReason",
    "SignatureRefused",
    "read_signature",
    "sign",
    "sign_detached",
]
