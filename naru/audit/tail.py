"""The newest records, looked at whenever somebody wants to know whether the audit stands."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from naru.audit.chain import Prepared, link, read_body
from naru.audit.models import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """How many of the newest were looked at, whether all are as they were written, and the last."""

    looked_at: int
    intact: bool
    newest: datetime | None


def tail(most: int) -> Tail:
    """The newest `most` records, each hash computed again; `verify_chain` looks at all of them."""
    columns = ("id", "writer", "seq", "previous", "hash", "record", "body", "sealed")
    rows = list(Record.objects.order_by("-pk").values_list(*columns)[:most])
    sound = [row for row in rows if _is_intact(row)]
    times = [read_body(bytes(row[6])).time for row in sound]
    return Tail(
        looked_at=len(rows), intact=len(sound) == len(rows), newest=max(times, default=None)
    )


def _is_intact(row: tuple[Any, ...]) -> bool:
    place, writer, seq, previous, stored, record, body, sealed = row
    prepared = Prepared(record, bytes(body), bytes(sealed), ())
    return compare_digest(link(writer, seq, place, bytes(previous), prepared), bytes(stored))
