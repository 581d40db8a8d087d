"""Release files brought in at a page: looked at first, loaded by whoever takes them in hand.

A file is kept until it is loaded, refused, or another of its system takes its place. Whoever loads
one holds it for a while and tells how far it is, which lengthens the hold; another who finds it
held no more goes on with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from naru.domain.terminology import Difference, Release, System, code_system, numbered
from naru.terminology import models
from naru.terminology.errors import ReleaseShrinks, UploadGone, UploadTaken, UploadUnagreed
from naru.terminology.loading import examine

HOLD: Final = timedelta(minutes=5)
"""Longer than the longest step between two words of how far it is."""

ATTEMPTS: Final = 3
"""How often a load that breaks off is begun again."""

KEPT: Final = timedelta(days=1)
"""How long a file waits for somebody to agree to what it changes."""

SHOWN: Final = 50
"""Refused lines that are kept to be shown."""

BROKEN_OFF: Final = "BrokenOff"
"""The reason of a file whose load broke off every time."""


class State(StrEnum):
    """How far a file is."""

    CHECKED = "checked"
    WAITING = "waiting"
    LOADED = "loaded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was brought in, and what it would change or has changed.

    `refused` are the first of its lines that are not taken, each with why; `shrinks` tells that
    more than half of the codes would be retired. `placed` and `of` are concepts and terms.
    """

    key: UUID
    system: System
    version: str
    since: date
    by: UUID | None
    state: State
    shrinks: bool
    difference: Difference
    refused: tuple[tuple[int, str], ...]
    refused_lines: int
    attempt: int
    placed: int
    of: int
    reason: str
    content: bytes = b""


def bring(
    release: Release,
    content: bytes,
    refused: Sequence[tuple[int, str]],
    *,
    now: datetime,
    by: UUID | None,
) -> UUID:
    """Keep a file with what it would change. Raises what `examine` does but ReleaseShrinks."""
    number = code_system(release.system).number
    models.Upload.objects.filter(state=State.CHECKED, brought__lt=now - KEPT).delete()
    same = models.Upload.objects.filter(
        system=number,
        version=release.version,
        since=release.since,
        digest=release.digest,
        state__in=(State.CHECKED, State.WAITING),
    ).first()
    if same is not None:
        return same.key
    difference, shrinks = _difference(release)
    models.Upload.objects.filter(system=number, state=State.CHECKED).delete()
    return models.Upload.objects.create(
        key=uuid4(),
        system=number,
        version=release.version,
        since=release.since,
        digest=release.digest,
        content=content,
        brought=now,
        by=by,
        state=State.CHECKED,
        shrinks=shrinks,
        difference=asdict(difference),
        refused=[list(one) for one in refused[:SHOWN]],
        refused_lines=len(refused),
    ).key


def _difference(release: Release) -> tuple[Difference, bool]:
    try:
        return examine(release).difference, False
    except ReleaseShrinks:
        return examine(release, shrinks=True).difference, True


def one(key: UUID) -> Upload:
    """A file as it stands, without its content. Raises UploadGone."""
    row = models.Upload.objects.defer("content").filter(key=key).first()
    if row is None:
        raise UploadGone("No such file is here.")
    return _value(row)


def unfinished() -> tuple[Upload, ...]:
    """The files that wait for somebody to agree, or to be loaded; the oldest first."""
    rows = models.Upload.objects.defer("content").filter(state__in=(State.CHECKED, State.WAITING))
    return tuple(_value(row) for row in rows.order_by("id"))


def agree(key: UUID, *, agreed: bool) -> Upload:
    """Let a file be loaded; of one that waits or is done nothing changes.

    Raises UploadGone, UploadUnagreed.
    """
    upload = one(key)
    if upload.state is not State.CHECKED:
        return upload
    if (upload.refused_lines or upload.shrinks) and not agreed:
        raise UploadUnagreed("Nobody has agreed to what this file leaves out or retires.")
    models.Upload.objects.filter(key=key, state=State.CHECKED).update(state=State.WAITING)
    return upload


def take(now: datetime) -> Upload | None:
    """Hold the oldest file that waits and that nobody holds, with its content."""
    waiting = models.Upload.objects.filter(state=State.WAITING)
    free = waiting.filter(Q(held_until=None) | Q(held_until__lte=now))
    free.filter(attempt__gte=ATTEMPTS).update(
        state=State.REFUSED, reason=BROKEN_OFF, content=b"", held_until=None
    )
    row = free.order_by("id").first()
    if row is None:
        return None
    mine = free.filter(id=row.id, attempt=row.attempt)
    if not mine.update(attempt=F("attempt") + 1, held_until=now + HOLD, placed=0):
        return None  # Another took it first.
    row.attempt += 1
    return _value(row, content=bytes(row.content))


def tell(upload: Upload, placed: int, of: int) -> None:
    """Note how far it is, and hold it for longer. Raises UploadTaken."""
    until = timezone.now() + HOLD
    if not _held(upload).update(placed=placed, of=of, held_until=until):
        raise UploadTaken("The hold on the file ended.")


def end(upload: Upload, reason: str = "") -> None:
    """It is loaded, or refused for a reason; its content goes. Raises UploadTaken."""
    state = State.REFUSED if reason else State.LOADED
    ended = {"state": state, "reason": reason[:40], "content": b"", "held_until": None}
    if not _held(upload).update(placed=F("of"), **ended):
        raise UploadTaken("The hold on the file ended.")


def _held(upload: Upload) -> "QuerySet[models.Upload]":
    return models.Upload.objects.filter(key=upload.key, attempt=upload.attempt, state=State.WAITING)


def _value(row: models.Upload, *, content: bytes = b"") -> Upload:
    told: Mapping[str, int] = row.difference
    return Upload(
        key=row.key,
        system=numbered()[row.system].name,
        version=row.version,
        since=row.since,
        by=row.by,
        state=State(row.state),
        shrinks=row.shrinks,
        difference=Difference(**told),
        refused=tuple((line, why) for line, why in row.refused),
        refused_lines=row.refused_lines,
        attempt=row.attempt,
        placed=row.placed,
        of=row.of,
        reason=row.reason,
        content=content,
    )
