"""What comes round by the clock: loading the release files that were brought in at a page."""

import logging
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Final

from django.db import Error, connection
from django.utils import timezone

from naru.exchange import identify, terminology
from naru.exchange.access import Access
from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.releases import read_release
from naru.terminology import uploads
from naru.terminology.errors import TerminologyRefused, UploadTaken
from naru.terminology.uploads import Upload

EVERY: Final = timedelta(seconds=1)

LOAD: Final = "load terminology"
"""The transaction, as the audit names it."""

_log: Final = logging.getLogger(__name__)


def run(stop: Event) -> None:
    """Load what waits until `stop` is set; then close the connection."""
    try:
        while not stop.is_set():
            try:
                more = load_next()
            except Error as error:  # It goes on where it stopped when the hold has ended.
                _log.warning("A release was not loaded: %s.", type(error).__name__)
                more = False
                connection.close()
            if not more:
                stop.wait(EVERY.total_seconds())
    finally:
        connection.close()


def load_next() -> bool:
    """Load the file that has waited longest; whether there was one."""
    upload = uploads.take(timezone.now())
    if upload is None:
        return False
    try:
        _load(upload)
    except UploadTaken:
        _log.warning("Another worker went on with a release.")
    except (TerminologyRefused, ReleaseFileRefused) as refusal:
        uploads.end(upload, type(refusal).__name__)
    return True


def _load(upload: Upload) -> None:
    caller = replace(identify.operator(), person=upload.by)
    access = Access(transaction=LOAD, caller=caller, time=timezone.now())
    release, _refused = read_release(
        upload.content, upload.system, version=upload.version, since=upload.since
    )
    terminology.load_upload(access, upload, release)
