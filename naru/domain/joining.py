"""The procedures by which institutions join, change and leave: parties, steps, what is recorded.

The steps are data. What the program knows are the parties and the effects: what must happen beside
the record when a step is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """Which procedure."""

    JOIN = "join"
    CHANGE = "change"  # 변경신청서.
    TERMINATION = "termination"


class Party(StrEnum):
    """Who acts in a procedure."""

    HUB = "hub"  # 거점의료기관; the operating body where a hub itself joins.
    SPOKE = "spoke"  # Whoever joins, changes or leaves.
    OPERATOR = "operator"  # The operating body.


class Effect(StrEnum):
    """What happens with the record of a step, in the same transaction."""

    NONE = ""
    FILL_AGREEMENT = "fill-agreement"
    ISSUE_OID = "issue-oid"
    ADMIT = "admit"
    CHANGE = "change"
    END = "end"


class Proof(StrEnum):
    """What must be there before a step can be recorded."""

    TEST_CERTIFICATE = "test-certificate"


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What one entry of a case says was done."""

    DONE = "done"
    SIGNED = "signed"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a step asks for; `agreed` for a box that must be ticked."""

    id: str
    korean: str
    english: str
    required: bool = True
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: who records it, what is asked, which paper it makes and what it does.

    `signed` by each party of `by`, in any order; else any one of them records it. A reviewer may
    give a case back to the step `returns_to`.
    """

    id: str
    korean: str
    english: str
    by: tuple[Party, ...]
    fields: tuple[Field, ...] = ()
    paper: str = ""
    signed: bool = False
    effect: Effect = Effect.NONE
    needs: tuple[Proof, ...] = ()
    returns_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """The steps of one kind, in order, as one version of the data has them."""

    kind: Kind
    version: str
    status: str
    steps: tuple[Step, ...]
    notice_days: int = 0

    def step(self, id_: str) -> Step:
        """The step of this id; raises KeyError."""
        return {one.id: one for one in self.steps}[id_]

    def after(self, id_: str) -> str:
        """The id of the next step; empty after the last."""
        ids = [one.id for one in self.steps]
        return (*ids, "")[ids.index(id_) + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was done, by which party, when; `content` by the ids of the step's fields."""

    step: str
    act: Act
    party: Party
    person: UUID | None
    time: datetime
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper in a store: whose (None: the operating body's), and the digest of its octets."""

    id: UUID
    kind: str
    holder: UUID | None
    sha256: str
    size: int
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of a procedure. `step` is what is awaited; empty once it is closed."""

    id: UUID
    procedure: Procedure
    institution: UUID
    hub: UUID | None
    step: str
    state: State
    begun: datetime
    moved: datetime
    entries: tuple[Entry, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    def parties(self, step: Step) -> tuple[Party, ...]:
        """Who may record a step; where a hub itself joins, the operating body is in its place."""
        if self.hub is not None:
            return step.by
        instead = (Party.OPERATOR if one is Party.HUB else one for one in step.by)
        return tuple(dict.fromkeys(instead))

    def content(self, step: str) -> Mapping[str, str]:
        """What was last recorded of a step; empty before."""
        done = [one.content for one in self.entries if one.step == step and one.act is Act.DONE]
        return done[-1] if done else {}

    def signers(self, step: str) -> tuple[Party, ...]:
        """Who has signed since the step was last begun."""
        found: list[Party] = []
        for one in self.entries:
            if one.act is Act.RETURNED:
                found.clear()
            elif one.step == step and one.act is Act.SIGNED:
                found.append(one.party)
        return tuple(found)
