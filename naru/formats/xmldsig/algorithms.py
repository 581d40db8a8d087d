"""The algorithms that are believed: RSA and ECDSA with SHA-2; no SHA-1, no HMAC, no short key."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
DIGEST_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"

_LEAST_RSA: Final = 2048
_MOST_RSA: Final = 8192  # Checking a signature with a longer key would cost us, not its owner.
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """One ds:SignatureMethod: which keys it is for, and its hash."""

    of_rsa: bool
    hash: HashAlgorithm

    def holds(self, key: PublicKey, value: bytes, content: bytes) -> bool:
        """Whether `key` made the signature `value` of `content` by this very method."""
        try:
            if isinstance(key, rsa.RSAPublicKey):
                if not self.of_rsa or not _LEAST_RSA <= key.key_size <= _MOST_RSA:
                    return False
                key.verify(value, content, padding.PKCS1v15(), self.hash)
            else:
                if self.of_rsa or key.curve.name not in _CURVES:
                    return False
                key.verify(_der(value, key), content, ec.ECDSA(self.hash))
        except (InvalidSignature, _WrongLength):
            return False
        return True

    def make(self, key: PrivateKey, content: bytes) -> bytes:
        """The signature of `content`."""
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(content, padding.PKCS1v15(), self.hash)
        r, s = decode_dss_signature(key.sign(content, ec.ECDSA(self.hash)))
        half = _half(key.curve)
        return r.to_bytes(half) + s.to_bytes(half)


class _WrongLength(ValueError):
    """A value that is not as long as the key's curve asks for."""


def _der(value: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    # RFC 4050 section 3.3: both numbers one after the other, each as long as the curve's order.
    half = _half(key.curve)
    if len(value) != 2 * half:
        raise _WrongLength
    return encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))


def _half(curve: ec.EllipticCurve) -> int:
    return (curve.key_size + 7) // 8


_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
METHODS: Final[Mapping[str, SignatureMethod]] = MappingProxyType(
    {
        RSA_SHA256: SignatureMethod(of_rsa=True, hash=SHA256()),
        f"{_MORE}rsa-sha384": SignatureMethod(of_rsa=True, hash=SHA384()),
        f"{_MORE}rsa-sha512": SignatureMethod(of_rsa=True, hash=SHA512()),
        ECDSA_SHA256: SignatureMethod(of_rsa=False, hash=SHA256()),
        f"{_MORE}ecdsa-sha384": SignatureMethod(of_rsa=False, hash=SHA384()),
        f"{_MORE}ecdsa-sha512": SignatureMethod(of_rsa=False, hash=SHA512()),
    }
)
DIGESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        DIGEST_SHA256: "sha256",
        f"{_MORE}sha384": "sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    }
)
"""Names in `hashlib`."""


def method_for(key: PrivateKey) -> str:
    """The method by which we sign with a key of this kind."""
    return RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else ECDSA_SHA256
