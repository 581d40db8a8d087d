"""Rules 1 and 2: who may ask at all, and the patient with those who speak for them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from naru.consent.asked import Asked, Verdict
from naru.consent.policy import Settings
from naru.domain.arrangements import Mandate, Relationship
from naru.domain.caller import Role
from naru.domain.decision import Admission, Decision, Item, Path, Reason

_REFUSALS: Final = {
    Admission.UNAUTHENTICATED: Reason.UNAUTHENTICATED,
    Admission.SUSPENDED: Reason.SUSPENDED,
    Admission.NOT_A_PARTICIPANT: Reason.NOT_A_PARTICIPANT,
    Admission.NOT_AUDITABLE: Reason.NOT_AUDITABLE,
    Admission.OF_ANOTHER_PATIENT: Reason.REQUESTER_NOT_ADMITTED,
}


def requester(asked: Asked) -> Verdict:
    """Rule 1: whoever may not ask at all gets nothing, in an emergency neither."""
    refusal = _REFUSALS.get(asked.requester.admission)
    if refusal is not None:
        return asked.deny(1, refusal)
    if asked.requester.role not in asked.policy.asking_roles:
        return asked.deny(1, Reason.WRONG_ROLE)
    return None


def death(asked: Asked) -> Verdict:
    """Rule 2: a death ends what the patient and their representatives may, and queries.

    Relatives apply to the institution (의료법 제21조제3항); what an emergency opens is left open,
    since a death may be recorded by mistake.
    """
    ends = _is_citizen(asked) or asked.path is Path.QUERY
    if asked.arrangements.death is not None and asked.reads and ends:
        return asked.deny(2, Reason.DECEASED)
    return None


def citizen(asked: Asked) -> Verdict:
    """Rule 2: the patient sees everything; whoever speaks for them what the mandate covers.

    But genetic items (rule 4), where policy does not take a child's representative for the child.
    """
    if not (_is_citizen(asked) and asked.reads):
        return None
    if asked.requester.role is Role.REPRESENTATIVE:
        return _representative(asked)
    if asked.requester.patient != asked.patient:
        return asked.deny(2, Reason.NO_MANDATE)
    age = age_on(asked.standing.birth_date, asked.day)
    if age is not None and age < asked.settings.represented_under:
        return asked.deny(2, Reason.UNDER_AGE)
    return asked.permit(2, Reason.THE_PATIENT)


def _representative(asked: Asked) -> Verdict:
    if asked.arrangements.abuse_flag:
        return asked.deny(2, Reason.ABUSE_FLAG)
    mandates = _mandates(asked)
    refusal = asked.deny(2, Reason.NO_MANDATE)
    if not mandates:
        return refusal
    permission, genetic = asked.permit(2, Reason.REPRESENTATIVE), asked.deny(4, Reason.GENETIC)
    whole = any(one.scope.whole for one in mandates)
    # What the law takes out of what others than the patient are given (생명윤리법 제46조제3항).
    kept = frozenset[str]() if _stands_for_a_child(asked) else asked.settings.genetic_codes

    def judge(item: Item) -> Decision:
        if not (whole or any(one.scope.covers(item) for one in mandates)):
            return refusal
        return genetic if item.bears(kept) else permission

    return judge


def _stands_for_a_child(asked: Asked) -> bool:
    """Whether a representative sees also genetic items, as the child would."""
    age = age_on(asked.standing.birth_date, asked.day)
    child = age is not None and age < asked.settings.represented_under
    return child and asked.settings.genetic_to_representatives_of_child


def _mandates(asked: Asked) -> Sequence[Mandate]:
    kinds = representatives(asked.standing.birth_date, asked.day, asked.settings)
    who = {asked.requester.person, asked.requester.patient, *asked.requester.known_as}
    return [
        one
        for one in asked.arrangements.mandates
        if one.representative in who
        and one.relationship in kinds
        and one.stands(asked.time)
        # An adult's mandate has an end; only a court or the law appoints without one.
        and (one.last is not None or one.relationship is not Relationship.MANDATARY)
    ]


def representatives(birth: date | None, day: date, settings: Settings) -> frozenset[Relationship]:
    """Who may speak for a patient of this age; for one of unknown age, whoever may for an adult."""
    age = age_on(birth, day)
    if age is None or age >= settings.majority:
        return settings.representatives_of_adult
    if age >= settings.represented_under:
        return settings.representatives_of_minor
    return settings.representatives_of_child


def age_on(birth: date | None, day: date) -> int | None:
    """Completed years of life (만 나이, 민법 제158조): the day of birth counts."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _is_citizen(asked: Asked) -> bool:
    return asked.requester.role in {Role.PATIENT, Role.REPRESENTATIVE}
