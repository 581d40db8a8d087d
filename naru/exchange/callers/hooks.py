"""Who asks at the CDS Hooks door: an institution's program, or a person at it.

By the TLS certificate alone, by an access token of ours, or by the JWT that a CDS client signs for
each request (CDS Hooks 2.0, Trusting CDS Clients) with the key that it is registered with.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from naru.directory import queries as directory
from naru.domain.caller import Caller
from naru.domain.korea import korean_day
from naru.domain.scopes import Need
from naru.exchange import identify
from naru.exchange.callers import tokens
from naru.security.tokens import claimed_issuer

NEEDS: Final = frozenset({Need("AllergyIntolerance", "r"), Need("MedicationRequest", "r")})
"""What a token has to open, by the scopes of SMART."""

_SCHEME: Final = "Bearer"


def caller(
    authorization: str | None,
    certificate: bytes | None,
    *,
    audiences: Collection[str],
    transaction: str,
    address: str,
    now: datetime,
) -> Caller:
    """The caller. Raises NotIdentified, ScopeInsufficient."""
    if authorization is None:
        found = identify.at_wire(certificate, address=address, now=now)
        identify.require_user(found)
        return found
    scheme, _, token = authorization.partition(" ")
    if scheme != _SCHEME or not token:
        raise identify.NotIdentified("Authorization is a Bearer token.")
    if directory.token_clients(claimed_issuer(token), on=korean_day(now)):
        found = _by_jwt(token, certificate, audiences, address=address, now=now)
        identify.require_user(found)
        return found
    bearer = identify.by_token(token, certificate=certificate, address=address, now=now)
    identify.require_user(bearer.caller)
    bearer.require(transaction, NEEDS)
    return bearer.caller


def _by_jwt(
    token: str,
    certificate: bytes | None,
    audiences: Collection[str],
    *,
    address: str,
    now: datetime,
) -> Caller:
    _, found = tokens.by_client_assertion(token, audiences, address=address, now=now, subject=False)
    if certificate is not None:
        shown = identify.at_wire(certificate, address=address, now=now)
        if shown.institution != found.institution:
            raise identify.NotIdentified("The JWT is of another institution than the connection.")
    return found
