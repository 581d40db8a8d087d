"""의뢰·회송 수가: whether a referral or return may be billed, and what is missing if not.

A pure function over what is known on a day. Which conditions hold from when is data
(`data/billing.json`, with status and source), since they come from guidelines that change.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from naru.domain.referrals import AskedBy, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a referral on the day that is asked.

    `insurance` is HIRA's 보험유형, empty while nobody said it; `pilot`: the sender takes part in
    the pilot then. The two consents are objects of their own that stand then. `first_of_day`: no
    other paper that it sent of the patient on the day has its fee.
    """

    kind: Kind
    insurance: str
    pilot: bool
    patient_consents: bool
    clinician_consents: bool
    asked_by: AskedBy | None
    first_of_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition, from `since` until before `until`; what it asks and what to do about it."""

    code: str
    since: date
    until: date | None
    asks: Mapping[str, str]
    remedy: Mapping[str, str]
    source: str
    status: str

    def holds_on(self, day: date) -> bool:
        """Whether it is asked of what is judged on that day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What came of it: billable where nothing is missing. `version` is that of the conditions."""

    day: date
    version: str
    asked: tuple[Condition, ...]
    missing: tuple[Condition, ...]

    @property
    def billable(self) -> bool:
        """Whether a claim may be made: something was asked, and nothing is missing."""
        return bool(self.asked) and not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The whole data file; `insured` are the 보험유형 of the health insurance."""

    version: str
    status: str
    insured: frozenset[str]
    insurances: Mapping[str, Mapping[str, str]]
    conditions: tuple[Condition, ...]


def judge(facts: Facts, day: date) -> Judgement:
    """What is asked on the day, and what of it is missing, in the order of the data."""
    asked = tuple(one for one in rules().conditions if one.holds_on(day))
    return Judgement(
        day=day,
        version=rules().version,
        asked=asked,
        missing=tuple(one for one in asked if not _TESTS[one.code](facts)),
    )


def _is_insured(facts: Facts) -> bool:
    return facts.insurance in rules().insured


_TESTS: Final[Mapping[str, Callable[[Facts], bool]]] = {
    "paper": lambda facts: facts.kind in {Kind.REFERRAL, Kind.RETURN},
    "insured": _is_insured,
    "pilot": lambda facts: facts.pilot,
    "patient-consent": lambda facts: facts.patient_consents,
    "clinician-consent": lambda facts: facts.clinician_consents,
    "asked-by": lambda facts: facts.asked_by is not None,
    "once-a-day": lambda facts: facts.first_of_day,
}
"""How each condition of the data is told from the facts; one that has no test is an error."""


@cache
def rules() -> Rules:
    """What the data file says. Raises KeyError for a condition that nothing here tests."""
    file = resources.files("naru.domain") / "data" / "billing.json"
    read = json.loads(file.read_text("utf-8"))
    conditions = tuple(
        Condition(
            code=one["code"],
            since=date.fromisoformat(one["since"]),
            until=date.fromisoformat(one["until"]) if "until" in one else None,
            asks=one["asks"],
            remedy=one["remedy"],
            source=one["source"],
            status=one["status"],
        )
        for one in read["conditions"]
    )
    for one in conditions:
        _TESTS[one.code]  # A typing error in the data is told at once.
    return Rules(
        version=read["version"],
        status=read["status"],
        insured=frozenset(read["insured"]),
        insurances=read["insurances"],
        conditions=conditions,
    )
