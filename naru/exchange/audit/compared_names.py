"""The names of who looked, compared with those of whom they looked at.

Here alone, where opening them leaves its record: each patient whose name was opened is among those
whom the review is about.
"""

from collections.abc import Mapping
from uuid import UUID

from naru.accounts import people, posts
from naru.audit.records import OPERATING_BODY, AccessRecord
from naru.domain.caller import Role
from naru.exchange.access import Access
from naru.exchange.audit.reviewers import Office
from naru.patients import queries as patients


def who(record: AccessRecord) -> str:
    """The identifier of who did it (식별자); empty where a system spoke for itself."""
    user, person = record.caller.user, record.caller.person
    if user is not None:
        return user.text or user.name
    return "" if person is None else str(person)


def names_of(office: Office) -> Mapping[str, str]:
    """Who is or was somewhere in the office, or reads there, by the identifier of their account."""
    found: dict[str, str] = {}
    for part in office.parts:
        at = None if part.under == OPERATING_BODY else part.under
        theirs = (one for one in posts.of_institution(at) if one.account)
        held = (one for one in theirs if part.has(one.role) or one.role is Role.AUDITOR)
        found |= {str(one.account): one.name for one in held}
    return found


class Compared:
    """Names for one look, each opened once; `staff` are those of who looked, by `who`."""

    def __init__(self, access: Access, staff: Mapping[str, str]) -> None:
        self._access = access
        self._staff = staff
        self._names: dict[UUID, frozenset[str]] = {}
        self._selves: dict[UUID, UUID | None] = {}

    def name(self, record: AccessRecord) -> str:
        """Who did it, as an assertion or their post names them; empty where nothing does."""
        user = record.caller.user
        return _plain(user.text if user else self._staff.get(who(record), ""))

    def names(self, patient: UUID) -> frozenset[str]:
        """The whole names that sources told of the patient."""
        if patient not in self._names:
            self._names[patient] = self._opened(patient)
        return self._names[patient]

    def is_their_own(self, record: AccessRecord) -> bool:
        """Whether the records of whoever signed in are among those that were touched."""
        person = record.caller.person
        if person is None:
            return False
        if person not in self._selves:
            self._selves[person] = people.patient_of(person)
        return self._selves[person] in record.patients

    def _opened(self, patient: UUID) -> frozenset[str]:
        if not patients.exists(patient):
            return frozenset()
        self._access.concerns(patient)
        told = (one.demographics.names for one in patients.sources(patient))
        return frozenset(_plain(name.text) for names in told for name in names if name.text)


def _plain(name: str) -> str:
    return "".join(name.split())
