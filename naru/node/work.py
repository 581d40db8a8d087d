"""The worker: does what the outbox holds and what comes round by the clock, until told to stop."""

import logging
import signal
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from naru.audit import anchors
from naru.audit import services as audit
from naru.exchange.audit import first_access
from naru.exchange.audit import review as access_review
from naru.exchange.consent import cases as consent_cases
from naru.exchange.consent import held_sendings
from naru.exchange.without_consent import emergency
from naru.faces.atna.destination import Transport, read_destination
from naru.faces.atna.iti20_record_audit_event import Forwarder
from naru.faces.atna.sender import sender
from naru.hira import tasks as hira
from naru.ledger import tasks as ledger
from naru.node import notices, releases, tls
from naru.node.options import NodeOptions
from naru.notifications import tasks as notifications
from naru.outbox import worker
from naru.referrals import tasks as referrals
from naru.registry.queries import is_registered
from naru.repository import tasks as repository
from naru.security.errors import KeyRefused, SealBroken
from naru.security.rotation import Rotation
from naru.statistics import tasks as statistics
from naru.storage.objects.errors import ObjectStoreError

SWEEP_EVERY: Final = timedelta(hours=1)
"""How often bytes that no registration ever kept are looked for; they go after a day."""

ANCHOR_EVERY: Final = timedelta(minutes=5)
"""How long a tail of the audit may be that could be cut off together with its head."""

READ_EVERY: Final = timedelta(seconds=1)
READ_AT_ONCE: Final = 20
"""How often documents are looked for that came, and how many are read in one go."""

ROTATE_EVERY: Final = timedelta(seconds=1)
"""How often a rotation is looked for, and how long one waits for its next step."""

log = logging.getLogger(__name__)


def run(options: NodeOptions) -> None:
    """Work until SIGTERM, finishing the batch in hand."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The supervisor decides when to stop.
    sweeper = Thread(target=_sweep_until, args=(stop,), name="sweep")
    rotator = Thread(target=_rotate_until, args=(options.keys, stop), name="keys")
    anchoring = Thread(target=_anchor_until, args=(options, stop), name="audit-heads")
    reader = Thread(target=_read_until, args=(stop,), name="read")
    beside = [sweeper, rotator, anchoring, reader, _teller(options, stop), _counter(stop)]
    beside.append(Thread(target=releases.run, args=(stop,), name="releases"))
    threads = [*beside, *_relays(stop), *_forwarders(options, stop)]
    for thread in threads:
        thread.start()
    worker.run(ledger.handlers(), stop)
    for thread in threads:
        thread.join()


def _anchor_until(options: NodeOptions, stop: Event) -> None:
    """Keep the audit's heads beside the database now and then, and when the node stops."""
    stopping = False
    while True:
        try:
            audit.anchor(options.data / anchors.FILE, timezone.now())
        except (Error, OSError) as error:
            log.warning("The audit's heads were not kept: %s.", type(error).__name__)
        finally:
            connection.close()
        if stopping:
            return
        stopping = stop.wait(ANCHOR_EVERY.total_seconds())


def _teller(options: NodeOptions, stop: Event) -> Thread:
    """A thread for notices, so that a provider who is slow to answer keeps nothing else waiting."""
    handlers = notifications.handlers(notices.channels(options)) | first_access.handlers()
    return Thread(target=worker.run, args=(handlers, stop), name="notices")


def _counter(stop: Event) -> Thread:
    """A thread for the statistics, which may lie behind and keep nothing else waiting."""
    return Thread(target=statistics.run, args=(stop,), name="statistics")


def _relays(stop: Event) -> list[Thread]:
    """A thread for HIRA's relay, where there is one: nothing else waits for it."""
    if settings.RELAY is None:
        return []
    handlers = hira.handlers(settings.RELAY)
    return [Thread(target=worker.run, args=(handlers, stop), name="hira")]


def _forwarders(options: NodeOptions, stop: Event) -> list[Thread]:
    """A thread for each audit record repository, so that none waits for another."""
    destinations = [read_destination(url) for url in options.audit_to]
    secure = any(one.transport is Transport.TLS for one in destinations)
    context = tls.outgoing(options) if secure else None
    forwarders = [Forwarder(one, sender(one, context)) for one in destinations]
    return [Thread(target=one.run, args=(stop,), name="iti-20") for one in forwarders]


def _rotate_until(keys: Path, stop: Event) -> None:
    rotation = Rotation(keys, timezone.now)
    while not stop.is_set():
        try:
            more = rotation.go_on()
        except (Error, KeyRefused, SealBroken, OSError) as error:
            log.warning("The keys' rotation waits: %s.", type(error).__name__)
            more = False
        if not more:
            connection.close()
            stop.wait(ROTATE_EVERY.total_seconds())


def _read_until(stop: Event) -> None:
    """Keep beside each document what it says; pages that ask for all then open none."""
    while not stop.is_set():
        try:
            found = repository.read(settings.READERS, most=READ_AT_ONCE)
        except Error as error:
            log.warning("What documents say was not kept: %s.", type(error).__name__)
            found = 0
        if found < READ_AT_ONCE:
            connection.close()
            stop.wait(READ_EVERY.total_seconds())


def _sweep_until(stop: Event) -> None:
    while True:
        _sweep()
        if stop.wait(SWEEP_EVERY.total_seconds()):
            return


def _sweep() -> None:
    try:
        swept = repository.sweep(now=timezone.now(), is_registered=is_registered)
        consent_cases.remind(timezone.now())
        access_review.remind(timezone.now())
        emergency.escalate(timezone.now())
        held_sendings.tell_of_last_days(timezone.now())
        referrals.expire(timezone.now())
    except (Error, ObjectStoreError, OSError) as error:
        log.warning("The sweep was not finished: %s.", type(error).__name__)
        return
    finally:
        connection.close()
    if swept.orphans or swept.drafts:
        log.info("Swept %d orphans and %d drafts.", swept.orphans, swept.drafts)
