"""ITI-103 Get Authorization Server Metadata (ITI TF-2 3.103; RFC 8414), and our keys."""

from typing import Any, Final

from django.conf import settings

from naru.domain.scopes import Offer
from naru.exchange.callers.authorization import GRANTS as CODE_GRANTS
from naru.exchange.callers.authorization import scopes_told
from naru.exchange.callers.tokens import GRANTS
from naru.security.tokens import public_jwks

CAPABILITIES: Final = (
    *("launch-ehr", "launch-standalone", "client-public", "client-confidential-asymmetric"),
    *("sso-openid-connect", "context-banner", "context-ehr-patient", "context-standalone-patient"),
    *("permission-offline", "permission-online", "permission-patient", "permission-user"),
    "permission-v2",
)
"""SMART App Launch 2, the codes of its capabilities."""


def metadata(offer: Offer) -> dict[str, Any]:
    """What this authorization server does. People are asked on the pages, at their own address."""
    issuer = settings.NARU.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{settings.NARU.pages_url}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "introspection_endpoint_auth_methods_supported": ["tls_client_auth"],
        "scopes_supported": list(scopes_told(offer)),
        "response_types_supported": ["code"],
        "grant_types_supported": [*GRANTS, *CODE_GRANTS],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint_auth_methods_supported": [
            "tls_client_auth",
            "private_key_jwt",
            "none",
        ],
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
    return {**metadata(offer), "capabilities": list(CAPABILITIES)}


def openid_configuration(offer: Offer) -> dict[str, Any]:
    """The same where OpenID Connect Discovery 1 looks for it."""
    return {
        **metadata(offer),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "fhirUser"],
    }


def jwks(_offer: Offer) -> dict[str, Any]:
    """The keys that check our tokens (RFC 7517 section 5)."""
    return {"keys": public_jwks()}
