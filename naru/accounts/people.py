"""Accounts: made of a verified person, found again by what the person shows."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from naru.accounts import sealed
from naru.accounts.errors import AlreadyKnown, NotFound, NotRecognised, PasswordWeak
from naru.accounts.models import Identity, RecoveryCode, User
from naru.accounts.values import DoubtfulLink, Link, VerifiedPerson

RECOVERY_CODES: Final = 8
CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH: Final = 16
"""80 bits: nobody guesses one, so that a code needs no name beside it."""

_LONGEST_NAME: Final = 60
_SHORTEST_NAME: Final = 4
_LONGEST_PASSWORD: Final = 200


def sign_up(person: VerifiedPerson, link: Link, patient: UUID | None, now: datetime) -> UUID:
    """An account for the person; raises AlreadyKnown. No RRN is asked for or kept."""
    account = uuid4()
    user = User(public_id=account)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
            Identity.objects.create(
                user=user,
                di_token=sealed.token("di", person.di),
                ci_token=sealed.token("ci", person.ci) if person.ci else None,
                sealed=sealed.seal_person(person, account),
                verified_at=now,
                link=link,
                patient=patient,
            )
    except IntegrityError:
        raise AlreadyKnown from None
    return account


def by_identity(person: VerifiedPerson) -> UUID | None:
    """The account of a verified person; None where there is none, or it is blocked."""
    found = Identity.objects.filter(di_token=sealed.token("di", person.di), user__is_active=True)
    return found.values_list("user__public_id", flat=True).first()


def of_person(person: VerifiedPerson) -> UUID | None:
    """The account of a verified person, a blocked one too."""
    found = Identity.objects.filter(di_token=sealed.token("di", person.di))
    return found.values_list("user__public_id", flat=True).first()


def is_known(person: VerifiedPerson) -> bool:
    """Whether the person has an account, a blocked one too."""
    return of_person(person) is not None


def verified_again(account: UUID, person: VerifiedPerson, now: datetime) -> None:
    """The provider said anew who it is: names and telephones change."""
    Identity.objects.filter(user__public_id=account).update(
        sealed=sealed.seal_person(person, account), verified_at=now
    )


def link(account: UUID, state: Link, patient: UUID | None) -> None:
    """Say who the account's person is among the patients."""
    Identity.objects.filter(user__public_id=account).update(link=state, patient=patient)


def is_somebody_s(patient: UUID) -> bool:
    """Whether an account is tied to the patient already."""
    return Identity.objects.filter(patient=patient).exists()


def account_of(patient: UUID) -> UUID | None:
    """The account that is tied to the patient, if one is."""
    rows = Identity.objects.filter(patient=patient)
    return rows.values_list("user__public_id", flat=True).first()


def link_of(account: UUID) -> Link:
    """Whether the account's person is known as a patient."""
    return Link(Identity.objects.values_list("link", flat=True).get(user__public_id=account))


def name_of(account: UUID) -> str:
    """The verified name; raises NotFound."""
    found = Identity.objects.filter(user__public_id=account).first()
    if found is None:
        raise NotFound
    return sealed.open_person(found.sealed, account).name


def phone_of(account: UUID) -> str:
    """The verified telephone; empty where there is none, or no such account."""
    found = Identity.objects.filter(user__public_id=account).first()
    return "" if found is None else sealed.open_person(found.sealed, account).phone


def patient_of(account: UUID) -> UUID | None:
    """The patient who the account's person is, where they are known as one."""
    return (
        Identity.objects.filter(user__public_id=account).values_list("patient", flat=True).first()
    )


def doubtful() -> tuple[DoubtfulLink, ...]:
    """The accounts that wait for a steward, the longest waiting first."""
    rows = Identity.objects.filter(link=Link.DOUBTFUL, user__is_active=True)
    return tuple(_doubtful(row) for row in rows.select_related("user").order_by("verified_at"))


def set_password(account: UUID, login: str, password: str) -> None:
    """Sign in by name and password too; raises PasswordWeak."""
    login = _normal(login)
    if not _SHORTEST_NAME <= len(login) <= _LONGEST_NAME or len(password) > _LONGEST_PASSWORD:
        raise PasswordWeak
    try:
        password_validation.validate_password(password)
    except ValidationError:
        raise PasswordWeak from None
    try:
        with transaction.atomic():
            User.objects.filter(public_id=account).update(
                login_token=sealed.token("login", login), password=make_password(password)
            )
    except IntegrityError:
        raise PasswordWeak from None


def drop_password(account: UUID) -> None:
    """No sign-in by password any more."""
    User.objects.filter(public_id=account).update(login_token=None, password=make_password(None))


def by_password(login: str, password: str) -> UUID:
    """The account; raises NotRecognised, after the same work whether or not the name is known."""
    known = User.objects.filter(
        login_token=sealed.token("login", _normal(login)), is_active=True
    ).first()
    password = password[:_LONGEST_PASSWORD]
    if known is None:
        make_password(password)  # As long as a check takes.
        raise NotRecognised
    if not check_password(password, known.password):
        raise NotRecognised
    return known.public_id


def login_name(login: str) -> str:
    """The one form of a login name."""
    return _normal(login)


def new_recovery_codes(account: UUID) -> tuple[str, ...]:
    """Codes in place of those before; they are shown once and kept as tokens."""
    user = User.objects.get(public_id=account)
    codes = tuple(_code() for _ in range(RECOVERY_CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, token=sealed.token("recovery", code)) for code in codes
        )
    return codes


def by_recovery_code(code: str, now: datetime) -> UUID:
    """The account whose code this is, which is used up by it; raises NotRecognised."""
    plain = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
    rows = RecoveryCode.objects.filter(
        token=sealed.token("recovery", plain), used_at=None, user__is_active=True
    )
    found = rows.select_related("user").first()
    if found is None or not rows.filter(pk=found.pk).update(used_at=now):
        raise NotRecognised
    return found.user.public_id


def is_active(account: UUID) -> bool:
    """Whether the account is there and not blocked."""
    return User.objects.filter(public_id=account, is_active=True).exists()


def grouped(code: str) -> str:
    """A code as it is shown: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _normal(login: str) -> str:
    return login.strip().casefold()


def _code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _doubtful(row: Identity) -> DoubtfulLink:
    account = row.user.public_id
    person = sealed.open_person(row.sealed, account)
    return DoubtfulLink(
        account=account,
        name=person.name,
        born=person.born,
        gender=person.gender,
        phone=person.phone,
        since=row.verified_at,
    )
