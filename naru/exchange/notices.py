"""A person's inbox and how they want to be told; for the operator, what became of deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.records import AuditedObject
from naru.domain.korea import korean_day
from naru.domain.paper import Block, Heading, Paper, Paragraph
from naru.exchange.access import Access, changing, reading
from naru.notifications import kinds, letters, queries, services
from naru.notifications.errors import NotOptional, UnknownKind, ValueRefused
from naru.notifications.kinds import Duty, Kind
from naru.notifications.queries import LIMIT, Delivered, Message, Wish
from naru.notifications.recipients import Recipient
from naru.notifications.routing import SEND
from naru.notifications.states import State
from naru.outbox import queries as outbox

__all__ = [
    "KINDS",
    "LIMIT",
    "Delivered",
    "Duty",
    "Inbox",
    "Message",
    "NotOptional",
    "Recipient",
    "State",
    "UnknownKind",
    "ValueRefused",
    "Wish",
]

KINDS: Final[Mapping[str, Kind]] = kinds.kinds().kinds
"""Of what people are told."""

NOTICE: Final = "notice"
"""The kind of an audited object that is a notice, with its id."""

DELIVERY: Final = "delivery"
LETTERS: Final = "letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What a person was told, newest first, and how they want to be told."""

    messages: tuple[Message, ...]
    wishes: Mapping[str, Wish]
    language: str
    first: str


def of_patient(
    access: Access, patient: UUID, *, language: str, before: UUID | None = None
) -> Inbox:
    """A patient's inbox, in the language of the page."""
    with reading(access):
        access.concerns(patient)
        spoken, first = queries.manner(patient)
        return Inbox(
            messages=queries.inbox([Recipient.patient(patient)], language=language, before=before),
            wishes=queries.wishes(patient),
            language=spoken,
            first=first,
        )


def unread(access: Access, patient: UUID, *, language: str, most: int) -> tuple[Message, ...]:
    """Of a patient's newest `most` notices those that they have not read, newest first."""
    with reading(access):
        access.concerns(patient)
        newest = queries.inbox([Recipient.patient(patient)], language=language, limit=most)
        return tuple(one for one in newest if one.read_at is None)


def at_institution(
    access: Access, recipients: Sequence[Recipient], *, language: str, before: UUID | None = None
) -> tuple[Message, ...]:
    """The inbox that those of one role at an institution share, and that of the account itself."""
    with reading(access):
        return queries.inbox(recipients, language=language, before=before)


def read(
    access: Access, recipients: Sequence[Recipient], notice: UUID, patient: UUID | None = None
) -> bool:
    """Note that a notice was read; False where it is no recipient's."""
    with changing(access):
        if patient is not None:
            access.concerns(patient)
        access.objects.append(AuditedObject(NOTICE, str(notice)))
        read = any(services.mark_read(one, notice, access.time) for one in recipients)
        if not read:
            access.refused("NotFound")
        return read


def prefer(
    access: Access, patient: UUID, wishes: Mapping[str, Wish], *, language: str, first: str
) -> None:
    """Keep how a patient wants to be told. Raises NotOptional, UnknownKind; then keeps nothing."""
    with changing(access):
        access.concerns(patient)
        for kind, wish in wishes.items():
            services.prefer(patient, kind, wish)
        services.speak(patient, language=language, first=first)


def prefer_all(access: Access, patient: UUID, wish: Wish) -> None:
    """Keep it for all that the patient may choose and has not turned off."""
    with changing(access):
        access.concerns(patient)
        services.prefer_all(patient, wish)


def deliveries(access: Access, *, state: str = "", limit: int = 50) -> tuple[Delivered, ...]:
    """The newest deliveries, without a word of whom they are for."""
    with reading(access):
        return queries.deliveries(state=state, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The newest deliveries, and how many stand where.

    `away`: some message waits that was not taken when it was tried.
    """

    deliveries: tuple[Delivered, ...]
    counts: Mapping[State, int]
    away: bool


def overview(access: Access, *, state: State | None) -> Overview:
    """All of it, or the deliveries in one state."""
    with reading(access):
        return Overview(
            deliveries=queries.deliveries(state=state.value if state else ""),
            counts=queries.counts(),
            away=outbox.is_failing(SEND),
        )


def retry(access: Access, chosen: UUID | None) -> int:
    """Send one failed delivery again, or all; how many."""
    with changing(access):
        again = services.retry(chosen, access.time)
        access.objects += [AuditedObject(DELIVERY, str(one)) for one in again]
        return len(again)


def give_up(access: Access, delivery: UUID, reason: str) -> bool:
    """Never send a failed delivery again, for a reason's code; False where it did not fail."""
    with changing(access):
        access.objects.append(AuditedObject(DELIVERY, str(delivery)))
        given = services.give_up(delivery, reason, access.time)
        if not given:
            access.refused("NotFound")
        return given


def print_letters(access: Access, batch: UUID | None) -> tuple[UUID, bytes, int] | None:
    """The letters that wait, as one PDF: its batch, its octets, how many; None if none waits.

    With `batch` that batch again, as it was, for whoever lost the print before it was posted.
    """
    with changing(access):
        found = letters.gather(batch, access.time)
        if found is None:
            return None
        for one in found.letters:
            access.concerns(one.patient)
        access.objects.append(AuditedObject(LETTERS, str(found.batch)))
        pdf = settings.PRESS.print(_paper(found, access.time))
        return found.batch, pdf, len(found.letters)


def posted(access: Access, batch: UUID) -> int:
    """Note that a batch went into the post; how many letters it had."""
    with changing(access):
        access.objects.append(AuditedObject(LETTERS, str(batch)))
        return letters.posted(batch, access.time)


def returned(access: Access, delivery: UUID) -> bool:
    """Note that the post brought a letter back; False where none such was posted."""
    with changing(access):
        access.objects.append(AuditedObject(DELIVERY, str(delivery)))
        return letters.returned(delivery, access.time)


def _paper(found: letters.Batch, time: datetime) -> Paper:
    blocks = tuple(block for letter in found.letters for block in _blocks(letter))
    title = f"알림 우편 {korean_day(time):%Y-%m-%d}"
    return Paper(title=title, time=time, blocks=blocks, number=str(found.batch))


def _blocks(letter: letters.Letter) -> tuple[Block, ...]:
    return (
        Heading(letter.title),
        Paragraph("\n".join((*letter.address, letter.name))),
        *map(Paragraph, letter.text.strip().split("\n\n")),
        Paragraph(f"{letter.delivery}", small=True),
    )
