"""The one consent decision (design, section 7): pure, the same for every door, first match wins.

Each rule is a function that returns a decision or None for the next rule. Not built yet, and so
falling through to those below: representatives of rule 2, and rules 4, 5, 6, 7 and 13. A path that
only such a rule can permit ends at rule 14, which denies it.
"""

from functools import lru_cache
from typing import Final

from naru.consent.policy import Policy
from naru.consent.snapshots import Snapshot
from naru.domain.caller import Role
from naru.domain.decision import Act, Decision, Item, Path, Question, Reason
from naru.domain.korea import korean_day

_TREATMENT_PATHS: Final = frozenset(
    {Path.OWN_CHART, Path.QUERY, Path.ADDRESSED_SENDING, Path.EMERGENCY}
)


def decide(question: Question, snapshot: Snapshot | None, policy: Policy) -> Decision:
    """Permit or deny `question` as the patient's `snapshot` stands; None: never said anything."""
    return (
        _requester(question, policy)
        or _the_patient(question, policy)
        or _own_chart(question, policy)
        or _consent_document(question, policy)
        or _addressed(question, snapshot, policy)
        or _consent(question, snapshot, policy)
        or _treatment_relation(question, policy)
        or _from_date(question.item, snapshot, policy)
        or _exclusions(question, snapshot, policy)
        or _treatment(question, snapshot, policy)
    )


def _requester(question: Question, policy: Policy) -> Decision | None:
    if question.requester.admitted:
        return None
    return _answer(policy, 1, Reason.REQUESTER_NOT_ADMITTED, permitted=False)


def _the_patient(question: Question, policy: Policy) -> Decision | None:
    requester = question.requester
    if (
        requester.role is Role.PATIENT
        and requester.patient == question.patient
        and question.act is Act.READ
    ):
        return _answer(policy, 2, Reason.THE_PATIENT, permitted=True)
    return None


def _own_chart(question: Question, policy: Policy) -> Decision | None:
    # A query to the exchange is not a look into one's own chart: copies at a hub are blocked.
    if question.path is Path.OWN_CHART and _is_source(question, policy):
        return _answer(policy, 3, Reason.OWN_CHART, permitted=True)
    return None


def _consent_document(question: Question, policy: Policy) -> Decision | None:
    # A consent lists what is excluded, so no other institution ever reads it; to bring one needs
    # none. Without this rule a first consent could not arrive.
    if not question.item.consent_document:
        return None
    mine = policy.open_sandbox or _is_source(question, policy)
    if not mine:
        return _answer(policy, 12, Reason.CONSENT_DOCUMENT, permitted=False)
    return _answer(policy, 3, Reason.CONSENT_DOCUMENT, permitted=True)


def _addressed(question: Question, snapshot: Snapshot | None, policy: Policy) -> Decision | None:
    if question.path is not Path.ADDRESSED_SENDING:
        return None
    # Whoever addresses itself sends nothing: the general rules hold for it.
    others = set(question.item.recipients) - {question.item.institution}
    if question.act is Act.REGISTER:
        may = bool(others) and _is_source(question, policy)
        reason = Reason.SENDER_ASSERTS_CONSENT
    else:
        requester = question.requester
        named = requester.institution in others
        may = named and requester.role in policy.treatment_roles and not _held(question, snapshot)
        reason = Reason.ADDRESSED_TO_REQUESTER
    return _answer(policy, 8, reason, permitted=True) if may else None


def _held(question: Question, snapshot: Snapshot | None) -> bool:
    """Whether the consent ended after the sending: what is unopened then waits."""
    if snapshot is None or snapshot.withdrawn is None:
        return False
    sent = question.item.registered
    return sent is None or sent <= snapshot.withdrawn


def _consent(question: Question, snapshot: Snapshot | None, policy: Policy) -> Decision | None:
    if snapshot is None and policy.open_sandbox:
        return None
    if snapshot is not None and snapshot.consents_on(korean_day(question.time)):
        return None
    return _answer(policy, 9, Reason.NO_CONSENT, permitted=False)


def _treatment_relation(question: Question, policy: Policy) -> Decision | None:
    requester = question.requester
    if requester.treating and requester.role in policy.treatment_roles:
        return None
    return _answer(policy, 10, Reason.NO_TREATMENT_RELATION, permitted=False)


def _from_date(item: Item, snapshot: Snapshot | None, policy: Policy) -> Decision | None:
    if snapshot is None or snapshot.from_date is None:
        return None
    # What bears no date cannot be shown to be from after the consent.
    if item.event_date is not None and item.event_date >= snapshot.from_date:
        return None
    return _answer(policy, 11, Reason.BEFORE_CONSENT, permitted=False)


def _exclusions(question: Question, snapshot: Snapshot | None, policy: Policy) -> Decision | None:
    if snapshot is None or not _excluded(question, snapshot):
        return None
    return _answer(policy, 12, Reason.EXCLUDED, permitted=False)


def _excluded(question: Question, snapshot: Snapshot) -> bool:
    item, excluded = question.item, snapshot.exclusions
    # Who may not look may still write: the patient chooses source and viewer separately.
    looks = question.act is Act.READ
    return (
        item.document in excluded.documents
        or item.institution in excluded.sources
        or (looks and question.requester.institution in excluded.viewers)
        or item.department in excluded.departments
        or (item.institution, item.department) in excluded.departments_at
    )


def _treatment(question: Question, snapshot: Snapshot | None, policy: Policy) -> Decision:
    if question.path not in _TREATMENT_PATHS or question.purpose not in policy.treatment_purposes:
        return _answer(policy, 14, Reason.NOTHING_PERMITS, permitted=False)
    reason = Reason.OPEN_SANDBOX if snapshot is None else Reason.TREATMENT
    return _answer(policy, 14, reason, permitted=True)


def _is_source(question: Question, policy: Policy) -> bool:
    requester = question.requester
    return (
        requester.institution is not None
        and requester.institution == question.item.institution
        and requester.role in policy.treatment_roles
    )


@lru_cache(maxsize=256)
def _answer(policy: Policy, rule: int, reason: Reason, *, permitted: bool) -> Decision:
    return Decision(permitted, rule, reason, policy.basis(rule))
