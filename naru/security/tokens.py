"""JSON Web Tokens: our own access tokens, and what clients sign to say who they are.

The key of our tokens derives from the generation of keys that seals, so all processes and nodes of
a data folder have the same one; what an older generation signed is read until that is retired. A
header never chooses anything: not the algorithm, not the key. `kid`, `jku`, `jwk` and `x5c` of a
token are not read.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import jwt
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm
from jwt.types import Options

from naru.domain.access_token import AccessToken, TokenInvalid
from naru.security import keys
from naru.security.iua import ClaimsInvalid, from_extensions, to_extensions

LIFETIME: Final = timedelta(minutes=5)
"""ITI TF-2 3.71.5: "less than or equal to 5 minutes is recommended"."""

LONGEST: Final = 16 * 1024
"""Characters of a token; ours have two thousand at most."""

ASSERTION_LIFETIME: Final = timedelta(minutes=5)
"""How far ahead a client's own assertion may end: it is remembered for as long."""

SKEW: Final = timedelta(seconds=30)

_PURPOSE: Final = "token/es256"
_TYPE: Final = "at+jwt"  # RFC 9068 section 2.1: keeps other tokens of ours apart from these.
_ALGORITHM: Final = "ES256"
_RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_EC: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_UNREADABLE: Final = (jwt.PyJWTError, RecursionError)  # The second of JSON that is nested too deep.
_ACCESS_CLAIMS: Final = ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope")


def issue(token: AccessToken) -> str:
    """The token as a client is given it (ITI TF-2 3.71.4.2.2.1; RFC 9068)."""
    said: dict[str, Any] = {
        "iss": token.issuer,
        "sub": token.subject,
        "client_id": token.client,
        "aud": sorted(token.audiences),
        "jti": token.id,
        "iat": int(token.issued.timestamp()),
        "exp": int(token.expires.timestamp()),
        "scope": " ".join(sorted(token.scopes)),
        "extensions": to_extensions(token.claims),
    }
    if token.user:
        said["user"] = token.user
    if token.session:
        said["sid"] = token.session
    if token.certificate:
        said["cnf"] = confirmation(token)
    headers = {"typ": _TYPE, "kid": public_jwk()["kid"]}
    return jwt.encode(said, _key(), algorithm=_ALGORITHM, headers=headers)


def issue_identity(said: Mapping[str, str | int | list[str]]) -> str:
    """An ID token of OpenID Connect with these claims, by the same key and of another type."""
    headers = {"typ": "JWT", "kid": public_jwk()["kid"]}
    return jwt.encode(dict(said), _key(), algorithm=_ALGORITHM, headers=headers)


def confirmation(token: AccessToken) -> dict[str, str]:
    """Of which certificate a bound token is, as `cnf` says it (RFC 8705 section 3.1)."""
    return {"x5t#S256": _base64url(bytes.fromhex(token.certificate))}


def read(text: str, *, issuer: str, audiences: Iterable[str], now: datetime) -> AccessToken:
    """What a token of ours says; raises TokenInvalid for any other, or for one of another time."""
    if len(text) > LONGEST:
        raise TokenInvalid("The token is longer than any of ours.")
    whole = _checked(text, issuer, list(audiences))
    if whole["header"].get("typ") != _TYPE:
        raise TokenInvalid("The token is no access token.")
    token = _token(whole["payload"])
    if not token.issued - SKEW <= now < token.expires:
        raise TokenInvalid("The token is not valid now.")
    return token


def _checked(text: str, issuer: str, audiences: list[str]) -> dict[str, Any]:
    """What one of our keys signed: the one that signs now, then those before it."""
    refused = ""
    for secret in _secrets():
        try:
            return jwt.decode_complete(
                text,
                _derived(secret).public_key(),
                algorithms=[_ALGORITHM],
                issuer=issuer,
                audience=audiences,
                options=_required(*_ACCESS_CLAIMS),
            )
        except _UNREADABLE as error:
            refused = type(error).__name__
    raise TokenInvalid(f"The token is not one of ours: {refused}.")


def public_jwk() -> dict[str, str]:
    """The key by which others check our tokens (RFC 7517), named by its thumbprint (RFC 7638)."""
    return public_jwks()[0]


def public_jwks() -> list[dict[str, str]]:
    """The key and, while keys are rotated, those of the other generations."""
    return [dict(_jwk(secret)) for secret in _secrets()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertion:
    """What a client signed of itself (RFC 7523 section 2.2), to be used once until it `ends`."""

    client: str
    id: str
    ends: datetime


def read_client_assertion(
    text: str,
    *,
    client: str,
    certificates: Iterable[bytes],
    audiences: Iterable[str],
    now: datetime,
    subject: bool = True,
) -> ClientAssertion | None:
    """The assertion if the key of one of these certificates (DER) signed it for us, else None.

    Without `subject` it need not say that it speaks of itself, as a CDS client's does not.
    """
    found = (x509.load_der_x509_certificate(one).public_key() for one in certificates)
    return read_signed_assertion(
        text, client=client, keys=found, audiences=audiences, now=now, subject=subject
    )


def read_signed_assertion(  # The parts of one check, all named.
    text: str,
    *,
    client: str,
    keys: Iterable[object],
    audiences: Iterable[str],
    now: datetime,
    subject: bool = True,
) -> ClientAssertion | None:
    """The assertion if one of these public keys signed it for us, else None."""
    ours = list(audiences)
    for key in keys:
        said = _signed_by(text, key, client, ours, subject=subject)
        if said is not None:
            return _client_assertion(said, client, now)
    return None


def claimed_issuer(text: str) -> str:
    """Whose a JWT claims to be: good for finding the keys to try, and for nothing else."""
    try:
        said = jwt.decode(text[: LONGEST + 1], options={"verify_signature": False})
    except _UNREADABLE:
        return ""
    issuer = said.get("iss")
    return issuer if isinstance(issuer, str) and issuer.isprintable() else ""


def _required(*claims: str) -> Options:
    # Times are compared here, with the time of the request: one clock for all of its answer.
    return {
        "require": list(claims),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }


def _signed_by(
    text: str, key: object, client: str, audiences: list[str], *, subject: bool
) -> Mapping[str, Any] | None:
    if len(text) > LONGEST:
        return None
    # The key says which algorithms there are; a key of one kind never serves another.
    if isinstance(key, rsa.RSAPublicKey):
        algorithms = list(_RSA)
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _EC:
        algorithms = [_EC[key.curve.name]]
    else:
        return None
    try:
        return jwt.decode(
            text,
            key,
            algorithms=algorithms,
            issuer=client,
            subject=client if subject else None,
            audience=audiences,
            options=_required("iss", *(["sub"] if subject else ()), "aud", "exp", "jti"),
        )
    except _UNREADABLE:
        return None


def _client_assertion(
    said: Mapping[str, Any], client: str, now: datetime
) -> ClientAssertion | None:
    if not (isinstance(said["jti"], str) and said["jti"].isprintable()):
        return None
    ends, begins = _time(said["exp"]), _time(said.get("nbf", said.get("iat", 0)))
    # Our own time is moved and never theirs, which may be the calendar's first or last moment.
    if not (begins <= now + SKEW and now - SKEW < ends <= now + ASSERTION_LIFETIME + SKEW):
        return None
    return ClientAssertion(client=client, id=said["jti"], ends=ends + SKEW)


def _token(said: Mapping[str, Any]) -> AccessToken:
    audiences = said["aud"]
    try:
        return AccessToken(
            id=str(said["jti"]),
            issuer=said["iss"],
            subject=said["sub"],
            client=said["client_id"],
            audiences=frozenset([audiences] if isinstance(audiences, str) else audiences),
            scopes=frozenset(said["scope"].split()),
            issued=_time(said["iat"]),
            expires=_time(said["exp"]),
            claims=from_extensions(said.get("extensions")),
            user=said.get("user", ""),
            session=said.get("sid", ""),
            certificate=_hex(said.get("cnf", {}).get("x5t#S256", "")),
        )
    except (ClaimsInvalid, AttributeError, ValueError) as error:
        # We signed it, so only an older version of us can have written it otherwise.
        raise TokenInvalid("The token's claims cannot be read.") from error


def _time(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _base64url(octets: bytes) -> str:
    return jwt.utils.base64url_encode(octets).decode()


def _hex(text: str) -> str:
    return jwt.utils.base64url_decode(text).hex()


def _key() -> ec.EllipticCurvePrivateKey:
    return _derived(_secrets()[0])


def _secrets() -> list[bytes]:
    """By which tokens are signed now, then those by which they were or will be."""
    ring = keys.ring().keys()
    numbers = sorted(ring.numbers, key=lambda number: number != ring.sealing)
    return [ring.derive(_PURPOSE, number) for number in numbers]


@lru_cache(maxsize=4)
def _derived(secret: bytes) -> ec.EllipticCurvePrivateKey:
    # The order of P-256 is so near to 2**256 that 32 random bytes are a scalar but for 2**-32.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(secret) % (order - 1) + 1, ec.SECP256R1())


@lru_cache(maxsize=4)
def _jwk(secret: bytes) -> tuple[tuple[str, str], ...]:
    told = ECAlgorithm.to_jwk(_derived(secret).public_key(), as_dict=True)
    named = {name: str(told[name]) for name in ("crv", "kty", "x", "y")}
    thumbprint = hashlib.sha256(msgspec.json.encode(named)).digest()
    more = {"kid": _base64url(thumbprint), "use": "sig", "alg": _ALGORITHM}
    return tuple((named | more).items())
