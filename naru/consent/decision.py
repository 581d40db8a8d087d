"""The one consent decision (design, section 7): pure, the same for every door, first match wins."""

from collections.abc import Callable
from typing import Final

from naru.consent.asked import Asked, Judge, Verdict
from naru.consent.policy import Policy
from naru.consent.rules import apart, by_consent, exclusions, who
from naru.consent.snapshots import Standing
from naru.domain.decision import Decision, Item, Question

_RULES: Final[tuple[Callable[[Asked], Verdict], ...]] = (
    who.requester,  # 1
    who.death,  # 2
    who.citizen,  # 2
    apart.consent_document,  # 3 and 12: above every way by which another could read it.
    apart.own_chart,  # 3
    apart.genetic,  # 4
    apart.statutory_demand,  # 5
    apart.patient_directed,  # 6
    apart.emergency,  # 7
    apart.addressed_sending,  # 8
    by_consent.general_consent,  # 9
    by_consent.treatment_relation,  # 10
    by_consent.from_date,  # 11
    exclusions.exclusions,  # 12
    exclusions.hidden_by_default,  # 12
    by_consent.programme,  # 13
)


def decide(question: Question, standing: Standing, policy: Policy) -> Decision:
    """Permit or deny `question` as things stand for its patient."""
    return for_patient(Asked.of(question, standing, policy))(question.item)


def for_patient(asked: Asked) -> Callable[[Item], Decision]:
    """The same decision for any number of one patient's items.

    What depends on {requester, patient, path, time} alone is worked out here, once.
    """
    judges: list[Judge] = []
    rest = by_consent.treatment(asked)  # 14
    for rule in _RULES:
        verdict = rule(asked)
        if isinstance(verdict, Decision):
            rest = verdict
            break
        if verdict is not None:
            judges.append(verdict)

    def decided(item: Item) -> Decision:
        for judge in judges:
            found = judge(item)
            if found is not None:
                return found
        return rest

    return decided
