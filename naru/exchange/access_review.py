"""An institution's own access records, looked through by its privacy officer month by month.

개인정보의 안전성 확보조치 기준 제8조: the fields, the monthly review, the reason of a download.
Names are compared here alone, where opening them leaves its record: each patient whose name was
opened is among those whom the look is about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from naru.accounts import posts
from naru.audit import queries as audit
from naru.audit import reviews
from naru.audit.queries import Stored
from naru.audit.records import AccessRecord, AuditedObject, Outcome
from naru.audit.reviews import LONGEST_WORDS, Reviewed
from naru.directory import queries as directory
from naru.domain.access_review import Looked, Rule, anomalies, surname
from naru.domain.caller import Role
from naru.domain.korea import KST, korean_day
from naru.exchange.access import Access, changing, reading
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients

MONTH: Final = "month of accesses"
"""The kind of an audited object that is an institution's month, as `2026-11`."""

WATCHED: Final = "watched patient"

MOST_READ: Final = 20_000
"""Records of one month that one look goes through; a larger month is told as such."""

_PAGE: Final = 500


class NotTheirs(Exception):
    """The caller is of no institution, or may not review its accesses."""


class WordsMissing(ValueError):
    """A signature or a download needs words: what was found, or what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One access with the fields of 제8조, and the rules that point at it."""

    record: UUID
    who: str
    role: Role
    time: datetime
    address: str
    patients: tuple[UUID, ...]
    transaction: str
    outcome: Outcome
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """An institution's month, newest first; `whole` unless it had more than one look reads."""

    month: date
    lines: tuple[Line, ...]
    whole: bool
    reviews: tuple[Reviewed, ...]
    watched: frozenset[UUID]
    through: int
    names: Mapping[str, str]
    """Of the institution's own people, by the identifier that an access has of them."""

    @property
    def anomalies(self) -> tuple[Line, ...]:
        """What a person should look at."""
        return tuple(one for one in self.lines if one.rules)


def of_month(access: Access, month: date) -> Month:
    """What those at the caller's own institution did in a month. Raises NotTheirs."""
    institution = _own(access)
    with reading(access):
        return _read(access, institution, month)


def sign(access: Access, month: date, words: str) -> None:
    """Sign that the month was looked through, as it stands now. Raises WordsMissing, NotTheirs."""
    institution = _own(access)
    said = _words(words)
    with changing(access):
        found = _read(access, institution, month)
        reviews.sign(
            institution,
            Reviewed(
                review=reviews.new_review(),
                month=month,
                at=access.time,
                who=_who(access.record()),
                words=said,
                records=len(found.lines),
                anomalies=len(found.anomalies),
                through=found.through,
            ),
        )


def export(access: Access, month: date, reason: str) -> Month:
    """The month, to be downloaded; the reason stands in the access record, sealed."""
    institution = _own(access)
    access.query = _words(reason)
    with reading(access):
        return _read(access, institution, month)


def watch(access: Access, patient: UUID, *, on: bool) -> None:
    """Have every access to a patient shown in the review, or no more."""
    institution = _own(access)
    with changing(access):
        access.objects.append(AuditedObject(WATCHED, str(patient)))
        if on:
            reviews.watch(institution, patient, access.time)
        else:
            reviews.unwatch(institution, patient)


def remind(now: datetime) -> None:
    """Tell each institution's privacy officer once a month that the last is to be reviewed."""
    day = korean_day(now)
    until = (day.replace(day=1) + timedelta(days=9)).isoformat()
    for institution in directory.all_institutions(on=day):
        to = Recipient.at_institution(institution.id, Role.PRIVACY_OFFICER)
        key = f"{institution.id}:{day:%Y-%m}"
        with transaction.atomic():
            notify("review-due", to, {"until": until}, key=key)


def _own(access: Access) -> UUID:
    institution = access.caller.institution
    if institution is None:
        raise NotTheirs
    return institution


def _words(given: str) -> str:
    words = given.strip()
    if not words or len(words) > LONGEST_WORDS:
        raise WordsMissing
    return words


def _read(access: Access, institution: UUID, month: date) -> Month:
    access.objects.append(AuditedObject(MONTH, f"{month:%Y-%m}"))
    found = list(_of_month(institution, month))
    watched = reviews.watched(institution)
    people = _People(access)
    rules = anomalies([_looked(one, people, watched) for one in found])
    return Month(
        month=month,
        lines=tuple(_line(one, rules.get(one.id, ())) for one in found),
        whole=len(found) < MOST_READ,
        reviews=reviews.of_month(institution, month),
        watched=watched,
        through=found[0].place if found else 0,
        names={str(account): name for account, name in posts.names(institution).items()},
    )


def _of_month(institution: UUID, month: date) -> Iterator[Stored]:
    since = datetime.combine(month, time(), KST)
    until = datetime.combine((month + timedelta(days=31)).replace(day=1), time(), KST)
    before, read = None, 0
    while read < MOST_READ:
        page = audit.of_institution(institution, since, until, before=before, limit=_PAGE)
        yield from (one for one in page if since <= one.record.time < until)
        if len(page) < _PAGE:
            return
        before, read = page[-1].place, read + len(page)


class _People:
    """The names of patients, each opened once for one look, which is then about them, too."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._names: dict[UUID, frozenset[str]] = {}

    def names(self, patient: UUID) -> frozenset[str]:
        """The whole names that sources told of the patient."""
        if patient not in self._names:
            self._names[patient] = self._opened(patient)
        return self._names[patient]

    def _opened(self, patient: UUID) -> frozenset[str]:
        if not patients.exists(patient):
            return frozenset()
        self._access.concerns(patient)
        told = (one.demographics.names for one in patients.sources(patient))
        return frozenset(_plain(name.text) for names in told for name in names if name.text)


def _looked(one: Stored, people: _People, watched: frozenset[UUID]) -> Looked:
    record = one.record
    user = record.caller.user
    name = _plain(user.text) if user else ""
    named = record.patients if name else ()
    theirs = {known for patient in named for known in people.names(patient)}
    return Looked(
        record=one.id,
        time=record.time,
        who=_who(record),
        role=record.caller.role,
        transaction=record.transaction,
        patients=record.patients,
        reasons=frozenset(one.reason.value for one in record.decisions),
        refused=record.outcome is not Outcome.SUCCESS,
        own=name in theirs,
        same_surname=surname(name) in {surname(known) for known in theirs},
        watched=not watched.isdisjoint(record.patients),
    )


def _line(one: Stored, rules: Sequence[Rule]) -> Line:
    record = one.record
    return Line(
        record=one.id,
        who=_who(record),
        role=record.caller.role,
        time=record.time,
        address=record.caller.address,
        patients=record.patients,
        transaction=record.transaction,
        outcome=record.outcome,
        rules=tuple(rules),
    )


def _who(record: AccessRecord) -> str:
    """The identifier of who did it (식별자); empty where a system spoke for itself."""
    user, person = record.caller.user, record.caller.person
    if user is not None:
        return user.text or user.name
    return "" if person is None else str(person)


def _plain(name: str) -> str:
    return "".join(name.split())
