"""XML Signature, as narrow as a token needs it: one enveloped signature over one whole element."""

from naru.formats.xmldsig.algorithms import PrivateKey, PublicKey
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
]
