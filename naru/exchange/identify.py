"""Who asks: the caller of a request, built here and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings

from naru.accounts import clients, grants, service_accounts, sessions
from naru.accounts.values import OAuthClient, Session
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.access_token import AccessToken, TokenInvalid
from naru.domain.assertion import Assertion, AssertionRefused, SecurityFault, SignedAssertion
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User, XuaRule
from naru.domain.scopes import Need, opened
from naru.exchange.callers import assertions, vouched
from naru.exchange.patients import deaths
from naru.patients import queries as patients
from naru.security import tokens
from naru.security.errors import CertificateUnreadable
from naru.security.peer import read_peer


class NotIdentified(Exception):
    """The caller is not a participant; the sentence says what is missing, nothing else."""


class Deceased(NotIdentified):
    """Whoever signed in is noted as dead: nobody acts by their sign-in, at their posts neither."""


class ScopeInsufficient(Exception):
    """The token does not open what is asked (RFC 6750 section 3.1)."""


def at_wire(certificate: bytes | None, *, address: str, now: datetime) -> Caller:
    """The institution that speaks at a wire door, known by its certificate (ITI TF-2 3.19).

    Asked anew for every request, so that a suspension holds from the next one. Only a loopback
    sandbox admits a caller without a certificate.
    """
    if certificate is None:
        if settings.NARU.sandbox and _is_loopback(address):
            return _system(Assurance.NONE, address)
        raise NotIdentified("A client certificate of a participating institution is required.")
    try:
        peer = read_peer(certificate)
    except CertificateUnreadable as error:
        raise NotIdentified("The client certificate cannot be read.") from error
    institution = directory.by_fingerprint(peer.fingerprint_sha256, on=now)
    if institution is None or not institution.approved:
        raise NotIdentified("The client certificate belongs to no participating institution.")
    return Caller(
        role=vouched.KIND_ROLES.get(institution.kind, Role.SYSTEM),
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution.id,
        address=address,
    )


def by_assertion(
    caller: Caller,
    signed: SignedAssertion | None,
    *,
    certificate: bytes | None,
    transaction: str,
    message_id: str | None,
    now: datetime,
) -> Caller:
    """The user at the institution that calls, if the request says who it is (ITI TF-2 3.40).

    Raises AssertionRefused for an assertion that is not believed, and where one must come and none
    did. Nothing of a decision is kept: trust, times and use are looked at each time.
    """
    rule = settings.NARU.xua_rule
    if rule is XuaRule.IGNORED:
        return caller
    if signed is None:
        if rule is XuaRule.REQUIRED:
            raise AssertionRefused(
                SecurityFault.FailedAuthentication, "An assertion of who asks is required here."
            )
        return caller
    user, assertion = user_of(caller, signed, certificate=certificate, now=now)
    try:
        vouched.require_allowed(user, transaction)
    except vouched.NotVouched as refusal:
        raise AssertionRefused(SecurityFault.FailedAuthentication, str(refusal)) from None
    assertions.use(assertion, message_id=message_id, bearer=_bearer(caller), now=now)
    return user


def require_user(caller: Caller) -> None:
    """Raise NotIdentified where the node asks for a user and the caller's token names none.

    What `by_assertion` asks of a SOAP request, at a door that takes tokens.
    """
    if settings.NARU.xua_rule is XuaRule.REQUIRED and caller.user is None:
        raise NotIdentified("An access token of the user who asks is required here.")


def user_of(
    caller: Caller,
    signed: SignedAssertion,
    *,
    certificate: bytes | None,
    now: datetime,
    recipients: Collection[str] = (),
) -> tuple[Caller, Assertion]:
    """Whom an assertion makes of the caller, if it is believed; else AssertionRefused.

    `recipients` are our names where one that names its recipient has to name us. That it is used
    is still to be marked.
    """
    assertion, provider = assertions.opened(signed, now)
    assertions.check(
        assertion,
        audiences=settings.NARU.own_audiences,
        certificate=certificate,
        now=now,
        recipients=recipients,
    )
    name = assertion.user_name
    try:
        user = vouched.vouched(
            caller, assertion.claims, name, assurance=Assurance.ASSERTION, now=now
        )
    except vouched.NotVouched as refusal:
        raise AssertionRefused(SecurityFault.FailedAuthentication, str(refusal)) from None
    if not provider.speaks_for(user.institution):
        raise AssertionRefused(
            SecurityFault.FailedAuthentication,
            "The assertion provider is not trusted for this institution.",
        )
    if user.patient is not None and not provider.everywhere:
        # A citizen is no institution's user: else each could open anybody's records without them.
        raise AssertionRefused(
            SecurityFault.FailedAuthentication,
            "The assertion provider is not trusted to say who a patient is.",
        )
    return user, assertion


def mark_used(caller: Caller, assertion: Assertion, use: str, now: datetime) -> None:
    """Mark a use of the assertion by the caller; raises AssertionRefused for a replay."""
    assertions.use(assertion, message_id=use, bearer=_bearer(caller), now=now)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears an access token, and what it opens."""

    caller: Caller
    scopes: frozenset[str]

    def require(self, transaction: str, needs: Collection[Need]) -> None:
        """Raise ScopeInsufficient where the token opens neither the transaction nor its needs."""
        if transaction not in self.scopes and not (needs and opened(self.scopes, needs)):
            raise ScopeInsufficient("The token's scope does not hold this.")
        try:
            vouched.require_allowed(self.caller, transaction)
        except vouched.NotVouched as refusal:
            raise ScopeInsufficient(str(refusal)) from None


def by_token(token: str, *, certificate: bytes | None, address: str, now: datetime) -> Bearer:
    """Who bears an access token of ours (ITI TF-2 3.72); raises NotIdentified.

    A token that is bound to a certificate opens nothing without it (RFC 8705 section 3). Where the
    connection shows an institution, the token must be of it or of one that it may speak for.
    """
    try:
        said = tokens.read(
            token,
            issuer=settings.NARU.issuer,
            audiences=settings.NARU.token_audiences,
            now=now,
        )
    except TokenInvalid as error:
        raise NotIdentified(str(error)) from None
    if said.session:
        return Bearer(_of_app(said, certificate, address=address, now=now), said.scopes)
    if certificate is not None:
        caller = at_wire(certificate, address=address, now=now)
    else:
        caller = _system(Assurance.NONE, address)
    shown = "" if certificate is None else read_peer(certificate).fingerprint_sha256
    if said.certificate and said.certificate != shown:
        raise NotIdentified("The token is bound to the certificate of another connection.")
    service = service_accounts.by_id(said.client)
    if service is not None and service.suspended:
        raise NotIdentified("The service account is suspended.")
    try:
        user = vouched.vouched(caller, said.claims, said.user, assurance=Assurance.TOKEN, now=now)
    except vouched.NotVouched as refusal:
        raise NotIdentified(str(refusal)) from None
    if user.institution is None and not settings.NARU.sandbox:
        raise NotIdentified("The token is of no participating institution.")
    return Bearer(user, said.scopes)


def _of_app(said: AccessToken, certificate: bytes | None, *, address: str, now: datetime) -> Caller:
    """The person who let an app in, as they stand now: whoever signed out has ended its tokens."""
    shown = "" if certificate is None else read_peer(certificate).fingerprint_sha256
    if said.certificate and said.certificate != shown:
        raise NotIdentified("The token is bound to the certificate of another connection.")
    return in_app(said, address=address, now=now)


def in_app(said: AccessToken, *, address: str, now: datetime) -> Caller:
    """The person in whose sign-in an app got this token; raises NotIdentified for one that ended.

    Whether the connection may bear the token is not asked.
    """
    sign_in, acts_as, family, *about = said.session.split(" ")
    session = sessions.session(UUID(sign_in), now, idle=False)
    if session is None:
        raise NotIdentified("The sign-in in which the token was allowed has ended.")
    if acts_as != session.acts_as:
        raise NotIdentified("The person acts as somebody else now.")
    # RFC 6749 4.1.2: of a code that came twice somebody else may have the tokens.
    if not grants.stands(UUID(family)):
        raise NotIdentified("What the person allowed has ended.")
    caller = by_session(session, address=address, now=now)
    app(said.client, caller, now=now)
    return replace(
        caller,
        assurance=Assurance.TOKEN,
        about=UUID(about[0]) if about else None,
        user=User(name=f"<{said.subject}@{said.issuer}>"),
    )


def app(client_id: str, caller: Caller, *, now: datetime) -> OAuthClient:
    """The app, if this person may let it in now; raises NotIdentified.

    It is registered and not suspended; that of an institution while it takes part, and for no
    other institution's people: their patients' records are not its.
    """
    client = clients.by_id(client_id)
    if client is None:
        raise NotIdentified("The app is registered no more.")
    if client.institution is not None:
        owner = directory.by_id(client.institution, on=now)
        if owner is None or not owner.approved:
            raise NotIdentified("The app's institution takes no part.")
        if caller.institution not in {None, client.institution}:
            raise NotIdentified("The app is another institution's.")
    return client


def by_institution(institution: UUID, *, address: str, now: datetime) -> Caller:
    """The system of an institution that has shown who it is otherwise than by a certificate."""
    found = directory.by_id(institution, on=now)
    if found is None or not found.approved:
        raise NotIdentified("This client is no participating institution's.")
    return Caller(
        role=vouched.KIND_ROLES.get(found.kind, Role.SYSTEM),
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.TOKEN,
        institution=found.id,
        address=address,
    )


def stranger(*, address: str) -> Caller:
    """Whoever has not said yet who they are; for the record of a refusal."""
    return _system(Assurance.NONE, address)


def operator(*, address: str = "") -> Caller:
    """Whoever has the node's data folder in hand and runs a command on it."""
    return Caller(
        role=Role.OPERATOR,
        purpose=PurposeOfUse.OPERATIONS,
        assurance=Assurance.SESSION,
        address=address,
    )


def patient(surrogate: UUID, *, address: str) -> Caller:
    """A citizen at a page of theirs."""
    return Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=surrogate,
        address=address,
    )


def by_session(session: Session, *, address: str, now: datetime) -> Caller:
    """Who signed in, and as what they act at this moment; raises NotIdentified, of which Deceased.

    A post counts while its institution takes part; that of somebody who may apply for it to, and
    who sees no patient's record, counts before and after. Whoever acts for nobody acts for
    themselves: as the patient who they are, if they are known as one.
    """
    if session.patient is not None and deaths.noted(session.patient):
        raise Deceased("The death of this person is noted.")
    post = session.post
    if session.represented is not None and post is None:
        return _representative(session, session.represented, address=address, now=now)
    if post is None:
        return Caller(
            role=Role.PATIENT,
            purpose=PurposeOfUse.PATIENT_REQUEST,
            assurance=Assurance.SESSION,
            person=session.account,
            patient=_person(session.patient),
            address=address,
        )
    role = post.role
    if post.institution is not None:
        found = directory.by_id(post.institution, on=now)
        joins = role in roles.that_may("apply-to-join")
        if found is None or not (found.approved or joins):
            raise NotIdentified("The post is at no participating institution.")
        treats = role in roles.treating() and not roles.treats_at(role, found.kind)
        # A clerk is what the institution is: no post lifts the limit of an insurer (rule 6).
        clerk = role in roles.that_may("receive-delivery") and not roles.belongs(role, found.kind)
        if treats or clerk:
            role = vouched.KIND_ROLES.get(found.kind, role)
            # An institution's own administrator gives such a post: it makes nobody an operator.
            if role is Role.OPERATOR:
                raise NotIdentified("Nobody treats patients at the operating body.")
    return Caller(
        role=role,
        purpose=PurposeOfUse.TREATMENT if role in roles.treating() else PurposeOfUse.OPERATIONS,
        assurance=Assurance.SESSION,
        institution=post.institution,
        person=session.account,
        address=address,
    )


def _person(patient: UUID | None) -> UUID | None:
    """The survivor, so that who was merged since their sign-in is still who they are."""
    return None if patient is None else patients.survivor(patient) or patient


def _representative(session: Session, represented: UUID, *, address: str, now: datetime) -> Caller:
    """Whoever speaks for a patient: asked at every request whether they still may (rule 2)."""
    from naru.exchange.consent import mandates  # It asks for callers itself.

    known_as = () if session.patient is None else patients.identity_set(session.patient)
    ids = (session.account, *known_as)
    person = _person(represented)
    if person not in mandates.represented_by(ids, now):
        raise NotIdentified("Nobody is represented by this person any more.")
    return Caller(
        role=Role.REPRESENTATIVE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        person=session.account,
        patient=person,
        address=address,
        known_as=known_as,
    )


def at_clinic(
    institution: UUID, *, role: Role = Role.CLINICIAN, address: str, now: datetime
) -> Caller:
    """Somebody of an institution at a page of a demo, where one chooses who one is.

    Of each role that treats there is one person, so that what asks for a person, as opening
    a record in an emergency does, can be told too; nobody has signed in as them. Raises
    NotIdentified where the institution takes no part, as a wire door does.
    """
    found = directory.by_id(institution, on=now)
    if found is None or not found.approved:
        raise NotIdentified("The page is no participating institution's.")
    return Caller(
        role=vouched.KIND_ROLES.get(found.kind, role),
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=found.id,
        person=uuid5(found.id, role) if role in roles.treating() else None,
        address=address,
    )


def _system(assurance: Assurance, address: str) -> Caller:
    return Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=assurance,
        address=address,
    )


def _bearer(caller: Caller) -> str:
    return str(caller.institution or "")


def _is_loopback(address: str) -> bool:
    return address in {"127.0.0.1", "::1"}
