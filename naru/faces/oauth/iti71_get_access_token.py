"""ITI-71 Get Access Token (ITI TF-2 3.71): client credentials, a user's assertion, or a code."""

from collections.abc import Mapping
from typing import Any, Final

from naru.domain.access_token import AccessToken, TokenFault, TokenRefused, TokenRequest
from naru.domain.assertion import AssertionRefused, SignedAssertion
from naru.domain.scopes import Offer
from naru.exchange.access import Access
from naru.exchange.callers import authorization, tokens
from naru.exchange.callers.authorization import Given
from naru.formats.saml import read_base64url
from naru.security.tokens import issue, issue_identity

JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def answer(
    access: Access, form: Mapping[str, str], certificate: bytes | None, offer: Offer
) -> dict[str, Any]:
    """The token and what it is good for (OAuth 2.1 3.2.3). Raises TokenRefused."""
    if "grant_type" not in form:
        raise TokenRefused(TokenFault.INVALID_REQUEST, "grant_type is required.")
    request = _request(form)
    if request.grant_type in authorization.GRANTS:
        return _of_app(authorization.grant(access, request, certificate))
    return _told(tokens.grant(access, request, certificate, offer))


def _told(token: AccessToken) -> dict[str, Any]:
    return {
        "access_token": issue(token),
        "token_type": "Bearer",
        "expires_in": int((token.expires - token.issued).total_seconds()),
        "scope": " ".join(sorted(token.scopes)),
    }


def _of_app(given: Given) -> dict[str, Any]:
    """With the launch context, as SMART App Launch 2 tells it beside the token."""
    told = _told(given.token)
    if given.patient is not None:
        told |= {"patient": str(given.patient), "need_patient_banner": True}
    if given.refresh:
        told["refresh_token"] = given.refresh
    if given.identity is not None:
        told["id_token"] = issue_identity(given.identity)
    return told


def _request(form: Mapping[str, str]) -> TokenRequest:
    return TokenRequest(
        grant_type=form["grant_type"],
        client_id=form.get("client_id", ""),
        scopes=frozenset(form.get("scope", "").split()),
        resource=form.get("resource", ""),
        assertion=_assertion(form),
        client_assertion=_client_assertion(form),
        code=form.get("code", ""),
        code_verifier=form.get("code_verifier", ""),
        redirect_uri=form.get("redirect_uri", ""),
        refresh_token=form.get("refresh_token", ""),
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
