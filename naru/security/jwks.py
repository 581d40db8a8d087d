"""The public keys of a client, as a JSON Web Key Set (RFC 7517)."""

from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

LONGEST: Final = 16 * 1024
MOST_KEYS: Final = 5
"""The one that is used, the next, and a few that were just used."""

LEAST_RSA: Final = 2048
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_SECRET: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class JwksRefused(ValueError):
    """The text is no set of public keys that are accepted."""


def read(text: str) -> tuple[PublicKey, ...]:
    """The keys; raises JwksRefused, for a set that holds a private key, too."""
    if len(text) > LONGEST:
        raise JwksRefused("the key set is too long")
    try:
        told = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        raise JwksRefused("the key set is no JSON") from None
    found = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_KEYS:
        raise JwksRefused(f"a key set has one to {MOST_KEYS} keys")
    return tuple(map(_key, found))


def _key(told: Any) -> PublicKey:
    if not isinstance(told, dict) or _SECRET & told.keys():
        raise JwksRefused("a key set holds public keys alone")
    if told.get("use", "sig") != "sig":
        raise JwksRefused("a key is for signing")
    read = {"RSA": RSAAlgorithm.from_jwk, "EC": ECAlgorithm.from_jwk}.get(str(told.get("kty")))
    try:
        key = read(told) if read else None
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise JwksRefused("a key cannot be read") from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return key
    raise JwksRefused("a key is RSA of 2048 bits or more, or EC of P-256, P-384 or P-521")
