"""의사가 필요하다고 판단한 내용만: what a doctor ticks of a content, and what is left of it.

Every item has an id, its field and place (`diagnoses-1`, `opinion`), which stays the same for the
same content; the document that goes out numbers its own rows anew.
"""

from collections.abc import Collection, Iterator
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from typing import Any

from naru.domain.clinical.content import Content


class UnknownItem(ValueError):
    """An id that names nothing in the content: what was to be left out might go out."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be ticked or not: an entry of a list, or all that a field says."""

    id: str
    field: str
    value: object


def items(content: Content) -> tuple[Item, ...]:
    """All that the content says, field by field."""
    return tuple(_items(content))


def _items(content: Content) -> Iterator[Item]:
    for name, empty in _empty().items():
        said = getattr(content, name)
        if said == empty:
            continue
        if isinstance(said, tuple):
            for index, value in enumerate(said, 1):
                yield Item(f"{name}-{index}", name, value)
        else:
            yield Item(name, name, said)


def without(content: Content, unticked: Collection[str]) -> Content:
    """The content without the items of these ids; a field's name leaves out the whole field.

    Raises UnknownItem. Words that the doctor wrote freely are one item: what they mention of
    something unticked goes out unless they are unticked, too.
    """
    held = items(content)
    known = {item.id for item in held} | set(_empty())
    if unknown := set(unticked) - known:
        raise UnknownItem(f"{len(unknown)} of the items to be left out are not in the content")
    kept: dict[str, Any] = dict(_empty())
    for item in held:
        if item.id in unticked or item.field in unticked:
            continue
        if isinstance(kept[item.field], tuple):
            kept[item.field] = (*kept[item.field], item.value)
        else:
            kept[item.field] = item.value
    return replace(content, **kept)


@cache
def _empty() -> dict[str, object]:
    """The fields, and what stands in each where nothing is said."""
    return {each.name: each.default for each in fields(Content) if each.default is not MISSING}
