"""Signing in and out, each time with its one access record, and a notice of a device that is new.

Nobody learns whether an account exists: what fails, fails with one sentence, after the same work.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from naru.accounts import attempts, credentials, passkeys, people, sessions
from naru.accounts.attempts import Tried
from naru.accounts.errors import NotRecognised, Refused
from naru.accounts.identity_provider import Begun, provider
from naru.accounts.passkeys import Challenge, Options
from naru.accounts.values import Account, Method, Session, VerifiedPerson
from naru.audit.records import Outcome
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day
from naru.domain.roles import Factor
from naru.exchange.access import Access, attempting, changing, reading, settle
from naru.exchange.callers import blocking
from naru.exchange.patients import deaths, linking
from naru.notifications import services as notifications
from naru.notifications.services import Recipient

SIGN_UP = "sign-up"
SIGN_IN = "sign-in"
SIGN_OUT = "sign-out"
STEP_UP = "step-up"
"""The transactions of sign-in, as the audit names them."""

ENDED_DEVICE = "end sign-in"
CHANGED = "change sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where somebody signs in: the secret that the browser keeps, and what it calls itself."""

    device: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What came of a sign-in: its id and the account's."""

    session: UUID
    account: UUID


def ask_identity(return_to: str, state: str) -> Begun:
    """Send somebody to the provider; raises ProviderUnavailable. Nothing of anybody is touched."""
    return provider().begin(return_to, state)


def identified(access: Access, reference: str, code: str) -> VerifiedPerson:
    """Who the provider says it is; raises IdentityUnverified, ProviderUnavailable, recorded."""
    with _noted(access):
        return provider().finish(reference, code)


def has_account(person: VerifiedPerson) -> bool:
    """Whether the verified person has signed up; told to nobody but them."""
    return people.is_known(person)


def sign_up(access: Access, person: VerifiedPerson, browser: Browser) -> Begin:
    """An account for a verified person, tied to their patient, and the first sign-in to it.

    Raises AlreadyKnown.
    """
    with changing(access):
        state = linking.find(person)
        account = people.sign_up(person, state, None, access.time)
        linking.tell_stewards(account, state, access.time)
        return _begin(access, account, Method.IDENTITY, browser)


def by_identity(access: Access, person: VerifiedPerson, browser: Browser) -> Begin:
    """Sign a verified person in; raises NotRecognised."""
    with changing(access):
        return _by_identity(access, person, browser)


def open_own(access: Access, person: VerifiedPerson, browser: Browser) -> Begin:
    """Open one's own blocked account and sign in; raises NotRecognised, NotOpened."""
    with changing(access):
        blocking.open_own(access, person)
        return _by_identity(access, person, browser)


def ask_passkey(now: datetime) -> tuple[Options, Challenge]:
    """What a browser is asked that signs in by a passkey."""
    return passkeys.ask_to_sign(now)


def by_passkey(
    access: Access, challenge: Challenge, answer: Mapping[str, Any], browser: Browser
) -> Begin:
    """Sign in by a passkey; raises NotRecognised, CeremonyInvalid."""
    with changing(access):
        account = credentials.use(challenge, answer, access.time)
        return _begin(access, account, Method.PASSKEY, browser)


def by_password(access: Access, login: str, password: str, browser: Browser) -> Begin:
    """Sign in by name and password; raises NotRecognised, TooSoon."""
    tried = [
        Tried(f"login\n{people.login_name(login)}"),
        Tried(f"address\n{access.caller.address}", place=True),
    ]
    with _counted(access, tried), changing(access):
        account = people.by_password(login, password)
        return _begin(access, account, Method.PASSWORD, browser)


def by_recovery_code(access: Access, code: str, browser: Browser) -> Begin:
    """Sign in by a code that is good once; raises NotRecognised, TooSoon."""
    tried = [Tried(f"recovery\n{access.caller.address}", place=True)]
    with _counted(access, tried), changing(access):
        account = people.by_recovery_code(code, access.time)
        return _begin(access, account, Method.RECOVERY, browser)


def step_up_by_passkey(
    access: Access, session: Session, challenge: Challenge, answer: Mapping[str, Any]
) -> None:
    """Show the passkey again; raises NotRecognised where it is another account's."""
    with changing(access):
        if credentials.use(challenge, answer, access.time) != session.account:
            raise NotRecognised
        sessions.show(session.id, Factor.PASSKEY, access.time)


def step_up_by_identity(access: Access, session: Session, person: VerifiedPerson) -> None:
    """The provider said anew who it is; raises NotRecognised where it is somebody else."""
    with changing(access):
        if people.by_identity(person) != session.account:
            raise NotRecognised
        people.verified_again(session.account, person, access.time)
        linking.find_again(session.account, person, access.time)
        sessions.show(session.id, Factor.IDENTITY, access.time)


def sign_out(access: Access, session: Session) -> None:
    """End the sign-in from which it is asked."""
    with changing(access):
        sessions.end(session.account, session.id, access.time)


def end_device(access: Access, session: Session, device: UUID) -> None:
    """End one of one's own sign-ins; raises NotFound."""
    with changing(access):
        sessions.end(session.account, device, access.time)


def end_others(access: Access, session: Session) -> None:
    """End every sign-in of one's own but this."""
    with changing(access):
        sessions.end_all(session.account, access.time, but=session.id)


def account(access: Access, session: Session) -> Account:
    """One's own account; leaves its record as every look does."""
    with reading(access):
        return sessions.account(session.account, session.id, access.time)


def ask_new_passkey(session: Session, now: datetime) -> tuple[Options, Challenge]:
    """What a browser is asked that makes a passkey."""
    account = session.account
    known = credentials.attested(account)
    return passkeys.ask_to_register(account, people.name_of(account), known, now)


def add_passkey(
    access: Access, session: Session, challenge: Challenge, answer: Mapping[str, Any], name: str
) -> None:
    """Keep a passkey; raises CeremonyInvalid."""
    with changing(access):
        credentials.add(session.account, challenge, answer, name, access.time)


def remove_passkey(access: Access, session: Session, passkey: UUID) -> None:
    """Take a passkey away; raises NotFound."""
    with changing(access):
        credentials.remove(session.account, passkey)


def set_password(access: Access, session: Session, login: str, password: str) -> None:
    """Sign in by a password too, or by none where both are empty; raises PasswordWeak."""
    with changing(access):
        if login or password:
            people.set_password(session.account, login, password)
        else:
            people.drop_password(session.account)


def new_recovery_codes(access: Access, session: Session) -> tuple[str, ...]:
    """Codes that are shown once; those of before are good no more."""
    with changing(access):
        return tuple(map(people.grouped, people.new_recovery_codes(session.account)))


def of_account(session: Session, *, address: str) -> Caller:
    """The person at the pages of their own account, whatever they act as elsewhere."""
    return Caller(
        role=Role.PATIENT if session.post is None else session.post.role,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        institution=None if session.post is None else session.post.institution,
        person=session.account,
        patient=session.patient if session.post is None else None,
        address=address,
    )


def _by_identity(access: Access, person: VerifiedPerson, browser: Browser) -> Begin:
    account = people.by_identity(person)
    if account is None:
        raise NotRecognised
    people.verified_again(account, person, access.time)
    linking.find_again(account, person, access.time)
    return _begin(access, account, Method.IDENTITY, browser)


def _begin(access: Access, account: UUID, method: Method, browser: Browser) -> Begin:
    access.caller = replace(
        access.caller,
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        person=account,
    )
    patient = people.patient_of(account)
    if patient is not None and deaths.noted(patient):
        raise NotRecognised
    known = sessions.knows_device(account, browser.device)
    session = sessions.begin(account, method, browser.device, browser.name, access.time)
    if not known:
        day = str(korean_day(access.time))
        to = Recipient.account(account)
        notifications.notify("sign-in-new-device", to, {"day": day}, key=str(session))
    return Begin(session=session, account=account)


def refused(access: Access, refusal: Refused) -> None:
    """Note a refusal that no service noted."""
    if access.outcome is Outcome.SUCCESS:
        access.refused(type(refusal).__name__)


@contextmanager
def _counted(access: Access, tried: list[Tried]) -> Iterator[None]:
    """What is tried inside counts as failed until it has not: raises TooSoon for one too many."""
    with attempting(access):
        attempts.begin(tried, access.time)
    yield
    attempts.passed(tried, access.time)


@contextmanager
def _noted(access: Access) -> Iterator[None]:
    """Whatever is refused inside leaves its record; what goes well is recorded by what follows."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        access.refused(type(refusal).__name__)
        settle(access)
        raise
