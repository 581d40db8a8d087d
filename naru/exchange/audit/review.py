"""Access records, looked through month by month by whoever `reviewers` says.

개인정보의 안전성 확보조치 기준 제8조: the fields, the monthly review, the reason of a download.
Nobody reviews what they did themselves: a signature says nothing of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from naru.audit import queries as audit
from naru.audit import reviews
from naru.audit.queries import Stored
from naru.audit.records import AuditedObject, Outcome
from naru.audit.reviews import LONGEST_WORDS, Reviewed
from naru.domain.access_review import Looked, Rule, anomalies, surname
from naru.domain.caller import Role
from naru.domain.korea import KST, korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.audit.compared_names import Compared, names_of, who
from naru.exchange.audit.download import DOWNLOAD
from naru.exchange.audit.reviewers import OFFICERS, Office, Part, office, reminded
from naru.notifications.services import notify

MONTH: Final = "month of accesses"
"""The kind of an audited object that is an institution's month, as `2026-11`."""

WATCHED: Final = "watched patient"

MOST_READ: Final = 20_000
"""Records of one month that one look goes through; a larger month is told as such."""

_PAGE: Final = 500


class NotTheirs(Exception):
    """The caller reviews nobody's accesses."""


class WordsMissing(ValueError):
    """A signature or a download needs words: what was found, or what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One access with the fields of 제8조, and the rules that point at it."""

    record: UUID
    place: int
    who: str
    role: Role
    time: datetime
    address: str
    patients: tuple[UUID, ...]
    transaction: str
    outcome: Outcome
    rules: tuple[Rule, ...]
    download: str = ""
    """Why something was taken out, by its code (`download_reasons`), where it was."""
    words: str = ""
    """What was said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of an office, newest first; `whole` unless it had more than one look reads."""

    month: date
    office: Office
    reader: str
    lines: tuple[Line, ...]
    whole: bool
    reviews: tuple[Reviewed, ...]
    watched: frozenset[UUID]
    through: int
    names: Mapping[str, str]
    """Of those who are looked at, by the identifier that an access has of them."""

    @property
    def anomalies(self) -> tuple[Line, ...]:
        """What a person should look at."""
        return tuple(one for one in self.lines if one.rules)

    @property
    def of_others(self) -> tuple[Line, ...]:
        """What the reader's signature speaks of."""
        return tuple(one for one in self.lines if not one.who or one.who != self.reader)

    @property
    def reviewed(self) -> bool:
        """Whether somebody signed all that they may."""
        return any(one.officers_only is self.office.officers_only for one in self.reviews)

    @property
    def waiting(self) -> Mapping[str, int]:
        """By whoever signed or reads: how many of their own accesses nobody else signed."""
        signers = {self.reader, *(one.who for one in self.reviews)} - {""}
        mine = (one for one in self.lines if one.who in signers)
        return Counter(one.who for one in mine if not any(map(_covers(one), self.reviews)))


def _covers(line: Line) -> Callable[[Reviewed], bool]:
    """Whether a review says something of the access."""

    def told(review: Reviewed) -> bool:
        read = review.who != line.who and review.through >= line.place
        return read and (not review.officers_only or line.role in OFFICERS)

    return told


def of_month(access: Access, month: date) -> Month:
    """What those whom the caller reviews did in a month. Raises NotTheirs."""
    own = _own(access)
    with reading(access):
        return _read(access, own, month)


def sign(access: Access, month: date, words: str) -> None:
    """Sign that the month was looked through, as it stands now. Raises WordsMissing, NotTheirs."""
    own = _own(access)
    said = _words(words)
    with changing(access):
        found = _read(access, own, month)
        others = found.of_others
        reviews.sign(
            own.under,
            Reviewed(
                review=reviews.new_review(),
                month=month,
                at=access.time,
                who=found.reader,
                words=said,
                records=len(others),
                anomalies=sum(1 for one in others if one.rules),
                through=found.through,
                officers_only=own.officers_only,
            ),
        )


def export(access: Access, month: date, reason: str) -> Month:
    """The month, to be downloaded; the reason stands in the access record, sealed."""
    own = _own(access)
    access.query = _words(reason)
    with reading(access):
        return _read(access, own, month)


def watch(access: Access, patient: UUID, *, on: bool) -> None:
    """Have every access to a patient shown in the review, or no more. Raises NotTheirs."""
    own = _own(access)
    if own.officers_only:
        raise NotTheirs
    with changing(access):
        access.objects.append(AuditedObject(WATCHED, str(patient)))
        if on:
            reviews.watch(own.under, patient, access.time)
        else:
            reviews.unwatch(own.under, patient)


def remind(now: datetime) -> None:
    """Tell everybody who reviews once a month that the last is to be reviewed."""
    day = korean_day(now)
    until = (day.replace(day=1) + timedelta(days=9)).isoformat()
    for to in dict.fromkeys(reminded(day)):
        with transaction.atomic():
            notify("review-due", to, {"until": until}, key=f"{to.id}:{to.role}:{day:%Y-%m}")


def _own(access: Access) -> Office:
    own = office(access)
    if own is None:
        raise NotTheirs
    return own


def _words(given: str) -> str:
    words = given.strip()
    seen = any(letter.isprintable() and not letter.isspace() for letter in words)
    if not seen or len(words) > LONGEST_WORDS:
        raise WordsMissing
    return words


def _read(access: Access, own: Office, month: date) -> Month:
    access.objects.append(AuditedObject(MONTH, f"{month:%Y-%m}"))
    parts = [list(_of_month(part, month)) for part in own.parts]
    found = sorted((one for part in parts for one in part), key=lambda one: -one.place)
    watched = reviews.watched(own.under)
    names = names_of(own)
    opened = Compared(access, names)
    rules = anomalies([_looked(one, opened, watched) for one in found])
    return Month(
        month=month,
        office=own,
        reader=who(access.record()),
        lines=tuple(_line(one, rules.get(one.id, ())) for one in found),
        whole=all(len(part) < MOST_READ for part in parts),
        reviews=reviews.of_month(own.under, month),
        watched=watched,
        through=found[0].place if found else 0,
        names=names,
    )


def _of_month(part: Part, month: date) -> Iterator[Stored]:
    since = datetime.combine(month, time(), KST)
    until = datetime.combine((month + timedelta(days=31)).replace(day=1), time(), KST)
    before, read = None, 0
    while read < MOST_READ:
        page = audit.of_institution(part.under, since, until, before=before, limit=_PAGE)
        within = (one for one in page if since <= one.record.time < until)
        yield from (one for one in within if part.has(one.record.caller.role))
        if len(page) < _PAGE:
            return
        before, read = page[-1].place, read + len(page)


def _looked(one: Stored, opened: Compared, watched: frozenset[UUID]) -> Looked:
    record = one.record
    name = opened.name(record)
    named = record.patients if name else ()
    theirs = {known for patient in named for known in opened.names(patient)}
    return Looked(
        record=one.id,
        time=record.time,
        who=who(record),
        role=record.caller.role,
        transaction=record.transaction,
        patients=record.patients,
        reasons=frozenset(one.reason.value for one in record.decisions),
        refused=record.outcome is not Outcome.SUCCESS,
        own=name in theirs or opened.is_their_own(record),
        same_surname=surname(name) in {surname(known) for known in theirs},
        watched=not watched.isdisjoint(record.patients),
        downloaded=bool(_download(one)),
    )


def _line(one: Stored, rules: Sequence[Rule]) -> Line:
    record = one.record
    return Line(
        record=one.id,
        place=one.place,
        who=who(record),
        role=record.caller.role,
        time=record.time,
        address=record.caller.address,
        patients=record.patients,
        transaction=record.transaction,
        outcome=record.outcome,
        rules=tuple(rules),
        download=_download(one),
        words=(record.query or "") if _download(one) else "",
    )


def _download(one: Stored) -> str:
    return next((each.id for each in one.record.objects if each.kind == DOWNLOAD), "")
