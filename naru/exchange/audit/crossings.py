"""Who asked for a patient's records: the audit trail, shown to the patient."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

from naru.audit import queries as audit
from naru.audit.queries import Crossing
from naru.audit.records import AuditedObject, RecordId
from naru.domain.caller import Role, User
from naru.domain.codes import Code
from naru.domain.korea import korean_day
from naru.domain.overview import text_of
from naru.exchange.access import Access, attempting, changing, reading, settle
from naru.exchange.charts import own_documents
from naru.exchange.consent import representing
from naru.exchange.patients import whole_person
from naru.exchange.people import People
from naru.exchange.without_consent.untold import Untold
from naru.notifications import queries as notices
from naru.notifications.services import Recipient, notify
from naru.registry import queries as registry

QUESTIONED: Final = "access-questioned"
"""The kind of notice to the institution whose access a patient does not know of."""

ACCESS: Final = "access"
"""The kind of an audited object that is an access, with its record's id."""

MOST_PAGES: Final = 10
"""Hundreds of records that one look goes through to find others' among the patient's own."""

MOST_KEPT: Final = 10_000
"""Accesses of one file."""

TITLES: Final = 2
"""Documents of one access that are named; of more their number is told."""

_LONGEST_WORDS: Final = 200
_OWN: Final = frozenset({Role.PATIENT})
"""Whose looks a patient need not be told of; a representative's are another's."""


class NotTheirs(Exception):
    """The access is of nobody's records whose patient asks, or of no institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One access, and what those who asked said of themselves, in their own words.

    `role` and `purpose` are the words that the institution's assertion bore; names of persons are
    the institution's to tell. `questioned` where the patient has said that they do not know of it.
    """

    crossing: Crossing
    role: str
    purpose: str
    questioned: bool
    titles: tuple[str, ...] = ()
    """Of the documents that were found or opened, as far as they are the patient's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which accesses somebody looks for: days in Korea, both in it; `own` with one's own looks."""

    first: date | None = None
    last: date | None = None
    institution: UUID | None = None
    of: Callable[[Crossing], bool] | None = None
    own: bool = False

    def fits(self, crossing: Crossing) -> bool:
        """Whether an access is among them."""
        day = korean_day(crossing.time)
        return (
            (self.own or crossing.role not in _OWN)
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
            and self.institution in {None, crossing.institution}
            and (self.of is None or self.of(crossing))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSaw:
    """Accesses, newest first, and the record before which there are more, if there are."""

    seen: tuple[Seen, ...]
    older: RecordId | None = None


OTHERS: Final = Sought()


def of_patient(
    access: Access, patient: UUID, limit: int = audit.LIMIT, before: RecordId | None = None
) -> tuple[Crossing, ...]:
    """The newest accesses, newest first, without this look itself; which leaves its record too.

    With `before`, those older than that record.
    """
    with reading(access):
        access.concerns(patient)
        untold = Untold([patient], access.time)
        found = audit.of_person(whole_person.members(patient), limit, before)
        told = (one for one in found if not untold.hides(one.institution, one.time))
        return tuple(_as_told(access, patient)(told))


def who_saw(
    access: Access,
    patient: UUID,
    limit: int = audit.LIMIT,
    before: RecordId | None = None,
    sought: Sought = OTHERS,
) -> WhoSaw:
    """Those that are sought, with what the askers said of themselves; else all but own looks."""
    with reading(access):
        access.concerns(patient)
        untold = Untold([patient], access.time)
        found: list[Crossing] = []
        keys, as_told = whole_person.members(patient), _as_told(access, patient)
        for turn in range(MOST_PAGES):
            many = audit.LIMIT if turn else min(2 * limit, audit.LIMIT)
            page = audit.found_of_person(keys, many, before, own=sought.own)
            told = as_told(one.told() for one in page)
            shown = (one for one in told if not untold.hides(one.institution, one.time))
            # A record may name hundreds of documents: what is behind the last is not read.
            found += islice(filter(sought.fits, shown), limit + 1 - len(found))
            if len(found) > limit:
                return WhoSaw(seen=_told(found[:limit], patient), older=found[limit - 1].record)
            if len(page) < many:
                return WhoSaw(seen=_told(found, patient))
            before = page[-1].record
        return WhoSaw(seen=_told(found, patient), older=before)


def all_of(access: Access, patient: UUID, sought: Sought) -> WhoSaw:
    """The same of the newest `MOST_KEPT`, to be kept as a file."""
    with reading(access):
        found: list[Seen] = []
        before: RecordId | None = None
        while len(found) < MOST_KEPT:
            part = who_saw(access, patient, audit.LIMIT, before, sought)
            found += part.seen
            before = part.older
            if before is None:
                break
        return WhoSaw(seen=tuple(found[:MOST_KEPT]), older=before)


def one(access: Access, patient: UUID, record: RecordId) -> Seen | None:
    """One access to the patient's records; None where it is of nobody's, or is kept from them."""
    with reading(access):
        access.concerns(patient)
        crossing = audit.crossing(whole_person.members(patient), record)
        untold = Untold([patient], access.time)
        if crossing is None or untold.hides(crossing.institution, crossing.time):
            return None
        return next(iter(_told([*_as_told(access, patient)([crossing])], patient)), None)


def question(access: Access, patient: UUID, record: RecordId) -> None:
    """Ask the institution's privacy officer about an access, once. Raises NotTheirs."""
    with attempting(access):
        institution = questionable(access, patient, record)
    if institution is None:
        access.refused(NotTheirs.__name__)
        settle(access)
        raise NotTheirs
    with changing(access):
        question_within(access, institution, record)


def questionable(access: Access, patient: UUID, record: RecordId) -> UUID | None:
    """The institution whose access it was, if it is one of the patient's that they are told of."""
    access.concerns(patient)
    theirs = set(whole_person.members(patient))
    found = audit.one(record)
    institution = found.caller.institution if found else None
    untold = found is not None and Untold([patient], access.time).hides(institution, found.time)
    if found is None or untold or theirs.isdisjoint(found.patients):
        return None
    return institution


def question_within(access: Access, institution: UUID, record: RecordId) -> None:
    """Tell the institution's officer, in the caller's transaction."""
    found = audit.one(record)
    assert found is not None, "it was looked up before"
    access.objects.append(AuditedObject(ACCESS, str(record)))
    officer = Recipient.at_institution(institution, Role.PRIVACY_OFFICER)
    day = korean_day(found.time)
    values = {"day": f"{day:%Y-%m-%d}", "case": str(record)}
    notify(QUESTIONED, officer, values, key=str(record))


def _as_told(access: Access, patient: UUID) -> Callable[[Iterable[Crossing]], Iterator[Crossing]]:
    """The accesses as the caller may be told of them: the patient of all.

    From a representative who sees less an access to what they do not see is kept, with its title
    and its number, and that anything was not shown to somebody.
    """
    if not representing.sees_less(access, patient):
        return iter
    shown = own_documents.shown(access, patient)

    def told(found: Iterable[Crossing]) -> Iterator[Crossing]:
        for one in found:
            documents = tuple(each for each in one.documents if each in shown)
            if documents or not one.documents:
                given = tuple(each for each in one.decisions if each.permitted)
                yield replace(one, documents=documents, decisions=given)

    return told


def _told(found: Sequence[Crossing], patient: UUID) -> tuple[Seen, ...]:
    """Each with its words, in as many statements however many there are."""
    if not found:
        return ()
    users = audit.users([one.record for one in found])
    asked = notices.told(QUESTIONED, [str(one.record) for one in found])
    titles = _titles(found, patient)
    return tuple(
        _seen(one, users[one.record], titles, questioned=str(one.record) in asked) for one in found
    )


def _titles(found: Sequence[Crossing], patient: UUID) -> Mapping[str, str]:
    named = dict.fromkeys(id_ for one in found for id_ in one.documents[:TITLES])
    if not named:
        return {}
    people = People()
    known = registry.titles(named, patients=people, of=people.identity_set(patient)[0])
    return {id_: text_of(title) for id_, title in known.items()}


def _seen(
    crossing: Crossing, user: User | None, titles: Mapping[str, str], *, questioned: bool
) -> Seen:
    named = (titles.get(id_, "") for id_ in crossing.documents[:TITLES])
    return Seen(
        crossing=crossing,
        role=_words(user.roles if user else ()),
        purpose=_words(user.purposes if user else ()),
        questioned=questioned,
        titles=tuple(title for title in named if title),
    )


def _words(codes: Sequence[Code]) -> str:
    told = (word.value for code in codes for word in code.display)
    return ", ".join(one for one in told if one)[:_LONGEST_WORDS]
