"""Whoever answers the telephone: somebody found by what they say of themselves, and how they stand.

No list of people is shown and nothing of a record: one person whom name, birth and telephone mean
together, or nobody. Each look stands among the person's accesses.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from naru.accounts import attempts, blocks, people
from naru.accounts.attempts import Tried
from naru.accounts.errors import NotFound
from naru.accounts.values import AccountState
from naru.domain.patient_query import PatientQuery
from naru.domain.person import PersonName
from naru.exchange import standing
from naru.exchange.access import Access, attempting, reading
from naru.exchange.patients import identity as patient_identity
from naru.patients import queries as patients

LAST: int = 4
"""Digits of the telephone number that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What somebody says of themselves at the telephone."""

    name: str
    born: date
    telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How it stands with somebody: nothing of their record. `account` is None without a sign-in."""

    account: AccountState | None
    consents: bool


def find(access: Access, said: Caller) -> UUID:
    """The one person whom all three mean. Raises NotFound, TooSoon for who tries too often."""
    tried = [Tried(f"call {access.caller.person}")]
    with attempting(access):
        attempts.begin(tried, access.time)
        query = PatientQuery(names=(PersonName(text=said.name),), birth_time=f"{said.born:%Y%m%d}")
        found = patient_identity.demographics(access, query)
        alike = {one.patient for one in found if one.patient is not None and _is(one.patient, said)}
        if len(alike) != 1:
            raise NotFound
        attempts.passed(tried, access.time)
        return alike.pop()


def stands(access: Access, patient: UUID) -> Stands:
    """How it stands with somebody who was found."""
    with reading(access):
        access.concerns(patient)
        account = people.account_of(patient)
        return Stands(
            account=None if account is None else blocks.state(account, access.time),
            consents=standing.consents(patient, access.time),
        )


def _is(patient: UUID, said: Caller) -> bool:
    """Whether some source told exactly this name, birth and telephone of them."""
    for one in patients.sources(patient):
        told = one.demographics
        names = {"".join((each.text or "").split()) for each in told.names}
        ends = {"".join(filter(str.isdigit, each.value))[-LAST:] for each in told.telecoms}
        born = (told.birth_time or "")[:8]
        same = "".join(said.name.split()) in names and said.telephone in ends
        if same and born == f"{said.born:%Y%m%d}":
            return True
    return False
