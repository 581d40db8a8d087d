"""What goes into a referral's paper: what was ticked of the own chart, and what was said for it.

What is not ticked is not in the paper's bytes. Each thing that can be ticked has an id by what it
says, so that a page that was shown before something was written still means what it meant.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Final

from naru.domain.clinical import Allergy, Content, Diagnosis, Medication
from naru.domain.clinical.selection import Item, items, without
from naru.domain.past_history import Source, day_of, lasts, past_history

PICKED: Final = (
    "diagnoses",
    "medications",
    "test_results",
    "procedures",
    "allergies",
    "vital_signs",
)
"""What is picked from the chart, in the order of a page; texts are written for the sending."""

_OF_THE_LAST_DAY: Final = ("diagnoses", "vital_signs")
_ID: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One thing of the own chart that can be ticked."""

    id: str
    field: str
    value: object


def offered(sources: Iterable[Source], takes: Collection[str]) -> tuple[Offered, ...]:
    """What can be picked for a form that has these fields: each thing once, the newest words."""
    return tuple(
        Offered(id=_id(one), field=one.field, value=one.value)
        for one in items(_merged(sources, takes))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What is ticked before anybody ticked: how old each kind may be, and what never is.

    `never` are the beginnings of codes of diagnoses that a doctor ticks knowingly or not at all.
    """

    days: Mapping[str, int]
    never: tuple[str, ...]


def suggested(found: Iterable[Offered], rule: Suggestion, on: date) -> frozenset[str]:
    """The ids of what a doctor would tick first: allergies, what is taken now, what is recent.

    Of diagnoses those of the last day on which any was made; of vital signs the last measured.
    """
    recent = [one for one in found if _is_recent(one, rule, on)]
    newest = {
        field: max((day_of(one.value) for one in recent if one.field == field), default=on)
        for field in _OF_THE_LAST_DAY
    }
    return frozenset(
        one.id
        for one in recent
        if one.field not in newest or day_of(one.value) == newest[one.field]
    )


def _is_recent(one: Offered, rule: Suggestion, on: date) -> bool:
    match one.value:
        case Allergy():
            return True
        case Medication():
            return lasts(one.value, on)
        case Diagnosis() if one.value.code.startswith(rule.never):
            return False
    days = rule.days.get(one.field)
    return days is not None and timedelta(0) <= on - day_of(one.value) <= timedelta(days=days)


def picked(sources: Iterable[Source], takes: Collection[str], ticked: Collection[str]) -> Content:
    """The content of what was ticked, and of nothing else."""
    content = _merged(sources, takes)
    return without(content, {one.id for one in items(content) if _id(one) not in ticked})


def together(content: Content, said: Content) -> Content:
    """What was picked with what was said for this sending: lists one after the other."""
    changed: dict[str, object] = {}
    for field in fields(Content):
        new, old = getattr(said, field.name), getattr(content, field.name)
        if isinstance(new, tuple) and isinstance(old, tuple):
            changed[field.name] = (*new, *old)
        elif new:
            changed[field.name] = new
    return replace(content, **changed)  # type: ignore[arg-type]  # Each under its own name.


def _merged(sources: Iterable[Source], takes: Collection[str]) -> Content:
    told = past_history(sources)
    everything = Content(
        diagnoses=tuple(line.item for line in told.diagnoses),
        medications=tuple(line.item for line in told.medications),
        test_results=tuple(line.item for line in told.test_results),
        procedures=tuple(line.item for line in told.procedures),
        allergies=tuple(line.item for line in told.allergies),
        vital_signs=tuple(line.item for line in told.vital_signs),
    )
    return without(everything, set(PICKED) - set(takes))


def _id(item: Item) -> str:
    said = f"{item.field}\n{item.value!r}".encode()
    return f"{item.field}-{hashlib.sha256(said).hexdigest()[:_ID]}"
