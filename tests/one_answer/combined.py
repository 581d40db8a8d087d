"""The values of all that a decision looks at, and their combinations."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any, Final

from naru.domain.roles import role_table
from tests.one_answer import facts
from tests.one_answer.both import AGGREGATES, APPROVED, EVALUATION, PAPER, PSYCHIATRY, SECRET
from tests.one_answer.facts import Act, Bounds, Exclusion, Relation
from tests.one_answer.said import Patient

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
A, B, C = "hospital A", "hospital B", "hospital C"
PATIENT, OTHER, MOTHER, DOCTOR, COLLEAGUE = "patient", "other", "mother", "doctor", "colleague"
DOCUMENT = "2.999.1"
BOXES = frozenset({"personal", "sensitive"})
ALL = frozenset({"personal", "sensitive", "identifying", "evaluation"})


def ago(**much: float) -> datetime:
    return NOON - timedelta(**much)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def grant(days: int, **more: Any) -> Act:
    return Act(kind="consent", time=ago(days=days), since=day(-days), **more)


def said(kind: str, days: float, **more: Any) -> Act:
    return Act(kind=kind, time=ago(days=days), **more)


def out(days: float, **what: Any) -> Act:
    return said("exclude", days, key=Exclusion(**what))


def mandate(form: str, *more: Act, **about: Any) -> tuple[Act, ...]:
    begun = {"key": "mandate", "who": MOTHER, "since": day(-9), "until": day(9), **about}
    return said("mandate", 9, form=form, **begun), *more


def arranged(kind: str, *more: Act, **about: Any) -> tuple[Act, ...]:
    begun = {"key": kind, "at": B, "expires": ago(days=-3), **about}
    return said(kind, 4, **begun), *more


def emergency(hours: float, *more: Act, **about: Any) -> tuple[Act, ...]:
    begun = {"key": "emergency", "at": B, "who": DOCTOR, "form": "unconscious", **about}
    return Act(kind="emergency", time=ago(hours=hours), **begun), *more


def _treated(at: str, began: float, ends: float) -> Relation:
    return Relation(at=at, since=ago(hours=began), until=ago(hours=ends))


THIS = Bounds(documents=frozenset({DOCUMENT}))
ANOTHER = Bounds(documents=frozenset({"2.999.404"}))
RELEASED: Final = {"holder": A, "bounds": THIS}
CONSENTS: Final = {
    "silent": (),
    "stands": (grant(10),),
    "with every box": (grant(10, boxes=ALL),),
    "without the sensitive box": (grant(10, boxes=frozenset({"personal"})),),
    "without the personal box": (grant(10, boxes=frozenset({"sensitive"})),),
    "ended yesterday": (grant(10, until=day(-1)),),
    "ends today": (grant(10, until=TODAY),),
    "withdrawn": (grant(10), said("consent-end", 2)),
    "given again": (grant(10), said("consent-end", 7), grant(3)),
    "given again on one day": (grant(10), said("consent-end", 4.2), grant(4)),
    "given twice": (grant(10), grant(3)),
    "narrowed": (grant(10), grant(3, until=day(-1))),
    "widened": (grant(10, until=day(-1)), grant(3)),
    "ended and given again": (grant(10, until=day(-5)), grant(3)),
    "a box less": (grant(10, boxes=ALL), grant(3, boxes=frozenset({"sensitive"}))),
    "for what is to come": (Act(kind="consent", time=ago(days=10), since=day(1)),),
    "for what was": (Act(kind="consent", time=ago(days=3), since=day(-10)),),
    "said no": (said("consent-end", 10),),
}
EXCLUSIONS: Final = {
    "nothing": (),
    "source": (out(5, source=A),),
    "another source": (out(5, source=C),),
    "viewer": (out(5, viewer=B),),
    "the source as viewer": (out(5, viewer=A),),
    "department": (out(5, department="01"),),
    "another department": (out(5, department="03"),),
    "department at the source": (out(5, source=A, department="01"),),
    "department elsewhere": (out(5, source=C, department="01"),),
    "document": (out(5, document=DOCUMENT),),
    "another document": (out(5, document="2.999.404"),),
    "included again": (out(5, source=A), said("exclude-end", 4, key=Exclusion(source=A))),
    "one of two included": (
        out(5, source=A),
        out(5, document=DOCUMENT),
        said("exclude-end", 4, key=Exclusion(source=A)),
    ),
    "the whole is not the part": (
        out(5, source=A, department="01"),
        said("exclude-end", 4, key=Exclusion(department="01")),
    ),
}
SENDINGS: Final = {
    "none": None,
    "to the asker": facts.Sending(time=ago(days=6), to=frozenset({B})),
    "ticked": facts.Sending(time=ago(days=6), to=frozenset({B}), ticked=True),
    "warned": facts.Sending(time=ago(days=4.5), to=frozenset({B}), warned=ago(days=4.5)),
    "warned before": facts.Sending(time=ago(days=6), to=frozenset({B}), warned=ago(days=6)),
    "ticked and warned": facts.Sending(
        time=ago(days=4.5), to=frozenset({B, C}), ticked=True, warned=ago(days=4.5)
    ),
    "lately": facts.Sending(time=ago(days=1), to=frozenset({B})),
    "to another": facts.Sending(time=ago(days=6), to=frozenset({C}), ticked=True),
    "to oneself": facts.Sending(time=ago(days=6), to=frozenset({A}), ticked=True),
}
EMERGENCIES: Final = {
    "none": (),
    "unconscious": emergency(2),
    "nobody to ask": emergency(2, form="nobody-to-ask"),
    "of a colleague": emergency(2, who=COLLEAGUE),
    "elsewhere": emergency(2, at=C),
    "of a day and a second": emergency(24.001),
    "of a day": emergency(24),
    "of almost a day": emergency(23.999),
    "over": emergency(2, expires=ago(hours=1)),
    "not begun": emergency(2, begins=ago(hours=-1), expires=ago(hours=-3)),
    "ended": emergency(2, Act(kind="emergency-end", time=ago(hours=1), key="emergency")),
    "never": (said("never-in-emergency", 3), *emergency(2)),
    "never, then yes": (
        said("never-in-emergency", 3),
        said("never-in-emergency-end", 2),
        *emergency(2),
    ),
}
MANDATES: Final = {
    "none": (),
    "legal representative": mandate("legal-representative"),
    "parent": mandate("parent"),
    "mandatary": mandate("mandatary"),
    "court's guardian": mandate("court-guardian"),
    "court's guardian without end": mandate("court-guardian", until=None),
    "mandatary without end": mandate("mandatary", until=None),
    "ended yesterday": mandate("mandatary", until=day(-1)),
    "guardian's ended yesterday": mandate("court-guardian", until=day(-1)),
    "ends today": mandate("mandatary", until=TODAY),
    "begins today": mandate("mandatary", since=TODAY),
    "begins tomorrow": mandate("mandatary", since=day(1)),
    "taken back": mandate("mandatary", said("mandate-end", 1, key="mandate")),
    "of another": mandate("mandatary", who=OTHER),
    "for this document": mandate("mandatary", bounds=THIS),
    "for another document": mandate("mandatary", bounds=ANOTHER),
    "for a department": mandate("mandatary", bounds=Bounds(departments=frozenset({"01"}))),
    "for another institution": mandate("mandatary", bounds=Bounds(institutions=frozenset({C}))),
    "for lately": mandate("mandatary", bounds=Bounds(first=day(-4))),
    "for formerly": mandate("mandatary", bounds=Bounds(last=day(-5))),
}
BIRTHS: Final = {
    "unknown": None,
    "adult": date(1970, 1, 1),
    "nineteen today": date(2007, 11, 20),
    "nineteen tomorrow": date(2007, 11, 21),
    "fourteen today": date(2012, 11, 20),
    "fourteen tomorrow": date(2012, 11, 21),
    "newborn": day(-5),
}
LIVES: Final = {
    "alive": (),
    "dead": (said("death", 1),),
    "not dead": (said("death", 1), said("death-end", 0.5)),
    "abused": (said("abuse-flag", 1),),
    "abused no more": (said("abuse-flag", 1), said("abuse-flag-end", 0.5)),
    "shows": (said("show-sensitive", 1),),
    "shows no more": (said("show-sensitive", 1), said("show-sensitive-end", 0.5)),
}
DELIVERIES: Final = {
    "none": (),
    "delivery": arranged("delivery", bounds=THIS),
    "delivery of another": arranged("delivery", bounds=ANOTHER),
    "delivery to another": arranged("delivery", at=C, bounds=THIS),
    "delivery, expired": arranged("delivery", expires=NOON, bounds=THIS),
    "delivery, recalled": arranged(
        "delivery", said("delivery-end", 1, key="delivery"), bounds=THIS
    ),
    "delivery, opened": arranged(
        "delivery", said("opened", 1, key="delivery", who=DOCUMENT), bounds=THIS
    ),
    "delivery, the other opened": arranged(
        "delivery",
        said("opened", 1, key="delivery", who="2.999.404"),
        bounds=Bounds(documents=frozenset({DOCUMENT, "2.999.404"})),
    ),
    "release": arranged("release", **RELEASED),
    "release of another": arranged("release", holder=A, bounds=ANOTHER),
    "release by another": arranged("release", holder=C, bounds=THIS),
    "release to another": arranged("release", at=C, **RELEASED),
    "release, expired": arranged("release", expires=NOON, **RELEASED),
    "release, not yet": arranged("release", begins=ago(hours=-1), **RELEASED),
    "release, ended": arranged("release", said("release-end", 1, key="release"), **RELEASED),
    "release of a department": arranged(
        "release", holder=A, bounds=Bounds(departments=frozenset({"01"}))
    ),
    "programme": arranged("programme", key=APPROVED),
    "programme, left": arranged("programme", said("programme-end", 1, key=APPROVED), key=APPROVED),
    "programme, over": arranged("programme", key=APPROVED, expires=NOON),
    "programme of the employer": arranged("programme", key=AGGREGATES),
    "programme without approval": arranged("programme", key="TEST-unknown"),
}
ITEM = facts.Item(id=DOCUMENT, institution=A, department="01", day=day(-4))
ITEMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "genetic": {"genetic": True},
    "secret": {"confidentiality": SECRET},
    "of psychiatry": {"department": PSYCHIATRY},
    "a paper": {"kind": PAPER},
    "a consent": {"consent_document": True},
    "without department": {"department": None},
}
EVENTS: Final = {
    "lately": day(-4),
    "on the first day": day(-10),
    "the day before": day(-11),
    "when given again": day(-3),
    "today": TODAY,
    "undated": None,
}
TABLE = role_table().roles
ASKING: Final[Mapping[str, Mapping[str, Any]]] = {
    "the patient": {"role": "patient", "person": PATIENT},
    "another patient": {"role": "patient", "person": OTHER},
    "the representative": {"role": "representative", "person": MOTHER},
    "a system": {"role": "system", "institution": B},
    "the source's system": {"role": "system", "institution": A},
    "the source's doctor": {"role": "doctor", "institution": A, "person": COLLEAGUE},
    "a doctor elsewhere": {"role": "doctor", "institution": C, "person": DOCTOR},
    "a doctor of nowhere": {"role": "doctor", "person": DOCTOR},
    **{
        f"a {role}": {"role": str(role), "institution": B, "person": DOCTOR}
        for role in TABLE
        if role not in {"patient", "representative", "system"}
    },
}
STATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "admitted": {},
    "not admitted": {"admitted": False},
    "not auditable": {"auditable": False},
    "of the same disease": {"same_disease": True},
}
RELATIONS: Final[Mapping[str, tuple[Relation, ...]]] = {
    "in treatment": tuple(_treated(one, 1, -16) for one in (A, B, C)),
    "no treatment": (),
    "treatment elsewhere": (_treated(C, 1, -1),),
    "treatment over": (_treated(B, 9, 2), _treated(A, 9, 2)),
    "treatment to come": (_treated(B, -1, -2),),
    "treatment ends now": (_treated(B, 1, 0),),
}
ACTS: Final[Mapping[str, str]] = {"read": "read", "register": "register"}
PATHS: Final = {
    one: one
    for one in (
        "query",
        "own-chart",
        "addressed",
        "delivery",
        "emergency",
        "statutory",
        "programme",
    )
}
PURPOSES: Final = {one: one for one in ("TREAT", "ETREAT", "HRESCH", "HPAYMT")}
PROGRAMMES: Final = {one: one for one in (APPROVED, AGGREGATES, EVALUATION, "TEST-unknown", "")}
TIMES: Final = {
    "noon": NOON,
    "the last second": datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC),
    "midnight": datetime(2026, 11, 20, 15, tzinfo=UTC),
}

DIMENSIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "path": PATHS,
    "asking": ASKING,
    "act": ACTS,
    "state": STATES,
    "relation": RELATIONS,
    "purpose": PURPOSES,
    "programme": PROGRAMMES,
    "item": ITEMS,
    "event": EVENTS,
    "consent": CONSENTS,
    "exclusion": EXCLUSIONS,
    "sending": SENDINGS,
    "emergency": EMERGENCIES,
    "mandate": MANDATES,
    "birth": BIRTHS,
    "life": LIVES,
    "delivery": DELIVERIES,
    "time": TIMES,
}
USUAL: Final = {
    "path": "query",
    "asking": "a doctor",
    "act": "read",
    "state": "admitted",
    "relation": "in treatment",
    "purpose": "TREAT",
    "programme": APPROVED,
    "item": "plain",
    "event": "lately",
    "consent": "stands",
    "exclusion": "nothing",
    "sending": "none",
    "emergency": "none",
    "mandate": "none",
    "birth": "adult",
    "life": "alive",
    "delivery": "none",
    "time": "noon",
}
"""One that is permitted; each of those below is permitted by its own path's rule."""
BASES: Final = (
    USUAL,
    {**USUAL, "asking": "the source's doctor", "path": "own-chart", "consent": "withdrawn"},
    {**USUAL, "path": "addressed", "sending": "ticked and warned", "consent": "silent"},
    {
        **USUAL,
        "path": "emergency",
        "purpose": "ETREAT",
        "emergency": "unconscious",
        "consent": "withdrawn",
    },
    {
        **USUAL,
        "asking": "a agency-clerk",
        "path": "delivery",
        "delivery": "delivery",
        "consent": "silent",
    },
    {**USUAL, "asking": "a agency-clerk", "path": "statutory", "delivery": "release"},
    {**USUAL, "asking": "a researcher", "path": "programme", "delivery": "programme"},
    {**USUAL, "asking": "the representative", "mandate": "mandatary", "consent": "silent"},
    {**USUAL, "asking": "the source's system", "act": "register"},
)

Case = Mapping[str, str]


def asking(who: Mapping[str, Any]) -> dict[str, Any]:
    """Who asks, with what the table of roles says of them."""
    row = TABLE[who["role"]]
    clinician = "open-emergency" in row.actions
    return {"treats": row.treats, "clinician": clinician, **who}


def told(case: Case) -> tuple[facts.Question, Patient]:
    """The question and the patient of a combination."""
    value = {name: DIMENSIONS[name][one] for name, one in case.items()}
    item = replace(ITEM, day=value["event"], **value["item"])
    if value["sending"] is not None:
        item = replace(item, sending=value["sending"])
    question = facts.Question(
        item=item,
        time=value["time"],
        path=value["path"],
        act=value["act"],
        purpose=value["purpose"],
        programme=value["programme"],
        employer=value["programme"] == AGGREGATES,
        **value["state"],
        **asking(value["asking"]),
    )
    said = ("consent", "exclusion", "emergency", "mandate", "life", "delivery")
    acts = sorted((one for name in said for one in value[name]), key=lambda one: one.time)
    return question, Patient(
        id=PATIENT, acts=tuple(acts), born=value["birth"], relations=value["relation"]
    )


def can_be(case: Case) -> bool:
    """Nothing is brought into the exchange but for all to query or addressed to somebody."""
    return case["act"] == "read" or case["path"] in {"query", "addressed"}


def singles() -> Iterator[Case]:
    """Every value of every dimension, all else being as in each of the bases."""
    for base in BASES:
        for name, values in DIMENSIONS.items():
            yield from filter(can_be, ({**base, name: one} for one in values))


def pairs(base: Case) -> Iterator[Case]:
    """Every two values of two dimensions together, all else being as in the base."""
    for one, other in combinations(DIMENSIONS, 2):
        for first, second in product(DIMENSIONS[one], DIMENSIONS[other]):
            case = {**base, one: first, other: second}
            if can_be(case):
                yield case


def drawn(number: int, *, seed: int) -> Iterator[Case]:
    """Combinations in which every dimension has any value, mostly a usual one."""
    chance = random.Random(seed)  # The same ones each time; no secret.
    for _ in range(number):
        case = dict(chance.choice(BASES))
        for name in chance.sample([*DIMENSIONS], chance.randint(2, 9)):
            case[name] = chance.choice([*DIMENSIONS[name]])
        if can_be(case):
            yield case


WHOLE: Final = (
    ("path", "asking", "birth", "life", "mandate"),
    ("asking", "birth", "mandate", "item"),
    ("path", "asking", "act", "state", "relation", "purpose", "item"),
    ("path", "consent", "exclusion", "sending", "event", "item"),
    ("path", "consent", "exclusion", "emergency", "purpose", "life"),
    ("path", "delivery", "programme", "consent", "item", "time"),
    ("act", "consent", "exclusion", "sending", "event", "time"),
)
"""Dimensions that meet in some rule, of which every combination is asked."""


def whole(base: Case) -> Iterator[Case]:
    """Every combination of the dimensions that belong together, all else being as in the base."""
    for names in WHOLE:
        for values in product(*(DIMENSIONS[name] for name in names)):
            case = {**base, **dict(zip(names, values, strict=True))}
            if can_be(case):
                yield case
