"""The patient is told of every act of consent; of one at a desk so that they can object."""

from uuid import UUID

from naru.consent.snapshots import ActId, Exclusion
from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.exchange.access import Access
from naru.notifications.services import Recipient, notify


def tell(
    access: Access, patient: UUID, act: ActId, withdraws: tuple[Exclusion, ...] | None
) -> None:
    """Tell the patient of an act, in the caller's transaction.

    `withdraws` are the parts that it takes back; none where it takes back all, None for a consent.
    """
    day = korean_day(access.time)
    desk = access.caller.institution
    known = None if desk is None else directory.by_id(desk, on=day)
    values = {"day": f"{day:%Y-%m-%d}"}
    if known is not None:
        values["institution"] = known.name
    kind = _kind(withdraws, at_desk=desk is not None)
    notify(kind, Recipient.patient(patient), values, key=str(act))


def _kind(withdraws: tuple[Exclusion, ...] | None, *, at_desk: bool) -> str:
    if at_desk:
        return "consent-at-desk"
    if withdraws is None:
        return "consent-given"
    return "consent-narrowed" if withdraws else "consent-withdrawn"
