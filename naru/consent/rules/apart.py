"""Rules 3 to 8: ways that do not rest on the general consent."""

from datetime import timedelta
from uuid import UUID

from naru.consent.asked import TREATMENT_PATHS, Asked, Verdict
from naru.consent.rules.exclusions import excluded
from naru.domain.arrangements import Emergency
from naru.domain.caller import PurposeOfUse
from naru.domain.decision import Decision, Item, Path, Reason


def consent_document(asked: Asked) -> Verdict:
    """Rules 3 and 12: a consent lists what is excluded, so no other institution ever reads it.

    To bring one needs none: without this rule a first consent could not arrive.
    """
    permission = asked.permit(3, Reason.CONSENT_DOCUMENT)
    refusal = asked.deny(12, Reason.CONSENT_DOCUMENT)

    def judge(item: Item) -> Decision | None:
        if not item.consent_document:
            return None
        mine = asked.policy.open_sandbox or asked.wrote(item)
        return permission if mine else refusal

    return judge


def own_chart(asked: Asked) -> Verdict:
    """Rule 3: what an institution wrote stays its own, whatever its patient says afterwards.

    What it received is its own where it keeps it; here lies the exchange's copy, which closes with
    the consent (docs/adr/0034). By whichever transaction it is asked: `exchange.paths` takes what
    the asker wrote this way.
    """
    if asked.path is not Path.OWN_CHART or not asked.treats:
        return None
    permission = asked.permit(3, Reason.OWN_CHART)
    own = asked.requester.institution

    def judge(item: Item) -> Decision | None:
        return permission if own is not None and own == item.institution else None

    return judge


def genetic(asked: Asked) -> Verdict:
    """Rule 4: genetic items go nowhere, but to treat the same disease (생명윤리법 제46조제3항)."""
    codes, refusal = asked.settings.genetic_codes, asked.deny(4, Reason.GENETIC)
    cares = asked.treats and asked.path in TREATMENT_PATHS

    def judge(item: Item) -> Decision | None:
        if not item.bears(codes) or (cares and _same_disease(asked, item)):
            return None
        return refusal

    return judge


def _same_disease(asked: Asked, item: Item) -> bool:
    """Whether everybody whom the item would reach asked for it to treat the same disease."""
    reached = {asked.requester.institution} if asked.reads else _others(item)
    asking = {
        one.institution
        for one in asked.arrangements.same_disease
        if one.stands(asked.time) and one.scope.covers(item)
    }
    return bool(reached) and reached <= asking


def statutory_demand(asked: Asked) -> Verdict:
    """Rule 5: a demand by statute opens what a privacy officer released of it, and no query."""
    if asked.path is not Path.STATUTORY_DEMAND:
        return None
    permission = asked.permit(5, Reason.STATUTORY_RELEASE)
    refusal = asked.deny(5, Reason.NOT_AS_QUERY)
    scopes = [
        one.scope
        for one in asked.arrangements.releases
        if one.recipient == asked.requester.institution and one.stands(asked.time)
    ]
    if not (scopes and asked.reads):
        return refusal

    def judge(item: Item) -> Decision:
        return permission if any(one.covers(item) for one in scopes) else refusal

    return judge


def patient_directed(asked: Asked) -> Verdict:
    """Rule 6: documents that the patient chose, for one recipient, each opened once, in time.

    Also from before the consent. An insurer gets only the papers that the law names.
    """
    if asked.path is not Path.PATIENT_DIRECTED or not asked.reads:
        return None
    waiting = frozenset[str]().union(
        *(
            one.unopened
            for one in asked.arrangements.deliveries
            if one.recipient == asked.requester.institution and one.stands(asked.time)
        )
    )
    insurer = asked.requester.role in asked.settings.insurer_roles
    papers, permission = asked.settings.insurer_papers, asked.permit(6, Reason.PATIENT_DIRECTED)
    refusal = asked.deny(6, Reason.NOT_DIRECTED)

    def judge(item: Item) -> Decision:
        may = item.document in waiting and (not insurer or item.kind in papers)
        return permission if may else refusal

    return judge


def emergency(asked: Asked) -> Verdict:
    """Rule 7: who opened the record in one of the law's cases reads it whole, for hours."""
    settings, now = asked.settings, asked.arrangements
    if not (asked.path is Path.EMERGENCY and asked.reads):
        return None
    if asked.purpose is not PurposeOfUse.EMERGENCY_TREATMENT:
        return None
    if now.never_in_emergency and settings.never_in_emergency_respected:
        return None
    if asked.requester.role not in asked.policy.emergency_roles:
        return None
    if any(_opened(asked, one) for one in now.emergencies):
        return asked.permit(7, Reason.EMERGENCY)
    return None


def _opened(asked: Asked, one: Emergency) -> bool:
    longest = timedelta(hours=asked.settings.emergency_hours)
    return (
        one.institution == asked.requester.institution
        and one.person == asked.requester.person
        and one.stands(asked.time)
        and asked.time < one.since + longest
    )


def addressed_sending(asked: Asked) -> Verdict:
    """Rule 8: the named recipient only, on consent to this sending, which the sender asserts.

    What is from before the general consent, or what the patient keeps out, only where they ticked
    it for this recipient. Whoever addresses itself sends nothing: the general rules hold for it.
    """
    if asked.path is not Path.ADDRESSED_SENDING or not asked.treats:
        return None
    return _being_read(asked) if asked.reads else _being_sent(asked)


def _being_sent(asked: Asked) -> Verdict:
    permission = asked.permit(8, Reason.SENDER_ASSERTS_CONSENT)

    def judge(item: Item) -> Decision | None:
        others = _others(item)
        may = others and asked.wrote(item) and all(_ticked(asked, item, one) for one in others)
        return permission if may else None

    return judge


def _being_read(asked: Asked) -> Verdict:
    permission = asked.permit(8, Reason.ADDRESSED_TO_REQUESTER)
    own = asked.requester.institution

    def judge(item: Item) -> Decision | None:
        if own is None or own not in _others(item):
            return None
        may = _ticked(asked, item, own) and not _held(asked, item)
        return permission if may else None

    return judge


def _others(item: Item) -> set[UUID | None]:
    return set[UUID | None](item.recipients) - {item.institution}


def _ticked(asked: Asked, item: Item, recipient: UUID | None) -> bool:
    """Whether nothing speaks against the sending but what the patient ticked for it."""
    older = _from_before(asked, item)
    kept_out = excluded(asked, item, viewer=recipient)
    if not (older or kept_out):
        return True
    ticked = [
        one
        for one in asked.arrangements.sendings
        if one.stands(asked.time) and one.covers(item, recipient)
    ]
    return (not older or any(one.older for one in ticked)) and (
        not kept_out or any(one.despite_exclusions for one in ticked)
    )


def _from_before(asked: Asked, item: Item) -> bool:
    """Whether it is from before a general consent that stands; what bears no day may be."""
    snapshot = asked.snapshot
    if snapshot is None or not snapshot.consents_on(asked.day) or snapshot.from_date is None:
        return False
    return item.event_date is None or item.event_date < snapshot.from_date


def _held(asked: Asked, item: Item) -> bool:
    snapshot = asked.snapshot
    return snapshot is not None and snapshot.holds_back(item.registered, asked.day)
