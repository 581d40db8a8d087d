"""What comes round by the clock: counting, forgetting old hours, measuring the room."""

import logging
from datetime import timedelta
from threading import Event
from typing import Final

from django.db import Error, connection
from django.utils import timezone

from naru.domain.korea import korean_day
from naru.statistics import capacity, counting
from naru.statistics.errors import Overtaken

EVERY: Final = timedelta(seconds=15)
"""How far the numbers may lie behind the records."""

_log: Final = logging.getLogger(__name__)


def run(stop: Event) -> None:
    """Count until `stop` is set; then close the connection."""
    measured = None
    try:
        while not stop.is_set():
            now = timezone.now()
            try:
                counting.count_all(now)
                if measured != korean_day(now):
                    counting.forget_old_hours(now)
                    capacity.keep(now)
                    measured = korean_day(now)
            except (Error, OSError) as error:
                _log.warning("The records are not counted now: %s.", type(error).__name__)
                connection.close()
            except Overtaken:
                pass  # Another worker counts: the numbers are whole by its doing.
            stop.wait(EVERY.total_seconds())
    finally:
        connection.close()
