"""Looking at single records: one, its versions, a page of what fits."""

from collections.abc import Container, Sequence
from typing import Final
from uuid import UUID

from naru.domain.bookings import RECORD
from naru.domain.records import (
    Criteria,
    Deleted,
    Find,
    Held,
    Inquiry,
    NotHeld,
    Page,
    Read,
    Record,
    Told,
    TooMany,
    UnknownPage,
    Versions,
)
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.records.visibility import Visible
from naru.records import queries
from naru.records.sealing import seal_place, unseal_place
from naru.security.errors import SealBroken

OF_NOBODY: Final = frozenset({"Organization", "Practitioner"})
"""Types that are of no patient: every participant may read them, their writer alone change them."""

CEILING: Final = 10_000
"""Records that one search finds for a caller; whoever has more asks for them by date."""

_NARROWING: Final = frozenset({"_id", "identifier"})

_DIARY: Final = frozenset({"actor", "location", "slot"})
"""By which an institution looks through its own appointments, whoever's they are."""


class Looking:
    """Inquiries of one request."""

    def __init__(self, access: Access, deciding: Deciding | None = None) -> None:
        self._access = access
        self._visible = Visible(access, deciding)

    def answer(self, inquiry: Inquiry) -> Told:
        """What answers. Raises NotHeld, Deleted, TooMany, UnknownPage."""
        match inquiry:
            case Read():
                return self.read(inquiry)
            case Versions():
                return self.versions(inquiry)
            case Find():
                return self.find(inquiry)

    def read(self, asked: Read) -> Record:
        """A record, or one version of it. Raises NotHeld, Deleted."""
        key, version = asked.key, asked.version
        held = queries.current(key) if version is None else queries.version(key, version)
        seen = self._visible.keep([] if held is None else [held])
        if held is None or not seen:
            raise NotHeld("There is no such record.")
        if held.deleted:
            raise Deleted(held.version)
        self._visible.note([held])
        return queries.opened([held])[0]

    def versions(self, asked: Versions) -> tuple[Record, ...]:
        """The versions that the caller may see, the newest first. Raises NotHeld."""
        found = self._visible.keep(queries.versions(asked.key))
        if not found:
            raise NotHeld("There is no such record.")
        self._visible.note(found)
        return queries.opened(found)

    def find(self, asked: Find, now: int | None = None) -> Page:
        """One page, as it stood when the first was asked for. Raises TooMany, UnknownPage.

        `now` is the newest record, where several first pages are of one moment.
        """
        criteria, visible = asked.criteria, self._visible
        own = within(self._access, criteria)
        whose = None if criteria.patients is None else visible.keys_of(criteria.patients)
        sorting = tuple(asked.sorting)
        question = repr((self._access.caller.institution, criteria, sorting)).encode()
        at, after = _place(asked.page, question, now)
        found = queries.in_order(queries.matching(criteria, whose, at=at, institution=own), sorting)
        seen = visible.keep(found)
        if len(seen) > CEILING:  # Of what may be seen: that more is withheld is told nobody.
            raise TooMany("More records fit than are told for one search.")
        left = _behind(found, seen, after)
        part = left[: asked.count]
        rest = _cursor(at, part[-1].sequence, question) if part and len(left) > len(part) else ""
        visible.note(part)
        records = queries.opened(part)
        included = visible.followed(records, asked.follow) if asked.follow else ()
        if asked.referring:
            included += visible.referring(records, asked.referring, at)
        return Page(records=records, included=included, total=len(seen), rest=rest)


def within(access: Access, criteria: Criteria) -> UUID | None:
    """Whose records are looked through alone; None for everybody's. Raises TooMany.

    A search of patients' records, and a condition, names whose or which: nobody looks through
    everybody's.
    """
    named = criteria.patients is not None or _names(criteria, _NARROWING)
    if named or criteria.type in OF_NOBODY:
        return None
    own = access.caller.institution
    if own is None or criteria.type != RECORD or not _names(criteria, _DIARY):
        raise TooMany("A search names a patient, an _id or an identifier.")
    return own


def _names(criteria: Criteria, names: Container[str]) -> bool:
    return any(
        one.name in names and not one.negated and one.missing is None for one in criteria.criteria
    )


def _behind(found: Sequence[Held], seen: Sequence[Held], after: int | None) -> list[Held]:
    """What may be seen behind the last of the page before, whether or not that one still may."""
    if after is None:
        return list(seen)
    places = {one.sequence: place for place, one in enumerate(found)}
    place = places.get(after)
    if place is None:
        raise UnknownPage("The page is of another question.")
    return [one for one in seen if places[one.sequence] > place]


def _cursor(at: int, after: int, question: bytes) -> str:
    return seal_place(f"{at} {after}".encode(), question).hex()


def _place(page: str, question: bytes, now: int | None) -> tuple[int, int | None]:
    """The moment of a search, and the last of the page before."""
    if not page:
        return (queries.newest() if now is None else now), None
    try:
        at, after = unseal_place(bytes.fromhex(page), question).split()
    except (SealBroken, ValueError):
        raise UnknownPage("The page is none of this question.") from None
    return int(at), int(after)
