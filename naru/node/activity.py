"""That the node started and stopped, in its audit (DICOM PS3.15 A.5.3.1, Application Activity)."""

import logging
from typing import Final

from django.db import connections
from django.utils import timezone

from naru.audit import services as audit
from naru.audit.errors import AuditUnavailable
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.audit.events import START, STOP

log: Final = logging.getLogger(__name__)


def started() -> None:
    """Record the start; without an audit nothing starts. Raises AuditUnavailable."""
    _record(START)


def stopped() -> None:
    """Record the stop, if the database lets us; the node stops in any case."""
    try:
        _record(STOP)
    except AuditUnavailable:
        log.warning("The stop of the node could not be recorded.")


def _record(what: str) -> None:
    close(Access(transaction=what, caller=identify.operator(), time=timezone.now()))
    audit.stop()  # Children are forked from here: they inherit neither thread nor connection.
    connections.close_all()
