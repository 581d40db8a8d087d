"""What goes into a referral's paper: what was ticked of the own chart, and what was said for it.

B12: what is not ticked is not in the paper's bytes. Each thing that can be ticked has an id by what
it says, so that a page that was shown before something was written still means what it meant.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Final

from naru.domain.clinical import Content
from naru.domain.clinical.selection import Item, items, without
from naru.domain.past_history import Source, past_history

PICKED: Final = (
    "diagnoses",
    "medications",
    "test_results",
    "procedures",
    "allergies",
    "vital_signs",
)
"""What is picked from the chart, in the order of a page; texts are written for the sending."""

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
