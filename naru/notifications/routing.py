"""By which channel a patient is told next, and when."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from naru.notifications import contacts, kinds
from naru.notifications.channels import Channels
from naru.notifications.models import Delivery, Manner, Notice
from naru.notifications.policy import policy
from naru.notifications.states import State
from naru.outbox import services as outbox

SEND = "notices.send"
LETTER = "letter"
_ANYWHERE = frozenset({"chat", "sms", "email"})


def put(notice: Notice, channels: Channels, now: datetime, *, digest: bool = False) -> bool:
    """Queue a notice for the next channel that reaches its patient; False where none is left.

    A letter goes to those alone whom nothing else reaches, and of what they must hear of.
    """
    with transaction.atomic():
        earlier = Delivery.objects.filter(notice=notice, digest=digest)
        tried = set(earlier.values_list("channel", flat=True))
        channel = _next(notice, channels, tried, digest=digest)
        if channel is None:
            return False
        delivery = Delivery.objects.create(
            delivery=uuid4(), notice=notice, digest=digest, channel=channel, at=now, changed=now
        )
        if channel != LETTER:
            urgent = kinds.known(notice.kind).urgent
            after = now if urgent else policy().awake(now)
            send(delivery, after=after)
    return True


def send(delivery: Delivery, *, after: datetime) -> None:
    """Leave a delivery to be sent, once for each round."""
    key = f"{delivery.delivery}:{delivery.rounds}"
    outbox.put(SEND, delivery.delivery.bytes, key=key, after=after)


def fall_back(delivery: Delivery, channels: Channels, now: datetime, reason: str) -> None:
    """Note that a channel did not bring it, and go on with the next."""
    with transaction.atomic():
        become(delivery, State.FAILED, now, reason=reason)
        put(delivery.notice, channels, now, digest=delivery.digest)


def become(
    delivery: Delivery, state: State, now: datetime, *, reason: str = "", reference: str = ""
) -> None:
    """Keep where a delivery stands."""
    delivery.state, delivery.reason, delivery.changed = state, reason[:80], now
    delivery.reference = reference or delivery.reference
    delivery.save(update_fields=["state", "reason", "changed", "reference"])


def language_of(patient: UUID) -> str:
    """In which language a patient is told."""
    chosen = Manner.objects.filter(patient=patient).values_list("language", flat=True).first()
    return chosen or "ko"


def _next(
    notice: Notice, channels: Channels, tried: Collection[str], *, digest: bool
) -> str | None:
    contact = contacts.of(notice.recipient, kinds.known(notice.kind))
    manner = Manner.objects.filter(patient=notice.recipient).first()
    order = dict.fromkeys(((manner.first,) if manner and manner.first else ()) + policy().order)
    by_letter = kinds.known(notice.kind).letter and not digest
    return next(
        (
            name
            for name in order
            if name not in tried
            and contact.at(name)
            and (name in channels or (name == LETTER and by_letter))
        ),
        None,
    )
