"""Notices that go by post, to those whom nothing else reaches: gathered, printed, posted."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from naru.notifications import contacts, kinds, routing, sealed
from naru.notifications.models import Delivery
from naru.notifications.states import State

if TYPE_CHECKING:
    from django.db.models import QuerySet

LARGEST: Final = 500
"""Letters of one batch: more make the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter, ready to be printed."""

    delivery: UUID
    patient: UUID
    name: str
    address: tuple[str, ...]
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters that are printed and posted together."""

    batch: UUID
    letters: tuple[Letter, ...]


def gather(batch: UUID | None, now: datetime) -> Batch | None:
    """The letters that wait, as a new batch, or those of a batch that is not posted yet."""
    waiting = _letters().filter(reference=str(batch) if batch else "")
    rows = list(waiting.select_related("notice").select_for_update(of=("self",))[:LARGEST])
    if not rows:
        return None
    printed = batch or uuid4()
    found = [letter for row in rows if (letter := _letter(row, now)) is not None]
    ids = [one.delivery for one in found]
    _letters().filter(delivery__in=ids).update(reference=str(printed), changed=now)
    return Batch(printed, tuple(found)) if found else None


def posted(batch: UUID, now: datetime) -> int:
    """Note that a batch went into the post."""
    return _letters().filter(reference=str(batch)).update(state=State.SENT, changed=now)


def returned(delivery: UUID, now: datetime) -> bool:
    """Note that the post brought a letter back."""
    sent = Delivery.objects.filter(
        channel=routing.LETTER, state__in=[State.SENT, State.DELIVERED], delivery=delivery
    )
    return bool(sent.update(state=State.RETURNED, changed=now, reason="returned-by-post"))


def _letters() -> "QuerySet[Delivery]":
    return Delivery.objects.filter(channel=routing.LETTER, state=State.QUEUED).order_by("id")


def _letter(row: Delivery, now: datetime) -> Letter | None:
    """What is to be printed; a patient who moved away unknown gets none."""
    patient = row.notice.recipient
    kind = kinds.known(row.notice.kind)
    contact = contacts.of(patient, kind)
    if not contact.address:
        routing.become(row, State.FAILED, now, reason="no-longer-reached")
        return None
    language = routing.language_of(patient)
    values = sealed.unseal(row.notice.sealed, row.notice.notice)
    return Letter(
        delivery=row.delivery,
        patient=patient,
        name=contact.name,
        address=contact.address,
        title=kinds.filled(kind.words[language].title, values, language),
        text=kinds.written_out(kind, values, language),
    )
