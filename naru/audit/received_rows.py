"""The chain of received messages, kept as that of our own records is (see rows.py, chain.py)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from naru.audit.chain import Prepared, beginning, link
from naru.audit.models import Received, ReceivedToken, ReceivedWriter
from naru.audit.received import ReceivedMessage, prepare_received, read_received, token

PAGE: Final = 500


def keep_received(writer: UUID, messages: Sequence[ReceivedMessage]) -> None:
    """Add messages to the end of a writer's chain, all or none, durable on return.

    Only one thread of one process writes under the same `writer`.
    """
    with transaction.atomic(durable=True):
        head = ReceivedWriter.objects.filter(id=writer).first() or _begin(writer)
        rows, found = [], []
        for message in messages:
            ready = prepare_received(message)
            row = _linked(head, ready.prepared)
            row.time, row.event, row.type = message.time, ready.body.event, ready.body.type
            rows.append(row)
            found.append(ready.tokens)
        kept = Received.objects.bulk_create(rows)
        ReceivedToken.objects.bulk_create(
            ReceivedToken(token=one, message=row)
            for row, tokens in zip(kept, found, strict=True)
            for one in tokens
        )
        head.save(update_fields=["seq", "hash"])


def received(
    *,
    limit: int,
    before: int | None = None,
    about: str = "",
    event: str = "",
    since: datetime | None = None,
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
    return tuple(
        (row.id, read_received(row.received, bytes(row.body), bytes(row.sealed)))
        for row in rows[:limit]
    )


def verify_received() -> tuple[int, ...]:
    """The numbers of messages that are not as they were kept, or before which some are missing.

    0 stands for a chain that was cut short.
    """
    return tuple(flaw for head in ReceivedWriter.objects.order_by("id") for flaw in _flaws(head))


def _begin(writer: UUID) -> ReceivedWriter:
    newest = Received.objects.order_by("-id").values_list("writer", "seq", "hash").first()
    after = None if newest is None else (newest[0], newest[1], bytes(newest[2]))
    other, seq, hash_ = after or (None, None, None)
    return ReceivedWriter.objects.create(
        id=writer,
        seq=0,
        hash=beginning(writer, after),
        after_writer=other,
        after_seq=seq,
        after_hash=hash_,
    )


def _linked(head: ReceivedWriter, prepared: Prepared) -> Received:
    previous = bytes(head.hash)
    head.seq += 1
    head.hash = link(head.id, head.seq, previous, prepared)
    return Received(
        received=prepared.id,
        writer=head.id,
        seq=head.seq,
        previous=previous,
        hash=head.hash,
        body=prepared.body,
        sealed=prepared.sealed,
    )


def _flaws(head: ReceivedWriter) -> Iterator[int]:
    after = (
        None
        if head.after_writer is None or head.after_seq is None or head.after_hash is None
        else (head.after_writer, head.after_seq, bytes(head.after_hash))
    )
    seq, previous = 0, beginning(head.id, after)
    for row in Received.objects.filter(writer=head.id).order_by("seq").iterator(PAGE):
        prepared = Prepared(row.received, bytes(row.body), bytes(row.sealed), ())
        seq += 1
        computed = link(head.id, row.seq, previous, prepared)
        if (row.seq, bytes(row.previous), bytes(row.hash)) != (seq, previous, computed):
            yield row.id
        seq, previous = row.seq, bytes(row.hash)
    if (seq, previous) != (head.seq, bytes(head.hash)) or (after and not _stands(after)):
        yield 0


def _stands(after: tuple[UUID, int, bytes]) -> bool:
    writer, seq, hash_ = after
    found = Received.objects.filter(writer=writer, seq=seq).values_list("hash", flat=True).first()
    return found is not None and bytes(found) == hash_
