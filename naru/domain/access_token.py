"""An access token and the request for one (ITI TF-2 3.71), as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from naru.domain.assertion import Claims, SignedAssertion


class TokenFault(StrEnum):
    """Why no token is given (RFC 6749 section 5.2, RFC 8707 section 2); names of the wire."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"
    INVALID_TARGET = "invalid_target"


class AuthorizationFault(StrEnum):
    """Why a person's app gets no code (RFC 6749 section 4.1.2.1); names of the wire."""

    INVALID_REQUEST = "invalid_request"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_SCOPE = "invalid_scope"
    ACCESS_DENIED = "access_denied"
    INVALID_TARGET = "invalid_target"
    UNAUTHORIZED_CLIENT = "unauthorized_client"


class TokenRefused(Exception):
    """A request for a token that is not granted; the sentence names nobody."""

    def __init__(self, fault: TokenFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


class TokenInvalid(Exception):
    """An access token that opens nothing (RFC 6750 section 3.1); the sentence names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What an access token says (ITI TF-2 3.71.4.2.2.1).

    `user` is the user as audit messages name one, empty where a client speaks for itself;
    `certificate` the SHA-256 (lower-case hex) of the only TLS certificate that may bear it (RFC
    8705 section 3), empty where whoever has it may; `session` the sign-in of a person who allowed
    it, at whose end it ends.
    """

    id: str
    issuer: str
    subject: str
    client: str
    audiences: frozenset[str]
    scopes: frozenset[str]
    issued: datetime
    expires: datetime
    claims: Claims
    user: str = ""
    certificate: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A request at the token endpoint, as far as its form goes.

    `assertion` is the user's in a grant of RFC 7522, `client_assertion` the client's own of RFC
    7523 section 2.2.
    """

    grant_type: str
    client_id: str = ""
    scopes: frozenset[str] = frozenset()
    resource: str = ""
    assertion: SignedAssertion | None = None
    client_assertion: str = ""
    code: str = ""
    code_verifier: str = ""
    redirect_uri: str = ""
    refresh_token: str = ""
