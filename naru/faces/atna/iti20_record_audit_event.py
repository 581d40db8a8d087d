"""ITI-20 Record Audit Event, the side that sends: store and forward.

ITI TF-2 3.20. Each destination has its own place in the order of records, so that one that is away
keeps nobody else waiting, and gets what it missed, in order, when it is back.
"""

import logging
import socket
from datetime import timedelta
from threading import Event
from typing import Final
from uuid import UUID

from django.db import Error, connection
from django.utils import timezone

from naru.audit.forwarding import kind_of
from naru.audit.records import RecordId
from naru.domain.audit_message import AuditMessage
from naru.exchange.audit import messages as audit_messages
from naru.exchange.audit.messages import Broken
from naru.faces.atna.destination import Destination
from naru.faces.atna.sender import Sender
from naru.formats.atna import SyslogMessage, to_syslog, to_xml
from naru.outbox import services as outbox
from naru.outbox.errors import LeaseLost
from naru.outbox.services import Work

BATCH: Final = 200
"""Records that are sent before it is asked whether they arrived, and sent again if not."""

LEASE: Final = timedelta(minutes=5)
"""Longer than a batch takes to a peer that is slow but not away."""

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=1)
"""How long a destination that failed is left alone: doubled each time up to this."""

IDLE_SECONDS: Final = 0.2

APPLICATION: Final = "naru"

log: Final = logging.getLogger(__name__)


class Forwarder:
    """Sends to one destination what stands in its queue."""

    def __init__(self, destination: Destination, sender: Sender) -> None:
        self._destination = destination
        self._kind = kind_of(destination.url)
        self._sender = sender
        self._wait = FIRST_WAIT

    def run(self, stop: Event) -> None:
        """Forward until `stop` is set; then close the connections."""
        try:
            while not stop.is_set():
                if not self._turn():
                    stop.wait(IDLE_SECONDS)
        finally:
            self._sender.close()
            connection.close()

    def forward(self) -> int:
        """Send one batch; say how many records it had. Raises what the database raises."""
        works = outbox.take_in_order(self._kind, BATCH, LEASE, timezone.now())
        if works:
            self._forward(works)
        return len(works)

    def _turn(self) -> bool:
        try:
            return bool(self.forward())
        except (Error, LeaseLost) as error:
            # The database is away or overloaded; what was leased comes back by itself.
            log.warning("Audit messages cannot be read: %s.", type(error).__name__)
            connection.close()
            return False

    def _forward(self, works: tuple[Work, ...]) -> None:
        kept = list(works)
        try:
            records = [RecordId(UUID(work.key)) for work in works]
            for work, messages in zip(works, audit_messages.of_records(records), strict=True):
                if isinstance(messages, Broken):
                    _give_up(work, messages)
                    kept.remove(work)
                    continue
                for message in messages:
                    self._sender.send(to_syslog(_wrapped(message)))
            self._sender.confirm()
        except OSError as error:
            self._fail(kept, error)
        else:
            self._wait = FIRST_WAIT
            outbox.forget(kept)

    def _fail(self, kept: list[Work], error: OSError) -> None:
        # All of the batch again: nobody knows how much of it arrived. Twice is better than never.
        self._sender.close()
        outbox.put_off(kept, timezone.now() + self._wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        log.warning("%s takes no audit messages: %s.", self._destination.url, type(error).__name__)


def _give_up(work: Work, broken: Broken) -> None:
    log.error("Work %d writes no audit message: %s.", work.id, broken.reason)
    outbox.give_up(work, broken.reason)


def _wrapped(message: AuditMessage) -> SyslogMessage:
    own = [one.alternative_user_id for one in message.participants if one.alternative_user_id]
    return SyslogMessage(
        time=message.event.time,
        host=socket.gethostname(),
        app=APPLICATION,
        process=own[0] if own else "",
        content=to_xml(message),
    )
