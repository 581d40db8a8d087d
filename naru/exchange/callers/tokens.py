"""Giving access tokens to the clients of institutions (ITI-71), and looking at one (ITI-102)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from naru.accounts import service_accounts
from naru.directory import queries as directory
from naru.domain.access_token import (
    AccessToken,
    TokenFault,
    TokenInvalid,
    TokenRefused,
    TokenRequest,
)
from naru.domain.assertion import Assertion, AssertionRefused, Claims
from naru.domain.caller import Caller
from naru.domain.korea import korean_day
from naru.domain.scopes import Context, Offer
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.callers import strangers
from naru.security import jwks, replay, tokens
from naru.security.peer import read_peer
from naru.security.tokens import ClientAssertion

CLIENT_CREDENTIALS: Final = "client_credentials"
SAML2_BEARER: Final = "urn:ietf:params:oauth:grant-type:saml2-bearer"
GRANTS: Final = (CLIENT_CREDENTIALS, SAML2_BEARER)


def grant(
    access: Access, request: TokenRequest, certificate: bytes | None, offer: Offer
) -> AccessToken:
    """A token for the client that asks, of what is on offer; raises TokenRefused.

    The client is the institution of the TLS certificate (RFC 8705 section 2), or whoever signed
    `client_assertion` and is trusted as an institution's client (RFC 7523). With an assertion of a
    user the token is of that user, and ends when the assertion does.
    """
    with recorded(access):
        client = client_of(access, request, certificate)
        if request.grant_type not in GRANTS:
            raise TokenRefused(TokenFault.UNSUPPORTED_GRANT_TYPE, "This grant is not known here.")
        audience = _audience(request)
        caller, claims, subject, over = access.caller, Claims(), client, ends(access)
        if request.grant_type == SAML2_BEARER:
            caller, assertion = _user(access, request, certificate)
            claims, subject = assertion.claims, assertion.subject.name
            over = min(over, assertion.not_on_or_after)
        token = AccessToken(
            id=str(uuid4()),
            issuer=settings.NARU.issuer,
            subject=subject,
            client=client,
            audiences=frozenset({audience}),
            scopes=_scopes_of(client, request, caller, offer),
            issued=access.time,
            expires=over,
            claims=replace(claims, organization_ids=_organization_ids(caller, access)),
            user="" if caller.user is None else caller.user.name,
            certificate="" if certificate is None else read_peer(certificate).fingerprint_sha256,
        )
        access.caller = caller
        service_accounts.used(client, access.time)
    return token


def introspect(access: Access, text: str, certificate: bytes | None) -> AccessToken | None:
    """What a token says, told to an institution; None if it opens nothing. Raises TokenRefused."""
    with recorded(access):
        client_of(access, TokenRequest(grant_type=""), certificate)
        try:
            said = tokens.read(
                text,
                issuer=settings.NARU.issuer,
                audiences=settings.NARU.token_audiences,
                now=access.time,
            )
            if said.session:  # It ends with the sign-in in which a person allowed it.
                identify.in_app(said, address=access.caller.address, now=access.time)
        except (TokenInvalid, identify.NotIdentified):
            return None
        return said


@contextmanager
def recorded(access: Access) -> Iterator[None]:
    """What is granted or refused inside leaves its record; a stranger's is counted."""
    try:
        yield
    except TokenRefused as refusal:
        access.refused(f"{refusal.fault}: {refusal}")
        stranger = access.caller.institution is None
        (strangers.close if stranger else close)(access)
        raise
    close(access)


def client_of(access: Access, request: TokenRequest, certificate: bytes | None) -> str:
    """The client's id; from then on its institution is the caller. Raises TokenRefused."""
    address, now = access.caller.address, access.time
    try:
        if request.client_assertion:
            client, caller = _by_client_assertion(access, request)
            _require_same(caller, certificate, now)
        else:
            caller = identify.at_wire(certificate, address=address, now=now)
            client = _client_id(caller, access)
    except identify.NotIdentified as stranger:
        raise TokenRefused(TokenFault.INVALID_CLIENT, str(stranger)) from None
    if request.client_id and request.client_id != client:
        raise TokenRefused(TokenFault.INVALID_CLIENT, "The client_id is another client's.")
    access.caller = caller
    return client


def _require_same(caller: Caller, certificate: bytes | None, now: datetime) -> None:
    if certificate is None:
        return
    shown = identify.at_wire(certificate, address=caller.address, now=now)
    if shown.institution != caller.institution:
        raise identify.NotIdentified("The certificate is another institution's.")


def _by_client_assertion(access: Access, request: TokenRequest) -> tuple[str, Caller]:
    return by_client_assertion(
        request.client_assertion,
        settings.NARU.token_endpoints,
        address=access.caller.address,
        now=access.time,
    )


def by_client_assertion(
    text: str, audiences: Iterable[str], *, address: str, now: datetime, subject: bool = True
) -> tuple[str, Caller]:
    """The client that signed an assertion for us, once, and its institution; else NotIdentified."""
    client = tokens.claimed_issuer(text)
    for trusted in directory.token_clients(client, on=korean_day(now)):
        said = tokens.read_client_assertion(
            text,
            client=client,
            certificates=[trusted.certificate],
            audiences=audiences,
            now=now,
            subject=subject,
        )
        if said is None:
            continue
        return client, _used_once(said, trusted.institution, address=address, now=now)
    service = service_accounts.by_id(client)
    if service is not None and not service.suspended:
        said = tokens.read_signed_assertion(
            text,
            client=client,
            keys=jwks.read(service.key_set),
            audiences=audiences,
            now=now,
            subject=subject,
        )
        if said is not None:
            return client, _used_once(said, service.institution, address=address, now=now)
    raise identify.NotIdentified("No registered client signed this assertion.")


def _used_once(said: ClientAssertion, institution: UUID, *, address: str, now: datetime) -> Caller:
    """The institution in whose name an assertion was signed, which is good once."""
    caller = identify.by_institution(institution, address=address, now=now)
    try:
        replay.use([f"client\n{said.client}\n{said.id}"], until=said.ends, now=now)
    except replay.Replayed:
        raise identify.NotIdentified("The client's assertion was used before.") from None
    return caller


def _client_id(caller: Caller, access: Access) -> str:
    if caller.institution is None:
        return "sandbox"
    found = directory.by_id(caller.institution, on=korean_day(access.time))
    return f"urn:oid:{found.oid}" if found and found.oid else str(caller.institution)


def _user(
    access: Access, request: TokenRequest, certificate: bytes | None
) -> tuple[Caller, Assertion]:
    if request.assertion is None:
        raise TokenRefused(TokenFault.INVALID_REQUEST, "This grant needs an assertion.")
    try:
        user, assertion = identify.user_of(
            access.caller,
            request.assertion,
            certificate=certificate,
            now=access.time,
            recipients=settings.NARU.token_endpoints,
        )
        identify.mark_used(access.caller, assertion, f"token {access.request_id}", access.time)
    except AssertionRefused as refusal:
        raise TokenRefused(TokenFault.INVALID_GRANT, str(refusal)) from None
    if len(assertion.claims.patients) > 1:
        # ITI TF-2 3.71.4.2.2.1.2: patient_id is one; the first of several would say more than all.
        raise TokenRefused(TokenFault.INVALID_GRANT, "A token speaks of one patient.")
    return user, assertion


def _organization_ids(caller: Caller, access: Access) -> tuple[str, ...]:
    if caller.institution is None:
        return ()
    found = directory.by_id(caller.institution, on=korean_day(access.time))
    if found is None or not found.oid:
        raise TokenRefused(TokenFault.UNAUTHORIZED_CLIENT, "The institution has no OID.")
    return (f"urn:oid:{found.oid}",)


def _scopes(request: TokenRequest, caller: Caller, offer: Offer) -> frozenset[str]:
    # ITI TF-2 3.71.4.1.3: unknown scopes may be refused; none asked for is all that there are.
    contexts = _contexts(caller)
    if not all(offer.holds(one, contexts) for one in request.scopes):
        raise TokenRefused(
            TokenFault.INVALID_SCOPE, "A scope is not known here, or not for such a client."
        )
    return request.scopes or offer.all(contexts)


def _scopes_of(client: str, request: TokenRequest, caller: Caller, offer: Offer) -> frozenset[str]:
    """What a service account gets is among its own scopes; none asked for is all of these."""
    service = service_accounts.by_id(client)
    if service is None:
        return _scopes(request, caller, offer)
    if not request.scopes <= service.scopes:
        raise TokenRefused(TokenFault.INVALID_SCOPE, "A scope is not this account's.")
    return _scopes(replace(request, scopes=request.scopes or service.scopes), caller, offer)


def _contexts(caller: Caller) -> frozenset[Context]:
    """For whom the client acts: for itself, or for its user, who may be of one patient alone."""
    if caller.user is None:
        return frozenset({Context.SYSTEM})
    if caller.patient is not None:
        return frozenset({Context.PATIENT})
    about = {Context.PATIENT} if caller.about is not None else set()
    return frozenset({Context.USER, *about})


def _audience(request: TokenRequest) -> str:
    # RFC 8707 section 2.
    audiences = settings.NARU.token_audiences
    if request.resource and request.resource not in audiences:
        raise TokenRefused(TokenFault.INVALID_TARGET, "The resource is none of this node.")
    return request.resource or audiences[0]


def ends(access: Access) -> datetime:
    """Until when a token that is given now is good."""
    return access.time + tokens.LIFETIME
