"""What was referred. Nothing here asks who may see it, nor leaves a record: see `looking`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from naru.domain.referral_states import OPEN, UNANSWERED, State
from naru.domain.referrals import Kind, Referral
from naru.referrals import codec, models
from naru.storage.columns import keys, places

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST: Final = 200
"""Referrals of one list."""


def inbox(institution: UUID, *, waiting: bool = False) -> tuple[Referral, ...]:
    """What the institution has to take on or took on, the newest first; or only what waits."""
    rows = models.Referral.objects.filter(receiver=institution)
    return _values(_latest(rows.filter(state__in=OPEN) if waiting else rows))


def outbox(institution: UUID) -> tuple[Referral, ...]:
    """What the institution sent, the newest first."""
    return _values(_latest(models.Referral.objects.filter(sender=institution)))


def of_patient(patients: Collection[UUID]) -> tuple[Referral, ...]:
    """What was sent of a person, by all their keys, the newest first."""
    # Written by hand: it is a part of every patient's first page.
    asked = keys(patients)
    statement = f"SELECT * FROM referrals_referral WHERE patient IN {places(asked)}"  # noqa: S608  # Only placeholders.
    found = models.Referral.objects.raw(f"{statement} ORDER BY id DESC LIMIT {MOST}", asked)
    return _values(list(found))


def letters_of(patients: Collection[UUID]) -> tuple[Referral, ...]:
    """The letters to whoever is outside that wait to be opened, of a person by all their keys."""
    rows = models.Referral.objects.filter(
        patient__in=list(patients), receiver__isnull=True, state=State.REQUESTED
    )
    return _values(rows.order_by("id"))


@dataclass(frozen=True, slots=True)
class Habit:
    """To whom an institution sends, how often of late, and to which department the last time."""

    receiver: UUID
    times: int
    department: str


def habits(sender: UUID, kind: Kind, most: int) -> tuple[Habit, ...]:
    """Where the institution sent most of its last referrals of a kind, the most often first."""
    rows = _latest(models.Referral.objects.filter(sender=sender, kind=kind, receiver__isnull=False))
    last: dict[UUID, int] = {}
    times = Counter[UUID]()
    for pk, receiver in rows.values_list("pk", "receiver"):
        if receiver is not None:
            last.setdefault(receiver, pk)
            times[receiver] += 1
    chosen = times.most_common(most)
    newest = models.Referral.objects.filter(pk__in=[last[one] for one, _ in chosen])
    said = {one.sent.receiver: one.sent.department for one in _values(newest)}
    return tuple(Habit(one, number, said.get(one, "")) for one, number in chosen)


def one(referral: UUID) -> Referral | None:
    """One referral. Of one that is not there as much is asked: time tells nobody that it is."""
    row = models.Referral.objects.filter(referral=referral).first()
    acts = list(models.Act.objects.filter(referral__referral=referral).order_by("place"))
    return None if row is None else codec.value(row, acts)


def sender_of(referral: UUID) -> UUID:
    """Who sent it first."""
    return models.Referral.objects.values_list("sender", flat=True).get(referral=referral)


def by_once(sender: UUID, once: UUID) -> UUID | None:
    """What came of a form that was sent before."""
    rows = models.Referral.objects.filter(sender=sender, once=once)
    return rows.values_list("referral", flat=True).first()


def by_document(document: str) -> UUID | None:
    """The referral whose paper this is, as its present receiver has it."""
    rows = models.Referral.objects.filter(document=document).order_by("-id")
    return rows.values_list("referral", flat=True).first()


def unopened(receiver: UUID, document: str) -> tuple[UUID, ...]:
    """The referrals of that paper that wait for the institution to open it."""
    rows = models.Referral.objects.filter(
        document=document, receiver=receiver, state__in=(State.REQUESTED, State.FORWARDED)
    )
    return tuple(rows.order_by("id").values_list("referral", flat=True))


def by_number(number: str) -> UUID | None:
    """The referral of a number."""
    rows = models.Referral.objects.filter(number=number)
    return rows.values_list("referral", flat=True).first()


def returns_of(referral: UUID) -> tuple[Referral, ...]:
    """The returns that answer it."""
    return _values(models.Referral.objects.filter(about=referral).order_by("id"))


def over(now: datetime, most: int = MOST) -> tuple[UUID, ...]:
    """What nobody took on in time and is not yet said to be over."""
    rows = models.Referral.objects.filter(state__in=UNANSWERED, until__lte=now)
    return tuple(rows.order_by("id").values_list("referral", flat=True)[:most])


def counted(institution: UUID) -> dict[State, int]:
    """How many of each state the institution has received."""
    found: dict[State, int] = defaultdict(int)
    for state in models.Referral.objects.filter(receiver=institution).values_list(
        "state", flat=True
    ):
        found[State(state)] += 1
    return dict(found)


def _latest(rows: "QuerySet[models.Referral]") -> "QuerySet[models.Referral]":
    return rows.order_by("-id")[:MOST]


def _values(rows: Iterable[models.Referral]) -> tuple[Referral, ...]:
    found = list(rows)
    if not found:
        return ()
    acts: dict[int, list[models.Act]] = defaultdict(list)
    for act in models.Act.objects.filter(referral__in=[one.pk for one in found]).order_by("place"):
        acts[act.referral_id].append(act)
    return tuple(codec.value(row, acts[row.pk]) for row in found)
