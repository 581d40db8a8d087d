"""What may be shown beside entries: nothing that speaks of an entry which may not be read.

A submission set, folder or association is shown when it may itself be shown and everything that it
leads to by membership or as an end may be shown too. A snapshot that was assembled here leads to
the entries from which it was. So a withheld document leaves no trace: no reference to it, no set
with a gap, no folder that was updated for an unseen reason, no overview that names it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from naru.registry import selection
from naru.registry.identity import Survivors
from naru.registry.values import Indexed, Permit


@dataclass(frozen=True, slots=True)
class _Neighbourhood:
    items: dict[str, Indexed] = field(default_factory=dict)
    leads_to: dict[str, set[str]] = field(default_factory=dict)


def shown(uuids: Iterable[str], permit: Permit, survivors: Survivors) -> set[str]:
    """Those of the objects that may be shown; an id that names nothing is not among them.

    It takes the same statements, and asks `permit`, whatever there is: also where there is nothing.
    """
    asked = set(uuids)
    near = _explore(asked, survivors)
    hidden = _withheld(tuple(near.items.values()), permit)
    known = near.items.keys() | near.leads_to.keys()
    return (asked & known) - _spread(hidden, near.leads_to)


def permitted_items(
    items: Sequence[Indexed], permit: Permit, survivors: Survivors
) -> Sequence[bool]:
    """Tell for each entry whether it may be shown, with all that it was assembled from."""
    answers = permit(items)
    sources = _sources(items, (), survivors)
    hidden = _withheld(sources, permit)
    return [
        answer and hidden.isdisjoint(item.assembled_from or ())
        for item, answer in zip(items, answers, strict=True)
    ]


def _withheld(items: Sequence[Indexed], permit: Permit) -> set[str]:
    answers = permit(items)
    return {one.entry_uuid for one, may in zip(items, answers, strict=True) if not may}


def _explore(asked: set[str], survivors: Survivors) -> _Neighbourhood:
    """The objects with all to which they lead, in four statements for each thousand."""
    near = _Neighbourhood()
    uuids = set(asked)
    links: set[str] = set()
    for origin, own, source, target in selection.leading(asked):
        ends = {str(source), str(target)} if origin == own else {str(target)}
        near.leads_to.setdefault(str(origin), set()).update(ends)
        uuids |= ends
        if origin == own:
            links.add(str(own))
    entries = [*selection.select_by(selection.ENTRY, "registry_entry", "entry_uuid", uuids - links)]
    rest = uuids - links - {str(row[0]) for row in entries}
    packages = [*selection.select_by(selection.PACKAGE, "registry_package", "entry_uuid", rest)]
    survivors.will_concern(selection.uuid_of(row[2]) for row in (*entries, *packages))
    found = [selection.entry(row, survivors) for row in entries]
    found += [selection.package(row, survivors) for row in packages]
    found += _sources(found, uuids, survivors)
    for item in found:
        near.items[item.entry_uuid] = item
        if item.assembled_from:
            near.leads_to[item.entry_uuid] = set(item.assembled_from)
    return near


def _sources(
    items: Iterable[Indexed], known: Collection[str], survivors: Survivors
) -> list[Indexed]:
    """The entries from which any of these was assembled; none of them was assembled itself."""
    wanted = {source for one in items for source in one.assembled_from or ()}.difference(known)
    rows = [*selection.select_by(selection.ENTRY, "registry_entry", "entry_uuid", wanted)]
    survivors.will_concern(selection.uuid_of(row[2]) for row in rows)
    return [selection.entry(row, survivors) for row in rows]


def _spread(hidden: set[str], leads_to: dict[str, set[str]]) -> set[str]:
    """All that is hidden itself or leads to something hidden."""
    led_from: dict[str, set[str]] = {}
    for source, targets in leads_to.items():
        for target in targets:
            led_from.setdefault(target, set()).add(source)
    reached, waiting = set(hidden), list(hidden)
    while waiting:
        for source in led_from.get(waiting.pop(), set()) - reached:
            reached.add(source)
            waiting.append(source)
    return reached
