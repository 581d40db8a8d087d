"""The records in the order of each writer, for whoever counts them: what stands in the clear.

A writer's chain has no gaps and only grows at its end, so that whoever remembers how far each
chain was read reads every record once, whatever else is being written meanwhile.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from naru.audit import queries
from naru.audit.chain import Body, read_body
from naru.audit.models import Record, Writer
from naru.audit.records import Outcome

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a record is counted by. `documents` is how many it names; `errors` name no person."""

    writer: UUID
    seq: int
    time: datetime
    transaction: str
    institution: UUID | None
    outcome: Outcome
    documents: int
    errors: tuple[str, ...]


def heads() -> dict[UUID, int]:
    """How far each chain reaches."""
    return dict(Writer.objects.values_list("id", "seq"))


def after(writer: UUID, seq: int, limit: int) -> tuple[Followed, ...]:
    """The next records of a chain, in their order."""
    rows = Record.objects.filter(writer=writer, seq__gt=seq).order_by("seq")
    return _read(rows, limit)


def lately(
    since: datetime,
    most: int,
    institutions: Collection[UUID] | None = None,
    until: datetime | None = None,
) -> tuple[Followed, ...]:
    """The newest `most` records since a moment, newest first; of these institutions if any given.

    What is given may lie just outside the span, where requests overlapped.
    """
    rows = Record.objects.filter(pk__gte=queries.first_since(since)).order_by("-pk")
    if until is not None:
        rows = rows.filter(pk__lt=queries.first_since(until))
    if institutions is not None:
        rows = rows.filter(institution__in=list(institutions))
    return _read(rows, most)


def _read(rows: "QuerySet[Record]", most: int) -> tuple[Followed, ...]:
    columns = rows.values_list("writer", "seq", "body")[:most]
    return tuple(_followed(writer, seq, read_body(bytes(body))) for writer, seq, body in columns)


def _followed(writer: UUID, seq: int, body: Body) -> Followed:
    return Followed(
        writer=writer,
        seq=seq,
        time=body.time,
        transaction=body.transaction,
        institution=body.institution,
        outcome=body.outcome,
        documents=_documents(body),
        errors=body.errors,
    )


def _documents(body: Body) -> int:
    return len({one.id for one in body.objects if one.kind == queries.DOCUMENT})
