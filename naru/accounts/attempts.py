"""Lock-out: a wait that grows with every failure in a row, for known and unknown names alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from naru.accounts.errors import TooSoon
from naru.accounts.models import Attempts
from naru.accounts.sealed import token

FREE: Final = 5
"""Failures in a row that cost no wait."""

FREE_AT_A_PLACE: Final = 100
"""The same at one address, behind which a whole hospital may sit: nobody locks it out by typing."""

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
FORGOTTEN_AFTER: Final = timedelta(days=1)

FORGIVEN_AT_A_PLACE: Final = timedelta(seconds=30)
"""In which one failure of an address is forgiven, since its people go on mistyping all day."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried: a name, of one person, or an address, a place of many."""

    name: str
    place: bool = False

    @property
    def free(self) -> int:
        """Failures that cost no wait."""
        return FREE_AT_A_PLACE if self.place else FREE

    @property
    def token(self) -> bytes:
        """By what it is kept."""
        return token("attempts", self.name)


def begin(tried: Iterable[Tried], now: datetime) -> None:
    """Count one attempt of each as failed, before anything is compared; raises TooSoon.

    However many come at once, each finds those counted that came before it: the rows are locked,
    all in one order. Where one has to wait, none is counted.
    """
    with transaction.atomic():
        for one in sorted(tried, key=lambda each: each.token):
            found, _ = Attempts.objects.select_for_update().get_or_create(
                name=one.token, defaults={"until": now}
            )
            if found.failures > one.free and found.until > now:
                raise TooSoon
            found.failures = _left(found, one, now) + 1
            _wait_from(found, one, now)


def passed(tried: Iterable[Tried], now: datetime) -> None:
    """Forget the failures of a person's name; of a place only the attempt that was none."""
    for one in sorted(tried, key=lambda each: each.token):
        rows = Attempts.objects.select_for_update().filter(name=one.token)
        if not one.place:
            rows.delete()
            continue
        with transaction.atomic():
            for found in rows:
                found.failures = max(found.failures - 1, 0)
                _wait_from(found, one, now)


def _wait_from(found: Attempts, tried: Tried, now: datetime) -> None:
    found.until = now + _wait(found.failures, tried.free)
    found.save(update_fields=["failures", "until"])


def _left(found: Attempts, tried: Tried, now: datetime) -> int:
    """The failures that still count."""
    since = max(now - found.until, timedelta())
    if since > FORGOTTEN_AFTER:
        return 0
    forgiven = since // FORGIVEN_AT_A_PLACE if tried.place else 0
    return max(found.failures - forgiven, 0)


def _wait(failures: int, free: int = FREE) -> timedelta:
    if failures <= free:
        return timedelta()
    doublings = min(failures - free - 1, 12)
    wait: timedelta = FIRST_WAIT * 2**doublings
    return min(wait, LONGEST_WAIT)
