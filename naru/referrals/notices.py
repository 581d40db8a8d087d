"""Who is told of what happened to a referral: both institutions and the patient, nothing of why.

The kinds are those of `notifications/data/templates.json`; a number stands for the referral.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.referrals import ActKind, Referral
from naru.notifications.services import Recipient, notify

_PATIENT: Final = {
    ActKind.SENT: "referral-sent",
    ActKind.ACCEPTED: "referral-accepted",
    ActKind.FORWARDED: "referral-forwarded",
    ActKind.DECLINED: "referral-ended",
    ActKind.CANCELLED: "referral-ended",
    ActKind.EXPIRED: "referral-ended",
    ActKind.REPLIED: "referral-replied",
    ActKind.OPENED: "referral-opened",
}
_RECEIVER: Final = {
    ActKind.SENT: "referral-arrived",
    ActKind.FORWARDED: "referral-arrived",
    ActKind.ANSWERED: "referral-changed",
    ActKind.CANCELLED: "referral-changed",
    ActKind.EXPIRED: "referral-changed",
    ActKind.CALLED_BACK: "referral-called-back",
}
_SENDER: Final = {
    ActKind.ASKED: "referral-asked",
    ActKind.ACCEPTED: "referral-changed",
    ActKind.DECLINED: "referral-changed",
    ActKind.FORWARDED: "referral-changed",
    ActKind.NO_SHOW: "referral-changed",
    ActKind.REPLIED: "referral-changed",
    ActKind.RETURNED: "referral-changed",
    ActKind.EXPIRED: "referral-changed",
    ActKind.OPENED: "referral-changed",
    ActKind.HELD: "letter-held",
    ActKind.CALLED_BACK: "referral-called-back",
}


def tell(referral: Referral, now: datetime) -> None:
    """Tell of the last act, in the caller's transaction."""
    act = referral.acts[-1]
    receiver = referral.receiver
    _notify(_PATIENT, act.kind, Recipient.patient(referral.patient), receiver, referral, now)
    if receiver is not None:
        inbox = Recipient.at_institution(receiver, Role.REFERRAL_COORDINATOR)
        _notify(_RECEIVER, act.kind, inbox, referral.sender, referral, now)
    outbox = Recipient.at_institution(referral.sender, Role.REFERRAL_COORDINATOR)
    _notify(_SENDER, act.kind, outbox, receiver, referral, now)


def _notify(
    kinds: dict[ActKind, str],
    kind: ActKind,
    to: Recipient,
    other: UUID | None,
    referral: Referral,
    now: datetime,
) -> None:
    name = kinds.get(kind)
    if name is None:
        return
    values = {"day": f"{korean_day(now):%Y-%m-%d}", "case": referral.number}
    known = None if other is None else directory.by_id(other, on=korean_day(now))
    if known is not None:
        values["institution"] = known.name
    notify(name, to, values, key=f"{referral.acts[-1].id}/{to.id}")
