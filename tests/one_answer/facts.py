"""What the reference model judges by: plain values without a rule in them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

KOREA = timezone(timedelta(hours=9))
READS_NOTHING = frozenset(
    {"operator", "hub-admin", "steward", "auditor", "security-analyst", "vendor"}
    | {"call-centre-agent", "reception", "health-information-manager", "director"}
    | {"privacy-officer"}
)
"""Who runs the exchange or an institution, or looks after it, and is given nobody's record."""


def day_in_korea(time: datetime) -> date:
    return time.astimezone(KOREA).date()


def age_on(day: date, born: date) -> int:
    """만 나이: one more from the birthday on."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a setting says, and not the statute."""

    own_voice: int = 14
    majority: int = 19
    emergency: timedelta = timedelta(hours=24)
    insurer_papers: frozenset[str] = frozenset()
    """The kinds of document that the law lets an insurer have."""
    hidden: frozenset[str] = frozenset()
    """The confidentiality codes and departments hidden unless the patient shows them."""
    child_is_represented_in_genetics: bool = True
    """Whether whoever stands in a child's place is no other than the patient (rule 4)."""
    programmes: frozenset[str] = frozenset()
    """Those that are approved to read items."""
    evaluations: frozenset[str] = frozenset()
    """Those of them that rest on the consent's own box (평가·분석)."""
    older_if_stated: bool = False
    """Whether a consent may reach further back than its own day."""


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """What is kept out: all that is named must fit."""

    source: object = None
    viewer: object = None
    department: object = None
    document: object = None

    def fits(self, **met: object) -> bool:
        return all(one is None or one == met[name] for name, one in asdict(self).items())


@dataclass(frozen=True, kw_only=True)
class Sending:
    """An addressed sending: 의뢰, 회송, 회신, or a transferring patient's demand."""

    time: datetime
    to: frozenset[object]
    consented: bool = True
    ticked: bool = False
    """Whether the patient ticked what is older than the general consent."""
    warned: datetime | None = None
    """When they were told that it goes over an exclusion, and sent it nevertheless."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A document, a single record or a picture."""

    id: object
    institution: object
    department: object = None
    day: date | None = None
    kind: str = ""
    confidentiality: str = ""
    genetic: bool = False
    consent_document: bool = False
    sending: Sending | None = None


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Of what a mandate, release or delivery is; what is empty bounds nothing."""

    institutions: frozenset[object] = frozenset()
    departments: frozenset[object] = frozenset()
    kinds: frozenset[object] = frozenset()
    documents: frozenset[object] = frozenset()
    first: date | None = None
    last: date | None = None

    def hold(self, item: Item) -> bool:
        day = item.day
        return (
            (not self.institutions or item.institution in self.institutions)
            and (not self.departments or item.department in self.departments)
            and (not self.kinds or item.kind in self.kinds)
            and (not self.documents or item.id in self.documents)
            and (self.first is None or (day is not None and day >= self.first))
            and (self.last is None or (day is not None and day <= self.last))
        )


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that was said or happened.

    `key` is which (exclusion, mandate, emergency, release, delivery, programme) it is about: a
    later act of the kind with "-end" takes it back. `who` is the person and `at` the institution
    that it lets in; `form` the kind of mandate or the case of an emergency; `holder` who released;
    `boxes` those of a consent. Of a consent `since` is from which day of care it counts.
    """

    kind: str
    time: datetime
    key: Any = ""
    who: object = None
    at: object = None
    form: str = ""
    bounds: Bounds = Bounds()
    boxes: frozenset[str] = frozenset({"personal", "sensitive"})
    since: Any = None
    until: date | None = None
    begins: datetime | None = None
    expires: datetime | None = None
    holder: object = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A reception, admission, booking or accepted referral."""

    at: object
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who asks for what, when and on which path; `act` is read or register."""

    role: str
    item: Item
    time: datetime
    path: str = "query"
    act: str = "read"
    purpose: str = "TREAT"
    person: object = None
    institution: object = None
    admitted: bool = True
    """Authenticated, an approved participant today, not suspended, and speaking of the patient."""
    auditable: bool = True
    treats: bool = True
    """Whether the role is one that treats."""
    clinician: bool = True
    """Whether it is a role of those who may state an emergency."""
    same_disease: bool = False
    """Whether it is care of the same disease, with the safeguards of 생명윤리법 46③."""
    programme: str = ""
    employer: bool = False

    @property
    def today(self) -> date:
        return day_in_korea(self.time)
