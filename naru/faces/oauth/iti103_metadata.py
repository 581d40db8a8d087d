"""ITI-103 Get Authorization Server Metadata (ITI TF-2 3.103; RFC 8414), and our keys."""

from typing import Any

from django.conf import settings

from naru.domain.scopes import Offer
from naru.exchange.tokens import GRANTS
from naru.security.tokens import public_jwks


def metadata(offer: Offer) -> dict[str, Any]:
    """What this authorization server does; nobody signs in yet, so it has no code to give."""
    issuer = settings.NARU.issuer
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "introspection_endpoint_auth_methods_supported": ["tls_client_auth"],
        "scopes_supported": list(offer.scopes()),
        "response_types_supported": [],
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": ["tls_client_auth", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "RS384",
            "RS512",
            "PS256",
            "PS384",
            "PS512",
            "ES256",
            "ES384",
            "ES512",
        ],
        "tls_client_certificate_bound_access_tokens": True,
        "access_token_format": "ihe-jwt",
    }


def smart_configuration(offer: Offer) -> dict[str, Any]:
    """The same where SMART App Launch 2 looks for it, below the address of the FHIR door."""
    return {**metadata(offer), "capabilities": ["permission-v2"]}


def jwks(_offer: Offer) -> dict[str, Any]:
    """The keys that check our tokens (RFC 7517 section 5)."""
    return {"keys": public_jwks()}
