"""ITI-71 Get Access Token (ITI TF-2 3.71): client credentials, or a user's SAML assertion."""

from collections.abc import Mapping
from typing import Any, Final

from naru.domain.access_token import TokenFault, TokenRefused, TokenRequest
from naru.domain.assertion import AssertionRefused, SignedAssertion
from naru.domain.scopes import Offer
from naru.exchange import tokens
from naru.exchange.access import Access
from naru.formats.saml import read_base64url
from naru.security.tokens import issue

JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def answer(
    access: Access, form: Mapping[str, str], certificate: bytes | None, offer: Offer
) -> dict[str, Any]:
    """The token and what it is good for (OAuth 2.1 3.2.3). Raises TokenRefused."""
    if "grant_type" not in form:
        raise TokenRefused(TokenFault.INVALID_REQUEST, "grant_type is required.")
    token = tokens.grant(access, _request(form), certificate, offer)
    return {
        "access_token": issue(token),
        "token_type": "Bearer",
        "expires_in": int((token.expires - token.issued).total_seconds()),
        "scope": " ".join(sorted(token.scopes)),
    }


def _request(form: Mapping[str, str]) -> TokenRequest:
    return TokenRequest(
        grant_type=form["grant_type"],
        client_id=form.get("client_id", ""),
        scopes=frozenset(form.get("scope", "").split()),
        resource=form.get("resource", ""),
        assertion=_assertion(form),
        client_assertion=_client_assertion(form),
    )


def _assertion(form: Mapping[str, str]) -> SignedAssertion | None:
    if "assertion" not in form:
        return None
    try:
        return read_base64url(form["assertion"])
    except AssertionRefused as refusal:
        raise TokenRefused(TokenFault.INVALID_GRANT, str(refusal)) from None


def _client_assertion(form: Mapping[str, str]) -> str:
    if "client_secret" in form:
        raise TokenRefused(
            TokenFault.INVALID_CLIENT, "Clients show who they are by certificate or signature."
        )
    if form.get("client_assertion_type", JWT_BEARER) != JWT_BEARER:
        raise TokenRefused(TokenFault.INVALID_CLIENT, "The client_assertion_type is not known.")
    return form.get("client_assertion", "")
