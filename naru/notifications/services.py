from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from naru.notifications import kinds, queries, routing, sealed
from naru.notifications.errors import NotOptional, ValueRefused
from naru.notifications.models import LONGEST_KEY, Delivery, Manner, Notice, Preference
from naru.notifications.policy import policy
from naru.notifications.recipients import Recipient
from naru.notifications.states import State, Wish
from naru.outbox import services as outbox
from naru.storage.columns import keys

__all__ = ["Recipient", "give_up", "mark_read", "notify", "prefer", "prefer_all", "retry", "speak"]

PLAN: Final = "notices.plan"
"""The kind of outbox work that decides by which channel a notice goes."""

MOST_RETRIED: Final = 1_000
"""Deliveries that are sent again at once."""

_INSERT: Final = (
    'INSERT INTO notifications_notice (notice, kind, key, "to", recipient, role, sealed, at)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (kind, key) DO NOTHING"
)


def notify(kind: str, to: Recipient, values: Mapping[str, str], *, key: str) -> None:
    """Tell somebody of something, once for each kind and key, in the caller's transaction.

    The notice stands in the inbox when the transaction commits; the other channels follow. `key`
    is free of personal data. Of `values` a template takes `institution`, `day`, `until`, `case`;
    what is not given is said in general words. Raises `UnknownKind`, `ValueRefused`.
    """
    assert connection.in_atomic_block, "notify needs the caller's transaction"
    assert len(key) <= LONGEST_KEY, "a key is short"
    kinds.known(kind)
    values = kinds.nameable(values)
    kinds.check(values)
    notice = uuid4()
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    stored, recipient = keys([notice, to.id])
    row = (stored, kind, key, to.to.value, recipient, to.role, sealed.seal(values, notice), at)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        if not cursor.rowcount:
            return  # They were told already.
    outbox.put(PLAN, notice.bytes, key=str(notice))


def mark_read(to: Recipient, notice: UUID, now: datetime) -> bool:
    """Note that a notice was read by whom it is for; False where it is not theirs."""
    theirs = Notice.objects.filter(notice=notice, to=to.to, recipient=to.id, role=to.role)
    theirs.filter(read_at=None).update(read_at=now)
    return theirs.exists()


def prefer(patient: UUID, kind: str, wish: Wish) -> None:
    """Keep when a patient wants to be told of a kind. Raises `NotOptional`, `UnknownKind`."""
    if wish is not Wish.AT_ONCE and not kinds.known(kind).optional:
        raise NotOptional("this notice is sent at once")
    Preference.objects.update_or_create(patient=patient, kind=kind, defaults={"wish": wish})


def prefer_all(patient: UUID, wish: Wish) -> None:
    """Keep it for every kind that a patient may choose for and has not turned off."""
    for kind, now in queries.wishes(patient).items():
        if kinds.known(kind).optional and now is not Wish.OFF:
            prefer(patient, kind, wish)


def speak(patient: UUID, *, language: str, first: str) -> None:
    """Keep in which language and first by which channel a patient wants to be told.

    Raises ValueRefused.
    """
    if language not in {"ko", "en"} or first not in {"", *policy().order}:
        raise ValueRefused("there is no such language or channel")
    chosen = {"language": language, "first": first}
    Manner.objects.update_or_create(patient=patient, defaults=chosen)


def retry(chosen: UUID | None, now: datetime) -> tuple[UUID, ...]:
    """Send again what failed, one delivery or all, in the caller's transaction; which it was."""
    failed = Delivery.objects.filter(state=State.FAILED).exclude(channel=routing.LETTER)
    if chosen is not None:
        failed = failed.filter(delivery=chosen)
    again = list(failed.select_for_update(of=("self",)).order_by("id")[:MOST_RETRIED])
    for one in again:
        one.rounds += 1
        one.save(update_fields=["rounds"])
        routing.become(one, State.QUEUED, now)
        routing.send(one, after=now)
    return tuple(one.delivery for one in again)


def give_up(delivery: UUID, reason: str, now: datetime) -> bool:
    """Never send again what failed, in the caller's transaction; False where it did not fail.

    `reason` is a code. The notice stays in the inbox.
    """
    failed = Delivery.objects.filter(state=State.FAILED, delivery=delivery)
    found = failed.select_for_update(of=("self",)).first()
    if found is None:
        return False
    routing.become(found, State.GIVEN_UP, now, reason=f"given up: {reason}")
    return True
