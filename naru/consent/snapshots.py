"""What stands for one patient at one moment, all that a decision needs to know of it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NewType, TypeVar
from uuid import UUID

from naru.domain.arrangements import NO_ARRANGEMENTS, Arrangements, Delivery, Relation
from naru.domain.departments import canonical
from naru.domain.korea import korean_day

ActId = NewType("ActId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What a patient keeps out of the exchange; exactly one of the five ways.

    `source`: what that institution wrote. `viewer`: that institution sees nothing. `department`:
    what that department wrote anywhere, or at `source` only. `document`: one document's uniqueId.
    """

    source: UUID | None = None
    viewer: UUID | None = None
    department: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        given = (
            self.source is not None or self.department is not None,
            self.viewer is not None,
            self.document is not None,
        )
        if sum(given) != 1:
            raise ValueError("an exclusion names a source, a viewer or a document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """All exclusions of a patient, each kind where the decision looks for it."""

    sources: frozenset[UUID] = frozenset()
    viewers: frozenset[UUID] = frozenset()
    departments: frozenset[str] = frozenset()
    departments_at: frozenset[tuple[UUID, str]] = frozenset()
    documents: frozenset[str] = frozenset()

    def including(self, one: Exclusion) -> "Exclusions":
        """These and `one`."""
        return self._with(one, add=True)

    def without(self, one: Exclusion) -> "Exclusions":
        """These but for `one`."""
        return self._with(one, add=False)

    def _with(self, one: Exclusion, *, add: bool) -> "Exclusions":
        if one.document is not None:
            return replace(self, documents=_changed(self.documents, one.document, add=add))
        if one.viewer is not None:
            return replace(self, viewers=_changed(self.viewers, one.viewer, add=add))
        if one.department is None:
            assert one.source is not None
            return replace(self, sources=_changed(self.sources, one.source, add=add))
        department = canonical(one.department)  # Whichever code it was named by.
        if one.source is None:
            return replace(self, departments=_changed(self.departments, department, add=add))
        pair = (one.source, department)
        return replace(self, departments_at=_changed(self.departments_at, pair, add=add))


NO_EXCLUSIONS = Exclusions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state after a patient's latest act. `from_date` is a day in Korea."""

    consented: bool
    from_date: date | None
    act: ActId
    exclusions: Exclusions = field(default=NO_EXCLUSIONS)
    withdrawn: datetime | None = None
    """When the consent ended, while it has not been given again."""
    until: date | None = None
    """The last day in Korea on which the consent holds; None where it has no end."""
    arrangements: Arrangements = field(default=NO_ARRANGEMENTS)

    def consents_on(self, day: date) -> bool:
        """Whether a general consent stands on that day in Korea."""
        return self.consented and (self.until is None or day <= self.until)

    def holds_back(self, sent: datetime | None, day: date) -> bool:
        """Whether the consent ended after that sending: what is unopened then waits (rule 8).

        So does what was opened: what the recipient took is in its own chart (rule 3), and the copy
        that is kept for the exchange is blocked at once. To consent again revives nothing.
        """
        for ended in (self.withdrawn, self.arrangements.ended):
            if ended is not None and (sent is None or sent <= ended):
                return True
        if self.until is None or self.consents_on(day):
            return False
        return sent is None or korean_day(sent) <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that a decision reads of one patient. `snapshot`: None if they never said anything.

    `relations` are the treatment relations with the institution that asks. `birth_date` is looked
    up where a citizen asks; None where it is unknown.
    """

    snapshot: Snapshot | None = None
    relations: tuple[Relation, ...] = ()
    birth_date: date | None = None
    deliveries: tuple[Delivery, ...] | None = None
    """Those of the whole person, where several entries are one; None: the entry's own."""

    @property
    def arrangements(self) -> Arrangements:
        """What is arranged; nothing for who never said anything."""
        own = NO_ARRANGEMENTS if self.snapshot is None else self.snapshot.arrangements
        return own if self.deliveries is None else replace(own, deliveries=self.deliveries)


_T = TypeVar("_T")


def _changed(values: frozenset[_T], value: _T, *, add: bool) -> frozenset[_T]:
    return values | {value} if add else values - {value}
