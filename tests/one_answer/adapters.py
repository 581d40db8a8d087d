"""What every test adapter of a door is: it asks one question there and reads the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar

from naru.domain.xds import AvailabilityStatus
from tests.one_answer.places import Asker
from tests.one_answer.sight import Sight
from tests.one_answer.wire import Wire
from tests.one_answer.world import APPROVED, DEPRECATED, Link, Patient, Record, Thing, World

SEEN = "seen"
NOBODY = "urn:uuid:00000000-0000-4000-8000-000000000000"
NO_ID = "2.999.404.1"


class Kind(Enum):
    """What a question is about."""

    DOCUMENTS = "documents"
    SETS = "submission sets"
    FOLDERS = "folders"
    LINKS = "relationships"
    RECORDS = "single records"
    IDENTIFIERS = "identifiers"
    PEOPLE = "people"
    TOLD = "what the adapter itself compares"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who asks, about which patient, and what the answer is narrowed to."""

    world: World
    asker: Asker
    patient: Patient
    status: tuple[AvailabilityStatus, ...] = (APPROVED, DEPRECATED)
    since: str = ""
    """A DTM: what was created then or later."""
    department: str = ""

    @property
    def sight(self) -> Sight:
        return Sight(self.world, self.asker)

    @property
    def documents(self) -> list[Thing]:
        """Every document that fits, visible or not."""
        return [
            one
            for one in _of(self, self.world.documents)
            if one.created >= self.since and self.department in {"", one.department}
        ]

    @property
    def sets(self) -> list[Thing]:
        return _of(self, self.world.sets)

    @property
    def folders(self) -> list[Thing]:
        return _of(self, self.world.folders)

    @property
    def links(self) -> list[Link]:
        """Between documents of any state: a relationship has none, and no question narrows it."""
        here = set(map(id, _of(replace(self, status=(APPROVED, DEPRECATED)), self.world.documents)))
        return [one for one in self.world.links if {id(one.source), id(one.target)} <= here]

    @property
    def records(self) -> list[Record]:
        survivor = self.patient.survivor
        return [one for one in self.world.records if one.patient.survivor is survivor]


def _of(question: Question, things: Iterable[Thing]) -> list[Thing]:
    survivor = question.patient.survivor
    return [
        one for one in things if one.patient.survivor is survivor and one.status in question.status
    ]


@dataclass
class Told:
    """The answer: each thing by its uniqueId with what became of it.

    `unseen` is what was said, ids aside, of each thing that was asked for and not shown.
    """

    outcomes: dict[str, str] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)

    def seen(self, *unique_ids: str) -> "Told":
        self.outcomes |= dict.fromkeys(unique_ids, SEEN)
        return self


Ask = Callable[[Wire, Question], Told]
Can = Callable[[Question], bool]


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """`doors` are what it covers, by the names that the listing gives them.

    `opened` tells that the bytes are handed out; `for_patients` that a patient may ask there;
    `papers` that consent papers stand there too; `own_chart` that only what the asker's own
    institution wrote stands there; `by_name` that only what was sent by name does, for the two it
    concerns.
    """

    kind: Kind
    doors: tuple[str, ...]
    ask: Ask
    can: Can
    opened: bool = False
    for_patients: bool = True
    papers: bool = True
    own_chart: bool = False
    by_name: bool = False


ADAPTERS: list[Adapter] = []
_Asking = TypeVar("_Asking", bound=Ask)


def always(_: Question) -> bool:
    return True


def adapter(
    kind: Kind,
    *doors: str,
    can: Can = always,
    opened: bool = False,
    for_patients: bool = True,
    papers: bool = True,
    own_chart: bool = False,
    by_name: bool = False,
) -> Callable[[_Asking], _Asking]:
    """Make a function the test adapter of these doors."""

    def taken(ask: _Asking) -> _Asking:
        one = Adapter(
            kind=kind,
            doors=doors,
            ask=ask,
            can=can,
            opened=opened,
            for_patients=for_patients,
            papers=papers,
            own_chart=own_chart,
            by_name=by_name,
        )
        ADAPTERS.append(one)
        return ask

    return taken
