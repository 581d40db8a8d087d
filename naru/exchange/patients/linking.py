"""Which patient a verified person is: a steward says so, of those who have name, birth and sex.

Who signs up is verified (DI), but what a hospital wrote of a patient is not: two people of one name
are born on one day, and a telephone of before is another's now. So no program ties an account to a
record. Nothing of a candidate is told to the person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.accounts import people
from naru.accounts.values import DoubtfulLink, Link, VerifiedPerson
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import Born, Named, NamePart, OfSex
from naru.domain.person import Demographics, Gender
from naru.exchange.access import Access, changing, reading
from naru.exchange.operating import inboxes
from naru.notifications.services import Recipient, notify
from naru.patients import finding
from naru.patients import queries as patients

LINK: Final = "link account"
LIST: Final = "accounts to link"
"""The transactions, as the audit names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An account that waits, and who among the patients it could be."""

    account: DoubtfulLink
    candidates: tuple[tuple[UUID, Demographics], ...]


class Unlinkable(Exception):
    """The steward chose somebody who is no candidate, or is somebody else's."""


def find(person: VerifiedPerson) -> Link:
    """Whether somebody among the patients could be this person: then a steward decides."""
    found = candidates(person.name, person.born, person.gender)
    return Link.DOUBTFUL if found else Link.UNKNOWN


def find_again(account: UUID, person: VerifiedPerson, now: datetime) -> None:
    """Look once more for a person of whom nobody was known; what is decided already stays."""
    if people.link_of(account) is not Link.UNKNOWN:
        return
    state = find(person)
    people.link(account, state, None)
    tell_stewards(account, state, now)


def tell_stewards(account: UUID, state: Link, now: datetime) -> None:
    """Tell the stewards of an account that waits for them, in the caller's transaction."""
    if state is not Link.DOUBTFUL:
        return
    for to in inboxes(Role.STEWARD, korean_day(now)):
        notify("match-review", to, {}, key=f"{account} {to.id}")


def candidates(name: str, born: date, gender: Gender) -> tuple[tuple[UUID, Demographics], ...]:
    """Everybody of that very name, birth and sex."""
    day = f"{born:%Y%m%d}"
    query = PatientQuery(
        clauses=(
            (Named(NamePart.WHOLE, name, exact=True),),
            (Born(day, day),),
            (OfSex(gender),),
        )
    )
    found = finding.find(query, _Node())
    return tuple(
        (one.patient, one.record.demographics)
        for one in found
        if one.patient and _is(one.record.demographics, name, day, gender)
    )


def waiting(access: Access) -> tuple[Waiting, ...]:
    """Every account that a steward is to tie to somebody, with whom it could be."""
    with reading(access):
        rows = tuple(
            Waiting(account=one, candidates=candidates(one.name, one.born, one.gender))
            for one in people.doubtful()
        )
        for row in rows:
            for patient, _told in row.candidates:
                access.concerns(patient)
        return rows


def settle(access: Access, account: UUID, patient: UUID | None) -> None:
    """A steward says who the person is, or with None that it is none of these.

    Raises Unlinkable for whoever is no candidate, or has an account already: of two verified
    persons one at most is this patient.
    """
    with changing(access):
        person = next((one for one in people.doubtful() if one.account == account), None)
        if person is None:
            raise Unlinkable
        found = dict(candidates(person.name, person.born, person.gender))
        if patient is not None and (patient not in found or _is_somebody_s(patient)):
            raise Unlinkable
        people.link(account, Link.LINKED if patient else Link.UNKNOWN, patient)
        # Settled for nobody, the person hears of it where they sign in.
        to = Recipient.account(account)
        if patient is not None:
            access.concerns(patient)
            to = Recipient.patient(patient)
        day = f"{korean_day(access.time):%Y-%m-%d}"
        notify("account-settled", to, {"day": day}, key=str(access.request_id))


class _Node:
    """The node itself looks people up, for themselves."""

    def is_asked_of(self, patients: Collection[UUID]) -> None:
        """Nothing has to be read beforehand."""

    def owns(self, authority: str) -> bool:  # noqa: ARG002  # Nobody's question.
        return False

    def may_learn(self, patient: UUID, authority: str) -> bool:  # noqa: ARG002  # Same.
        return True

    def may_read(self, patient: UUID, authority: str) -> bool:  # noqa: ARG002  # Same.
        return True


def _is(told: Demographics, name: str, day: str, gender: Gender) -> bool:
    named = any(one.text == name for one in told.names)
    return named and (told.birth_time or "").startswith(day) and told.gender is gender


def _is_somebody_s(patient: UUID) -> bool:
    return any(people.is_somebody_s(one) for one in patients.identity_set(patient))
