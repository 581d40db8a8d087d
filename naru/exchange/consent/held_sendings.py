"""Rule 8: what was sent to somebody by name and is unopened when the consent ends, is held.

Sender and recipient are both told, once for each sending; neither of what it says. So is whoever
printed a letter to somebody outside the exchange.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from naru.consent import queries as consent
from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange.consent.cases import documents
from naru.exchange.patients import whole_person
from naru.notifications.services import Recipient, notify
from naru.registry.values import Indexed

_SENDINGS: Final = UUID("b0d0bd1b-2f7c-4f35-9d53-6a3a1a9a5f0e")
"""Our name space of sendings: what one institution sent another of a patient at one moment."""

LOOKS_BACK: Final = timedelta(days=7)
"""How long after a consent's last day its end is still told of, where the node stood still."""


Letters = Callable[[Sequence[UUID], datetime], None]
"""Hold the letters of a person, known by these keys, as far as they do not open any more."""


def tell_within(patient: UUID, ended: datetime, now: datetime | None = None) -> None:
    """Tell of all that is held now that the consent ended, in the caller's transaction.

    `now` where it ended before.
    """
    members = whole_person.members(patient)
    sendings = {
        (item.institution, recipient, item.registered)
        for item in documents(members[0])
        for recipient in _waiting(item, members, ended)
    }
    for sender, recipient, sent in sorted(sendings, key=str):
        _tell(members[0], sender, recipient, sent or ended, ended)
    hold: Letters = settings.HOLD_LETTERS
    hold(members, now or ended)


def tell_of_last_days(now: datetime) -> int:
    """Tell of what is held since the last day of a consent is over; how many patients' ended."""
    day = korean_day(now)
    over = consent.over_between(day - LOOKS_BACK, day)
    for patient, ended in over.items():
        with transaction.atomic():
            tell_within(patient, ended, now)
    return len(over)


def _waiting(item: Indexed, members: Sequence[UUID], ended: datetime) -> list[UUID]:
    """To whom it was sent before the end, and who has not opened it."""
    if item.registered is None or item.registered > ended:
        return []
    return [
        one
        for one in set(item.recipients) - {item.institution}
        if not consent.has_received(members, item.unique_id, one)
    ]


def _tell(
    patient: UUID, sender: UUID | None, recipient: UUID, sent: datetime, ended: datetime
) -> None:
    sending = uuid5(_SENDINGS, f"{patient} {sender} {recipient} {sent.isoformat()}")
    for kind, to, other in (
        ("sending-held", sender, recipient),
        ("received-held", recipient, sender),
    ):
        if to is None:
            continue  # A sandbox's nameless sender.
        known = None if other is None else directory.by_id(other, on=korean_day(ended))
        values = {"day": f"{korean_day(sent):%Y-%m-%d}", "case": str(sending)[:8]}
        if known is not None:
            values["institution"] = known.name
        inbox = Recipient.at_institution(to, Role.REFERRAL_COORDINATOR)
        notify(kind, inbox, values, key=str(sending))
