"""The worker: does what the outbox holds and what comes round by the clock, until told to stop."""

import logging
import signal
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from django.db import Error, connection
from django.utils import timezone

from naru.ledger import tasks as ledger
from naru.outbox import worker
from naru.registry.queries import is_registered
from naru.repository import tasks as repository
from naru.storage.objects.errors import ObjectStoreError

SWEEP_EVERY: Final = timedelta(hours=1)
"""How often bytes that no registration ever kept are looked for; they go after a day."""

log = logging.getLogger(__name__)


def run() -> None:
    """Work until SIGTERM, finishing the batch in hand."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The supervisor decides when to stop.
    sweeper = Thread(target=_sweep_until, args=(stop,), name="sweep")
    sweeper.start()
    worker.run(ledger.handlers(), stop)
    sweeper.join()


def _sweep_until(stop: Event) -> None:
    while True:
        _sweep()
        if stop.wait(SWEEP_EVERY.total_seconds()):
            return


def _sweep() -> None:
    try:
        swept = repository.sweep(now=timezone.now(), is_registered=is_registered)
    except (Error, ObjectStoreError, OSError) as error:
        log.warning("The sweep was not finished: %s.", type(error).__name__)
        return
    finally:
        connection.close()
    if swept.orphans or swept.drafts:
        log.info("Swept %d orphans and %d drafts.", swept.orphans, swept.drafts)
