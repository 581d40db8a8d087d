"""Lock-out: a wait that grows with every failure in a row, for known and unknown names alike."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from naru.accounts.errors import TooSoon
from naru.accounts.models import Attempts
from naru.accounts.sealed import token

FREE: Final = 5
"""Failures in a row that cost no wait."""

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
FORGOTTEN_AFTER: Final = timedelta(days=1)


def require_time(names: Iterable[str], now: datetime) -> None:
    """Raise TooSoon where one of these has to wait."""
    tokens = [token("attempts", name) for name in names]
    if Attempts.objects.filter(name__in=tokens, failures__gt=FREE, until__gt=now).exists():
        raise TooSoon


def failed(names: Iterable[str], now: datetime) -> None:
    """Note one failure more of each."""
    for name in names:
        with transaction.atomic():
            found, _ = Attempts.objects.select_for_update().get_or_create(
                name=token("attempts", name), defaults={"until": now}
            )
            begun_anew = found.until + FORGOTTEN_AFTER < now
            found.failures = 1 if begun_anew else found.failures + 1
            found.until = now + _wait(found.failures)
            found.save(update_fields=["failures", "until"])


def passed(names: Iterable[str]) -> None:
    """Forget the failures of each."""
    Attempts.objects.filter(name__in=[token("attempts", name) for name in names]).delete()


def _wait(failures: int) -> timedelta:
    if failures <= FREE:
        return timedelta()
    doublings = min(failures - FREE - 1, 12)
    wait: timedelta = FIRST_WAIT * 2**doublings
    return min(wait, LONGEST_WAIT)
