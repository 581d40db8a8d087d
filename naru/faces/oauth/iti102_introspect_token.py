"""ITI-102 Introspect Token (ITI TF-2 3.102; RFC 7662)."""

from collections.abc import Mapping
from typing import Any

from naru.domain.access_token import TokenFault, TokenRefused
from naru.domain.scopes import Offer
from naru.exchange.access import Access
from naru.exchange.callers import tokens
from naru.security.iua import to_extensions
from naru.security.tokens import confirmation


def answer(
    access: Access, form: Mapping[str, str], certificate: bytes | None, _offer: Offer
) -> dict[str, Any]:
    """What the token says, or only that it is not active. Raises TokenRefused."""
    if "token" not in form:
        raise TokenRefused(TokenFault.INVALID_REQUEST, "token is required.")
    token = tokens.introspect(access, form["token"], certificate)
    if token is None:
        return {"active": False}  # RFC 7662 section 2.2: and nothing else.
    # RFC 8705 section 3.2: whoever is shown the token checks by whom.
    bound = {"cnf": confirmation(token)} if token.certificate else {}
    return {
        "active": True,
        "iss": token.issuer,
        "sub": token.subject,
        "client_id": token.client,
        "aud": sorted(token.audiences),
        "jti": token.id,
        "iat": int(token.issued.timestamp()),
        "exp": int(token.expires.timestamp()),
        "scope": " ".join(sorted(token.scopes)),
        "token_type": "Bearer",
        "extensions": to_extensions(token.claims),
        **bound,
    }
