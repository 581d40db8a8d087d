"""A person lets an app in: the authorization code flow with PKCE (OAuth 2.1; SMART App Launch 2).

Whoever asks at a redirect URI that is not registered letter by letter is told nothing there; every
other refusal goes back to the app.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings

from naru.accounts import clients, grants
from naru.accounts.errors import NotRecognised, Refused
from naru.accounts.grants import Granted, Terms
from naru.accounts.values import OAuthClient, Session
from naru.domain import roles
from naru.domain.access_token import (
    AccessToken,
    AuthorizationFault,
    TokenFault,
    TokenRefused,
    TokenRequest,
)
from naru.domain.assertion import Claims
from naru.domain.caller import Caller
from naru.domain.roles import RoleKind
from naru.domain.scopes import Context, Offer
from naru.exchange import identify
from naru.exchange.access import Access, changing
from naru.exchange.callers import launches, tokens
from naru.security.peer import read_peer

AUTHORIZE: Final = "authorize app"
"""The transaction of a person's word, as the audit names it."""

CODE: Final = "authorization_code"
REFRESH: Final = "refresh_token"
GRANTS: Final = (CODE, REFRESH)

LAUNCH_SCOPES: Final = frozenset({"launch", "launch/patient"})
IDENTITY_SCOPES: Final = frozenset({"openid", "fhirUser"})
STAYING_SCOPES: Final = frozenset({"offline_access", "online_access"})
OTHER_SCOPES: Final = LAUNCH_SCOPES | IDENTITY_SCOPES | STAYING_SCOPES
"""What is no record and no transaction (SMART App Launch 2, scopes-and-launch-context)."""

LONGEST_STATE: Final = 1024

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class ClientUnknown(Refused):
    """There is no such client with such a redirect URI: nobody is led there."""


class NotAuthorized(Refused):
    """The app gets no code; it is told why at its redirect URI."""

    def __init__(self, fault: AuthorizationFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What an app asks (OAuth 2.1 section 4.1.1), as the browser brings it."""

    response_type: str
    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    state: str
    audience: str
    challenge: str
    challenge_method: str
    launch: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person is asked to allow: an app, these scopes, and perhaps one patient."""

    client: OAuthClient
    scopes: frozenset[str]
    patient: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the token endpoint gives for a code or a refresh token."""

    token: AccessToken
    patient: UUID | None
    refresh: str
    identity: dict[str, str | int | list[str]] | None


def asked(
    request: AuthorizationRequest,
    caller: Caller,
    session: Session,
    *,
    chosen: UUID | None,
    access: Access,
    offer: Offer,
) -> Asked:
    """What the person is to allow; raises ClientUnknown, NotAuthorized. Nothing is changed.

    `chosen` is the patient whom a clinician has open, for an app that is not launched with one.
    """
    client = _client(request)
    try:
        identify.app(client.id, caller, now=access.time)
    except identify.NotIdentified:
        sentence = "The app is not for people of this institution."
        raise NotAuthorized(AuthorizationFault.UNAUTHORIZED_CLIENT, sentence) from None
    if request.response_type != "code":
        raise NotAuthorized(AuthorizationFault.UNSUPPORTED_RESPONSE_TYPE, "Only codes are given.")
    # OAuth 2.1 section 7.5.2, SMART App Launch 2: S256, and never plain.
    if request.challenge_method != "S256" or not _CHALLENGE.fullmatch(request.challenge):
        raise _bad("A code_challenge with S256 is required.")
    if not request.state or len(request.state) > LONGEST_STATE:
        raise _bad("A state is required.")
    if request.audience not in audiences():
        raise NotAuthorized(AuthorizationFault.INVALID_TARGET, "aud is none of this node.")
    if request.launch and "launch" not in request.scopes:
        raise _bad("A launch is told with the scope launch.")
    patient = _patient(request, caller, session, chosen, access)
    _require_scopes(request.scopes, client, caller, patient, offer)
    return Asked(client=client, scopes=request.scopes, patient=patient)


def answer(
    access: Access,
    request: AuthorizationRequest,
    asked: Asked,
    session: Session,
    *,
    word: bool,
) -> str:
    """The address to which the person's browser goes on, with the code (RFC 9207: and who we are).

    `asked` is what was worked out from this very request, `word` the person's. Raises
    NotAuthorized where it is no.
    """
    if not word:
        raise NotAuthorized(AuthorizationFault.ACCESS_DENIED, "The person said no.")
    with changing(access):
        if request.launch and not launches.use(request.launch, access.time):
            raise _bad("The launch was used before.")
        if asked.patient is not None:
            access.concerns(asked.patient)
        terms = Terms(
            redirect_uri=request.redirect_uri,
            challenge=request.challenge,
            scopes=tuple(sorted(asked.scopes)),
            patient=asked.patient,
            nonce=request.nonce,
            acts_as=session.acts_as,
        )
        code = grants.allow(asked.client.id, session.id, terms, access.time)
    return _back(request, code=code)


def told(request: AuthorizationRequest, refusal: NotAuthorized) -> str:
    """The app's address with why it gets nothing; raises ClientUnknown where it has none."""
    _client(request)
    return _back(request, error=refusal.fault.value, error_description=str(refusal))


def audiences() -> tuple[str, ...]:
    """The addresses of the FHIR door, each of which an app may name."""
    return (*settings.NARU.token_audiences, f"{settings.NARU.pages_url}/fhir")


def grant(access: Access, request: TokenRequest, certificate: bytes | None) -> Given:
    """A token for a code, or for the newest refresh token; raises TokenRefused.

    Good while the sign-in lasts in which the person allowed it; what was taken from the person
    since is in no token.
    """
    with tokens.recorded(access):
        client = _token_client(access, request, certificate)
        try:
            granted = _granted(access, request, client)
            caller = identify.by_session(
                granted.session, address=access.caller.address, now=access.time
            )
            identify.app(client.id, caller, now=access.time)
        except (NotRecognised, identify.NotIdentified):
            raise TokenRefused(
                TokenFault.INVALID_GRANT, "The grant is not good, or is good no more."
            ) from None
        if granted.terms.acts_as != granted.session.acts_as or not roles.may(
            caller.role, "allow-app"
        ):
            raise TokenRefused(TokenFault.INVALID_GRANT, "The person acts as somebody else now.")
        scopes = _narrowed(request.scopes, frozenset(granted.terms.scopes))
        access.caller = caller
        if granted.terms.patient is not None:
            access.concerns(granted.terms.patient)
        token = _token(access, granted, scopes, certificate)
    return Given(
        token=token,
        patient=granted.terms.patient,
        refresh=granted.refresh,
        identity=_identity(token, granted) if "openid" in scopes else None,
    )


def _client(request: AuthorizationRequest) -> OAuthClient:
    client = clients.by_id(request.client_id)
    if client is None or request.redirect_uri not in client.redirect_uris:
        raise ClientUnknown
    return client


def _patient(
    request: AuthorizationRequest,
    caller: Caller,
    session: Session,
    chosen: UUID | None,
    access: Access,
) -> UUID | None:
    """Of whom the app is to be: the citizen themselves, or whom the clinician has open."""
    if roles.kind(caller.role) is RoleKind.CITIZEN:
        return caller.patient
    if request.launch:
        patient = launches.patient_of(request.launch, session.id, access.time)
        if patient is None:
            raise _bad("The launch is not known, or over.")
        return patient
    if "launch/patient" not in request.scopes:
        return None
    if chosen is None:
        raise NotAuthorized(AuthorizationFault.ACCESS_DENIED, "No patient is open.")
    return chosen


def _require_scopes(
    scopes: frozenset[str], client: OAuthClient, caller: Caller, patient: UUID | None, offer: Offer
) -> None:
    contexts = {Context.PATIENT} if patient is not None else set()
    if roles.kind(caller.role) is not RoleKind.CITIZEN:
        contexts |= {Context.USER}
    rest = scopes - OTHER_SCOPES
    allowed = all(one in client.scopes for one in scopes)
    if not (scopes and allowed and all(offer.holds(one, contexts) for one in rest)):
        raise NotAuthorized(
            AuthorizationFault.INVALID_SCOPE, "A scope is not known, or not for this app or person."
        )


def _token_client(access: Access, request: TokenRequest, certificate: bytes | None) -> OAuthClient:
    """The client, shown as it was registered: by its signature, or by its name alone."""
    if request.client_assertion:
        name = tokens.client_of(access, request, certificate)
    else:
        name = request.client_id
    found = clients.by_id(name)
    if found is None or found.confidential != bool(request.client_assertion):
        raise TokenRefused(TokenFault.INVALID_CLIENT, "The client is not registered so.")
    return found


def _granted(access: Access, request: TokenRequest, client: OAuthClient) -> Granted:
    now = access.time
    if request.grant_type == REFRESH:
        return grants.refresh(request.refresh_token, client.id, now)
    granted = grants.redeem(request.code, client.id, now)
    right = granted.terms.redirect_uri == request.redirect_uri
    if not (right and _proved(request.code_verifier, granted.terms.challenge)):
        raise NotRecognised  # The code is used up by it: a second guess is not given.
    if STAYING_SCOPES & set(granted.terms.scopes):
        return replace(granted, refresh=grants.offer_refresh(request.code))
    return granted


def _proved(verifier: str, challenge: str) -> bool:
    # RFC 7636 section 4.6.
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def _narrowed(wanted: frozenset[str], had: frozenset[str]) -> frozenset[str]:
    # RFC 6749 section 6: a refresh may ask for less, never for more.
    if not wanted <= had:
        raise TokenRefused(TokenFault.INVALID_SCOPE, "A scope was not allowed by the person.")
    return wanted or had


def _token(
    access: Access, granted: Granted, scopes: frozenset[str], certificate: bytes | None
) -> AccessToken:
    about = () if granted.terms.patient is None else (str(granted.terms.patient),)
    return AccessToken(
        id=str(uuid4()),
        issuer=settings.NARU.issuer,
        subject=str(granted.session.account),
        client=granted.client,
        audiences=frozenset({settings.NARU.token_audiences[0]}),
        scopes=scopes,
        issued=access.time,
        expires=tokens.ends(access),
        claims=Claims(),
        session=" ".join(
            (str(granted.session.id), granted.terms.acts_as, str(granted.family), *about)
        ),
        certificate="" if certificate is None else read_peer(certificate).fingerprint_sha256,
    )


def _identity(token: AccessToken, granted: Granted) -> dict[str, str | int | list[str]]:
    """The claims of an ID token (OpenID Connect Core 2); sub is the account's surrogate."""
    said: dict[str, str | int | list[str]] = {
        "iss": token.issuer,
        "sub": token.subject,
        "aud": token.client,
        "iat": int(token.issued.timestamp()),
        "exp": int(token.expires.timestamp()),
        "auth_time": int(granted.session.begun.timestamp()),
    }
    if granted.terms.nonce:
        said["nonce"] = granted.terms.nonce
    if "fhirUser" in token.scopes and granted.session.post is None and granted.session.patient:
        said["fhirUser"] = f"{token.issuer}/fhir/Patient/{granted.session.patient}"
    return said


def _back(request: AuthorizationRequest, **more: str) -> str:
    told = more | {"state": request.state, "iss": settings.NARU.issuer}
    glue = "&" if "?" in request.redirect_uri else "?"
    return request.redirect_uri + glue + urlencode({k: v for k, v in told.items() if v})


def _bad(sentence: str) -> NotAuthorized:
    return NotAuthorized(AuthorizationFault.INVALID_REQUEST, sentence)


def scopes_told(offer: Offer) -> Collection[str]:
    """What may be asked for beside the offer (for the discovery documents)."""
    return (*offer.scopes(), *sorted(OTHER_SCOPES))
