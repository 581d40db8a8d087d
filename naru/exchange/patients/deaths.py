"""Whether a death of somebody is noted (rule 2): asked by who identifies, decides and takes acts.

Only what an institution noted by a paper or as who treats the patient counts: what a feed tells of
a source may be of another person or a slip, and closes nothing.
"""

from uuid import UUID

from naru.consent import queries as consent
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.person import Demographics
from naru.exchange import operating
from naru.exchange.access import Access
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients


def noted(patient: UUID) -> bool:
    """Whether one is noted under any key of the person."""
    found = consent.standings(patients.identity_set(patient), None)
    return any(one.arrangements.death for one in found.values())


def tell(access: Access, patient: UUID, told: Demographics) -> None:
    """Tell who may note a death that a feed says one, once, in the caller's transaction.

    The privacy officer of the institution that said it; the operator's, where it is nobody's.
    """
    if not (told.deceased or told.deceased_time) or noted(patient):
        return
    day, own = korean_day(access.time), access.caller.institution
    officers = (
        operating.inboxes(Role.PRIVACY_OFFICER, day)
        if own is None
        else (Recipient.at_institution(own, Role.PRIVACY_OFFICER),)
    )
    for to in officers:
        notify("death-told", to, {"day": f"{day:%Y-%m-%d}"}, key=f"{patient}/{to.id}")
