"""Where access records go on to: an outbox entry for each record and destination (ITI-20).

The entry is written in the record's own transaction, so that no crash leaves the one without the
other; what is sent is derived from the record later (exchange/audit/messages.py).
"""

from collections.abc import Sequence
from hashlib import sha256

from django.conf import settings

from naru.audit.records import RecordId
from naru.outbox import services as outbox


def kind_of(destination: str) -> str:
    """The kind of outbox work that one destination has."""
    return f"iti-20 {sha256(destination.encode()).hexdigest()[:32]}"


def leave(records: Sequence[RecordId]) -> None:
    """Leave records for every destination, in the transaction that keeps them."""
    for destination in settings.NARU.audit_to:
        outbox.put_each(kind_of(destination), [str(record) for record in records])


def forget(destination: str) -> int:
    """Take away what waits for a destination that gets no more; say how many records it was."""
    return outbox.abandon(kind_of(destination))
