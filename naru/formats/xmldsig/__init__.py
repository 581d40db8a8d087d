"""XML Signature, both ways: of one whole element, enveloped; of documents, detached."""

from naru.formats.xmldsig.algorithms import PrivateKey, PublicKey
from naru.formats.xmldsig.detached import sign_detached
from naru.formats.xmldsig.errors import SignatureReason, SignatureRefused
from naru.formats.xmldsig.read_detached import read_detached
from naru.formats.xmldsig.sign import sign
from naru.formats.xmldsig.signature import Signature, read_signature

__all__ = [
    "PrivateKey",
    "PublicKey",
    "Signature",
    "SignatureReason",
    "SignatureRefused",
    "read_detached",
    "read_signature",
    "sign",
    "sign_detached",
]
