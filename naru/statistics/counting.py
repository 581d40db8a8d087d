"""Counting the access records, each once, whoever counts and whatever breaks meanwhile.

How far each writer's chain was read is moved in the same transaction that adds to the numbers, and
only from where it stood: two who count at once cannot both be believed.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from naru.audit import following
from naru.audit.following import Followed
from naru.domain.korea import korean_day
from naru.statistics.errors import Overtaken
from naru.statistics.models import LONGEST_TRANSACTION, AsOf, Through, Traffic
from naru.storage.columns import keys

BATCH: Final = 2_000
"""Records that one transaction counts."""

KEPT: Final = timedelta(weeks=6)
"""How long hours are kept: what is usual is told from the four weeks before."""

NOBODY: Final = UUID(int=0)
"""Stands for no institution, since nothing equals NULL."""

_ONE: Final = 1

_ADD: Final = (
    'INSERT INTO statistics_count (day, institution, "transaction", outcome, requests, documents)'
    " VALUES (%s, %s, %s, %s, %s, %s)"
    ' ON CONFLICT (day, institution, "transaction", outcome) DO UPDATE SET'
    " requests = statistics_count.requests + excluded.requests,"
    " documents = statistics_count.documents + excluded.documents"
)
_ADD_HOUR: Final = (
    "INSERT INTO statistics_traffic (institution, hour, requests) VALUES (%s, %s, %s)"
    " ON CONFLICT (institution, hour) DO UPDATE SET"
    " requests = statistics_traffic.requests + excluded.requests"
)


def count_all(now: datetime) -> int:
    """Count what is there and not counted; say how many records that was. Raises Overtaken.

    When it returns, every record that was kept before `now` is in the numbers.
    """
    heads = following.heads()
    through = _counted_so_far()
    counted = 0
    for writer, head in heads.items():
        seq = through.get(writer, 0)
        while seq < head:
            found = following.after(writer, seq, BATCH)
            if not found:
                break  # Purged before it was counted: the chain begins later.
            _keep(writer, seq, found)
            counted, seq = counted + len(found), found[-1].seq
    AsOf.objects.update_or_create(id=_ONE, defaults={"at": now})
    return counted


def forget_old_hours(now: datetime) -> int:
    """Take away the hours that nothing is told from any more; say how many."""
    gone, _ = Traffic.objects.filter(hour__lt=now - KEPT).delete()
    return gone


def _counted_so_far() -> dict[UUID, int]:
    return dict(Through.objects.values_list("writer", "seq"))


def _keep(writer: UUID, before: int, found: tuple[Followed, ...]) -> None:
    with transaction.atomic():
        _move(writer, before, found[-1].seq)
        _add(found)


def _move(writer: UUID, before: int, to: int) -> None:
    if not before:
        try:
            with transaction.atomic():
                Through.objects.create(writer=writer, seq=to)
        except IntegrityError as error:
            raise Overtaken from error
    elif not Through.objects.filter(writer=writer, seq=before).update(seq=to):
        raise Overtaken


def _add(found: Iterable[Followed]) -> None:
    requests = Counter[tuple[date, UUID, str, int]]()
    documents = Counter[tuple[date, UUID, str, int]]()
    hours = Counter[tuple[UUID, datetime]]()
    for one in found:
        institution, name = one.institution or NOBODY, one.transaction[:LONGEST_TRANSACTION]
        kind = (korean_day(one.time), institution, name, int(one.outcome))
        requests[kind] += 1
        documents[kind] += one.documents
        if one.institution is not None:
            hours[one.institution, one.time.replace(minute=0, second=0, microsecond=0)] += 1
    ops = connection.ops
    # In one order, so that two databases' writers never wait for each other in a circle.
    rows = [
        (ops.adapt_datefield_value(day), keys([who])[0], name, outcome, number,
         documents[day, who, name, outcome])
        for (day, who, name, outcome), number in sorted(requests.items())
    ]  # fmt: skip
    by_hour = [
        (keys([who])[0], ops.adapt_datetimefield_value(hour), number)
        for (who, hour), number in sorted(hours.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, rows)
        if by_hour:
            cursor.executemany(_ADD_HOUR, by_hour)
