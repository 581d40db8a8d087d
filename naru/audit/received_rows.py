"""The chain of received messages, kept as that of our own records is (see rows.py, chain.py)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from naru.audit.chain import Prepared, beginning, link, seal_head
from naru.audit.models import Received, ReceivedToken, ReceivedWriter
from naru.audit.places import next_places
from naru.audit.received import ReceivedMessage, prepare_received, read_received, token


def keep_received(writer: UUID, messages: Sequence[ReceivedMessage]) -> None:
    """Add messages to the end of a writer's chain, all or none, durable on return.

    Only one thread of one process writes under the same `writer`.
    """
    with transaction.atomic(durable=True):
        head = ReceivedWriter.objects.filter(id=writer).first() or _begin(writer)
        rows, found = [], []
        places = next_places("audit_received", len(messages))
        for place, message in zip(places, messages, strict=True):
            ready = prepare_received(message)
            row = _linked(head, place, ready.prepared)
            row.time, row.event, row.type = message.time, ready.body.event, ready.body.type
            rows.append(row)
            found.append(ready.tokens)
        kept = Received.objects.bulk_create(rows)
        ReceivedToken.objects.bulk_create(
            ReceivedToken(token=one, message=row)
            for row, tokens in zip(kept, found, strict=True)
            for one in tokens
        )
        head.mac = seal_head(head.id, head.seq, bytes(head.hash))
        head.save(update_fields=["seq", "hash", "mac"])


def received(
    *,
    limit: int,
    before: int | None = None,
    about: str = "",
    event: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[tuple[int, ReceivedMessage], ...]:
    """The newest messages with their numbers, newest first: the repository's query.

    `about` is an object's whole identifier, `event` the code of an EventID or EventTypeCode.
    """
    rows = Received.objects.order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    if about:
        rows = rows.filter(
            id__in=ReceivedToken.objects.filter(token=token(about)).values("message")
        )
    if event:
        rows = rows.filter(event=event) | rows.filter(type=event)
    if since is not None:
        rows = rows.filter(time__gte=since)
    if until is not None:
        rows = rows.filter(time__lt=until)
    return tuple(
        (row.id, read_received(row.received, bytes(row.body), bytes(row.sealed)))
        for row in rows[:limit]
    )


def _begin(writer: UUID) -> ReceivedWriter:
    newest = Received.objects.order_by("-id").values_list("writer", "seq", "hash").first()
    after = None if newest is None else (newest[0], newest[1], bytes(newest[2]))
    other, seq, hash_ = after or (None, None, None)
    hash_before = beginning(writer, after)
    return ReceivedWriter.objects.create(
        id=writer,
        seq=0,
        hash=hash_before,
        mac=seal_head(writer, 0, hash_before),
        after_writer=other,
        after_seq=seq,
        after_hash=hash_,
    )


def _linked(head: ReceivedWriter, place: int, prepared: Prepared) -> Received:
    previous = bytes(head.hash)
    head.seq += 1
    head.hash = link(head.id, head.seq, place, previous, prepared)
    return Received(
        id=place,
        received=prepared.id,
        writer=head.id,
        seq=head.seq,
        previous=previous,
        hash=head.hash,
        body=prepared.body,
        sealed=prepared.sealed,
    )
