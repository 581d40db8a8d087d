"""Any sequence of what may be said of a patient, and any question after it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from tests.one_answer import combined, facts
from tests.one_answer.both import AGGREGATES, APPROVED, EVALUATION
from tests.one_answer.combined import (
    ASKING,
    BIRTHS,
    DOCTOR,
    DOCUMENT,
    EVENTS,
    ITEM,
    ITEMS,
    MOTHER,
    NOON,
    PATHS,
    PATIENT,
    PURPOSES,
    A,
    B,
    C,
)
from tests.one_answer.facts import Act, Bounds, Exclusion, Relation, day_in_korea
from tests.one_answer.said import Patient

PLACES: Final = st.sampled_from([A, B, C])
DOCUMENTS: Final = st.sampled_from([DOCUMENT, "2.999.404"])
PASSING: Final = st.sampled_from([0.5, 1, 5, 13, 23.9, 24, 48, 24 * 7])
"""Hours from one act to the next."""


@dataclass
class Life:
    """What has been said so far; `begun` are the keys of what may be ended."""

    draw: st.DrawFn
    time: datetime = NOON - timedelta(days=40)
    acts: list[Act] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    begun: dict[str, list[Any]] = field(default_factory=dict)

    def says(self, kind: str, **about: Any) -> None:
        self.time += timedelta(hours=self.draw(PASSING))
        self.acts.append(Act(kind=kind, time=self.time, **about))

    def begins(self, kind: str, **about: Any) -> None:
        key = about.pop("key", f"{kind} {len(self.acts)}")
        self.begun.setdefault(kind, []).append(key)
        self.says(kind, key=key, **about)

    def later(self, *days: float) -> datetime:
        return self.time + timedelta(days=self.draw(st.sampled_from(days)))

    def a_day(self, *days: int) -> Any:
        return day_in_korea(self.time) + timedelta(days=self.draw(st.sampled_from(days)))


def consents(life: Life) -> None:
    boxes = [{"personal", "sensitive"}] * 3 + [
        {"personal"},
        {"personal", "sensitive", "evaluation"},
    ]
    until = life.a_day(0, 3, 30) if life.draw(st.booleans()) else None
    box = frozenset(life.draw(st.sampled_from(boxes)))
    life.says("consent", since=life.a_day(-30, 0, 0, 2), until=until, boxes=box)


def excludes(life: Life) -> None:
    kinds = [
        {"source": life.draw(PLACES)},
        {"viewer": life.draw(PLACES)},
        {"department": "01"},
        {"source": life.draw(PLACES), "department": "01"},
        {"document": life.draw(DOCUMENTS)},
    ]
    life.begins("exclude", key=Exclusion(**life.draw(st.sampled_from(kinds))))


def mandates(life: Life) -> None:
    forms = ["legal-representative", "parent", "mandatary", "court-guardian"]
    life.begins(
        "mandate",
        who=MOTHER,
        form=life.draw(st.sampled_from(forms)),
        since=life.a_day(-1, 0, 2),
        until=life.draw(st.sampled_from([None, life.a_day(0, 20), life.a_day(40)])),
        bounds=life.draw(st.sampled_from([Bounds(), Bounds(), bounded(life)])),
    )


def bounded(life: Life) -> Bounds:
    return Bounds(documents=frozenset({life.draw(DOCUMENTS)}))


def emergency(life: Life) -> None:
    form = life.draw(st.sampled_from(["unconscious", "emergency-patient", "nobody-to-ask"]))
    life.begins("emergency", at=life.draw(PLACES), who=DOCTOR, form=form)


def opens(kind: str) -> Callable[[Life], None]:
    def act(life: Life) -> None:
        more = {"holder": life.draw(PLACES)} if kind == "release" else {}
        expires = life.later(0.1, 5, 50)
        life.begins(kind, at=life.draw(PLACES), bounds=bounded(life), expires=expires, **more)

    return act


def opened(life: Life) -> None:
    if life.begun.get("delivery"):
        key = life.draw(st.sampled_from(life.begun["delivery"]))
        life.says("opened", key=key, who=life.draw(DOCUMENTS))


def joins(life: Life) -> None:
    code = life.draw(st.sampled_from([APPROVED, AGGREGATES, "TEST-unknown"]))
    life.begins("programme", key=code, expires=life.later(1, 50))


def ends(life: Life) -> None:
    kinds = [kind for kind in life.begun if life.begun[kind]]
    if kinds:
        kind = life.draw(st.sampled_from(kinds))
        life.says(f"{kind}-end", key=life.draw(st.sampled_from(life.begun[kind])))


def comes(life: Life) -> None:
    life.time += timedelta(hours=life.draw(PASSING))
    since = life.later(0, 3)
    life.relations.append(
        Relation(at=life.draw(PLACES), since=since, until=since + timedelta(days=2))
    )


def says(kind: str) -> Callable[[Life], None]:
    return lambda life: life.says(kind)


STEPS: Final = (
    *(consents, consents, consents, excludes, excludes, comes, comes, comes, ends, ends),
    *(mandates, mandates, emergency, emergency, joins, opened),
    *(opens("release"), opens("delivery"), says("consent-end")),
    *(says(one) for one in ("abuse-flag", "abuse-flag-end", "death", "death-end")),
    *(says(one) for one in ("never-in-emergency", "never-in-emergency-end", "show-sensitive")),
)


HOSPITAL: Final = ("a doctor", "a doctor elsewhere", "a system", "the source's doctor") * 6
WHO: Final = {
    **dict.fromkeys(("query", "own-chart", "addressed"), HOSPITAL),
    "emergency": ("a doctor", "a doctor elsewhere") * 12,
    **dict.fromkeys(("statutory", "delivery"), ("a agency-clerk", "a insurer-clerk") * 12),
    "programme": ("a researcher",) * 24,
}
"""Who mostly asks on a path."""


@st.composite
def lives(draw: st.DrawFn) -> tuple[Patient, datetime]:
    """A patient after any sequence of acts, and when the last of it was."""
    life = Life(draw)
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=14)):
        step(life)
    patient = Patient(
        id=PATIENT,
        acts=tuple(life.acts),
        relations=tuple(life.relations),
        born=BIRTHS[draw(st.sampled_from([*BIRTHS]))],
    )
    return patient, life.time


@st.composite
def questions(draw: st.DrawFn, patient: Patient, last: datetime) -> facts.Question:
    """Any question, at the last act or later, of an item from before or after any of them."""
    time = last + timedelta(hours=draw(st.sampled_from([0.3, 0.3, 1, 23, 25, 24 * 3, 24 * 40])))
    days = [day_in_korea(act.time) for act in patient.acts] + [*EVENTS.values()]
    item = replace(
        ITEM,
        institution=draw(PLACES),
        day=draw(st.sampled_from(days)),
        **ITEMS[draw(st.sampled_from(["plain"] * 3 + [*ITEMS]))],
    )
    if draw(st.booleans()):
        item = replace(item, sending=_sent(draw, [act.time for act in patient.acts] or [last]))
    path = draw(st.sampled_from([*PATHS]))
    who = ASKING[draw(st.sampled_from([*WHO.get(path, ()) * 2, *ASKING]))]
    registers = path in {"query", "addressed"} and draw(st.integers(0, 4)) == 0
    programme = draw(st.sampled_from([APPROVED, AGGREGATES, EVALUATION, "TEST-unknown"]))
    return facts.Question(
        item=item,
        time=time,
        path=path,
        act="register" if registers else "read",
        purpose="ETREAT" if path == "emergency" else draw(st.sampled_from([*PURPOSES])),
        programme=programme,
        employer=programme == AGGREGATES,
        same_disease="institution" in who and draw(st.booleans()),
        **combined.asking(who),
    )


def _sent(draw: st.DrawFn, times: list[datetime]) -> facts.Sending:
    """Sent a quarter of an hour after some act."""
    sent = draw(st.sampled_from(times)) + timedelta(minutes=15)
    warned = sent if draw(st.booleans()) else None
    to = draw(st.frozensets(PLACES, min_size=1))
    return facts.Sending(time=sent, to=to, ticked=draw(st.booleans()), warned=warned)
