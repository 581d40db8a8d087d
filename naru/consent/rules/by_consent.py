"""Rules 9 to 11, 13 and 14: what the general consent opens, and whom."""

from naru.consent.asked import TREATMENT_PATHS, Asked, Verdict
from naru.consent.programmes import Programme, ProgrammeKind
from naru.domain.consent_paper import NEEDED, Box
from naru.domain.decision import Decision, Item, Path, Reason


def general_consent(asked: Asked) -> Verdict:
    """Rule 9: a general consent stands, with the boxes that the law asks for each apart.

    개인정보 보호법 제22조, 제23조. A programme has a consent of its own.
    """
    if asked.path is Path.PROGRAMME:
        return None
    if asked.snapshot is None and asked.policy.open_sandbox:
        return None
    return None if _consents(asked, NEEDED) else asked.deny(9, Reason.NO_CONSENT)


def _consents(asked: Asked, boxes: frozenset[Box]) -> bool:
    snapshot = asked.snapshot
    if snapshot is None or not snapshot.consents_on(asked.day):
        return False
    if asked.reads and asked.arrangements.death is not None:
        # Rule 2: a death ends queries, also those that are asked on another path and fall to here.
        return False
    return boxes <= snapshot.arrangements.boxes


def treatment_relation(asked: Asked) -> Verdict:
    """Rule 10: the viewer has a role that treats, and the institution a relation to the patient.

    Whoever enters an item treated the patient, and so did who wrote what is read.
    """
    if asked.path is Path.PROGRAMME:
        return None
    refusal = asked.deny(10, Reason.NO_TREATMENT_RELATION)
    if not asked.treats:
        return refusal
    if not asked.reads or asked.policy.open_sandbox or _related(asked):
        return None

    def judge(item: Item) -> Decision | None:
        return None if asked.wrote(item) else refusal

    return judge


def _related(asked: Asked) -> bool:
    own = asked.requester.institution
    return any(
        one.institution == own and one.stands(asked.time) for one in asked.standing.relations
    )


def from_date(asked: Asked) -> Verdict:
    """Rule 11: only what dates from the consent on; what bears no date cannot be shown to."""
    snapshot = asked.snapshot
    if snapshot is None or snapshot.from_date is None:
        return None
    first, refusal = snapshot.from_date, asked.deny(11, Reason.BEFORE_CONSENT)

    def judge(item: Item) -> Decision | None:
        day = item.event_date
        return refusal if day is None or day < first else None

    return judge


def programme(asked: Asked) -> Verdict:
    """Rule 13: research, statistics and programmes by their own consent and approval.

    It sees the kinds of documents for which it was approved. An evaluation rests on the box of
    the general consent. Who may have aggregates alone, as an employer or a commander, sees no
    single item.
    """
    if asked.path is not Path.PROGRAMME:
        return None
    approved = asked.policy.programme(asked.programme, asked.day)
    if approved is None or not approved.records or not asked.reads:
        return asked.deny(13, Reason.NO_PROGRAMME_CONSENT)
    refusal = asked.deny(13, Reason.NO_PROGRAMME_CONSENT)
    if not _takes_part(asked, approved):
        return refusal
    permission = asked.permit(13, Reason.PROGRAMME)
    if not approved.papers:
        return permission
    return lambda item: permission if approved.may_see(item.kind) else refusal


def _takes_part(asked: Asked, approved: Programme) -> bool:
    if approved.kind is ProgrammeKind.EVALUATION:
        return _consents(asked, NEEDED | {Box.EVALUATION})
    return any(
        one.programme == approved.code and one.stands(asked.time)
        for one in asked.arrangements.programmes
    )


def treatment(asked: Asked) -> Decision:
    """Rule 14: for treatment it is permitted; everything else is denied."""
    purposes = asked.settings.treatment_purposes
    if asked.path not in TREATMENT_PATHS or asked.purpose not in purposes:
        return asked.deny(14, Reason.NOTHING_PERMITS)
    reason = Reason.OPEN_SANDBOX if asked.snapshot is None else Reason.TREATMENT
    return asked.permit(14, reason)
