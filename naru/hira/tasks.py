"""The work that hands referrals to the relay, tried again while nothing answers."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.domain.referrals import Referral
from naru.domain.relay_submission import Submission
from naru.exchange.consent.issue import full_name
from naru.hira import queries, services
from naru.hira.port import Relay, RelayRefused, RelayUnreachable
from naru.hira.queries import INSURANCE, HandoverState
from naru.outbox.services import MAX_ATTEMPTS, Work
from naru.outbox.worker import Handler
from naru.patients import queries as patients
from naru.referrals import queries as referrals


def handlers(relay: Relay, clock: Callable[[], datetime] = timezone.now) -> dict[str, Handler]:
    """The handler of hand-overs, for a node that has a relay."""

    def hand_over(work: Work) -> None:
        _hand_over(relay, work, clock)

    return {services.HAND_OVER: Handler(hand_over, within=False)}


def _hand_over(relay: Relay, work: Work, clock: Callable[[], datetime]) -> None:
    found = referrals.one(UUID(bytes=work.payload))
    handover = None if found is None else queries.handover(found.id)
    if found is None or handover is None or handover.state is not HandoverState.WAITING:
        return
    if not services.consented(found.id):
        _keep(found, HandoverState.FAILED, clock(), reason="consent-withdrawn")
        return
    try:
        receipt = relay.hand_over(submission(found))
    except RelayRefused as refused:
        _keep(found, HandoverState.FAILED, clock(), reason=refused.reason)
    except RelayUnreachable:
        if work.attempts < MAX_ATTEMPTS:
            _keep(found, HandoverState.WAITING, clock(), reason="unreachable")
            raise
        _keep(found, HandoverState.FAILED, clock(), reason="unreachable")
    else:
        _keep(found, HandoverState.HANDED_OVER, clock(), receipt=receipt[:64], reason="")


def submission(found: Referral) -> Submission:
    """What is handed over of a referral."""
    day = korean_day(found.time)
    told = patients.demographics(found.patient)
    said = queries.said(found.id)
    return Submission(
        number=found.number,
        kind=found.kind,
        sender=_named(found.sender, day),
        receiver=_named(found.receiver, day) if found.receiver else "",
        department=found.department,
        sent=found.time,
        patient_name=full_name(told),
        patient_birth=told.birth_time or "",
        document=found.sent.document,
        asked_by=found.asked_by,
        insurance=said[INSURANCE].value if INSURANCE in said else "",
    )


def _named(institution: UUID, day: date) -> str:
    known = directory.by_id(institution, on=day)
    return (known.oid or "") if known else ""


def _keep(found: Referral, to: HandoverState, now: datetime, **more: str) -> None:
    with transaction.atomic():
        services.changed(found.id, to, now, **more)
