"""A patient is told once of each institution that saw anything of theirs for the first time.

The audit notes the meeting in the record's own transaction; what is told follows from that.
"""

from uuid import UUID

from django.utils import timezone

from naru.audit import acquaintances
from naru.audit import queries as audit
from naru.consent import queries as consent
from naru.consent.acts import ActKind
from naru.consent.snapshots import ActId
from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.exchange.without_consent import statutory
from naru.exchange.without_consent.untold import Untold
from naru.notifications.services import Recipient, notify
from naru.outbox.services import Work
from naru.outbox.worker import Handler
from naru.patients import queries as patients

NOTIFY_CONSENT = "notify.consent"
"""What acts of consent left in the outbox while nobody could tell of them."""

_KINDS = {ActKind.GRANT: "consent-given", ActKind.WITHDRAW: "consent-withdrawn"}


def handlers() -> dict[str, Handler]:
    """What the exchange tells of afterwards, each once, within the outbox's transaction."""
    return {
        acquaintances.FIRST_ACCESS: Handler(_tell),
        NOTIFY_CONSENT: Handler(_tell_of_earlier_act),
        statutory.TELL_LATER: Handler(statutory.tell_later),
    }


def _tell(work: Work) -> None:
    patient, institution, record = acquaintances.read(work.payload)
    found = audit.one(record)
    if found is None:
        return  # The record was forgotten with its time; who met whom then is no news.
    if Untold([patient], timezone.now()).hides(institution, found.time):
        return  # The law keeps it from them; they are told of the release when it may be.
    day = korean_day(found.time)
    known = directory.by_id(institution, on=day)
    values = {"day": f"{day:%Y-%m-%d}"} | ({"institution": known.name} if known else {})
    person = patients.survivor(patient) or patient
    # By the person, so that two who were merged are told once.
    notify("first-access", Recipient.patient(person), values, key=f"{person}:{institution}")


def _tell_of_earlier_act(work: Work) -> None:
    act = consent.act(ActId(UUID(bytes=work.payload)))
    if act is None:
        return
    desk = act.actor.institution
    kind = _KINDS.get(act.kind, "consent-narrowed") if desk is None else "consent-at-desk"
    values = {"day": f"{korean_day(act.time):%Y-%m-%d}"}
    notify(kind, Recipient.patient(act.patient), values, key=str(act.id))
