"""What may be shown beside entries: nothing that speaks of an entry which may not be read.

A submission set, folder or association is shown when it may itself be shown and everything that it
leads to by membership or as an end may be shown too. A snapshot that was assembled here leads to
the entries from which it was. So a withheld document leaves no trace: no reference to it, no set
with a gap, no folder that was updated for an unseen reason, no overview that names it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from naru.domain.xds import AssociationType
from naru.registry import selection
from naru.registry.identity import Survivors
from naru.registry.values import Indexed, Permit


@dataclass(frozen=True, slots=True)
class _Neighbourhood:
    items: dict[str, Indexed] = field(default_factory=dict)
    leads_to: dict[str, set[str]] = field(default_factory=dict)


def shown(uuids: Iterable[str], permit: Permit, survivors: Survivors) -> set[str]:
    """Those of the objects that may be shown; an id that names nothing is not among them."""
    asked = set(uuids)
    near = _explore(asked, survivors)
    items = tuple(near.items.values())
    hidden = {
        item.entry_uuid
        for item, permitted in zip(items, permit(items), strict=True)
        if not permitted
    }
    known = near.items.keys() | near.leads_to.keys()
    return (asked & known) - _spread(hidden, near.leads_to)


def permitted_items(
    items: Sequence[Indexed], permit: Permit, survivors: Survivors
) -> Sequence[bool]:
    """Tell for each entry whether it may be shown, with all that it was assembled from."""
    answers = permit(items)
    assembled = {one.entry_uuid for one in items if one.assembled_from}
    if not assembled:
        return answers
    visible = shown(assembled, permit, survivors)
    return [
        answer and (item.entry_uuid in visible or item.entry_uuid not in assembled)
        for item, answer in zip(items, answers, strict=True)
    ]


def _explore(uuids: set[str], survivors: Survivors) -> _Neighbourhood:
    near = _Neighbourhood()
    seen: set[str] = set()
    while frontier := uuids - seen:
        seen |= frontier
        uuids = _step(frontier, near, survivors)
    return near


def _step(frontier: set[str], near: _Neighbourhood, survivors: Survivors) -> set[str]:
    """Read the objects of the frontier and name those to which they lead."""
    found: dict[str, set[str]] = {}
    for row in selection.select_by(selection.ENTRY, "registry_entry", "entry_uuid", frontier):
        item = near.items[str(row[0])] = selection.entry(row, survivors)
        if item.assembled_from:
            found[item.entry_uuid] = set(item.assembled_from)
    rest = frontier - near.items.keys()
    packages: set[str] = set()
    for row in selection.select_by(selection.PACKAGE, "registry_package", "entry_uuid", rest):
        near.items[str(row[0])] = selection.package(row, survivors)
        packages.add(str(row[0]))
    for row in selection.select_by(
        selection.ASSOCIATION, "registry_association", "entry_uuid", rest - packages
    ):
        found[str(row[0])] = {str(row[2]), str(row[3])}
    for row in selection.select_by(
        selection.ASSOCIATION, "registry_association", "source", packages
    ):
        if row[1] == AssociationType.HAS_MEMBER:
            found.setdefault(str(row[2]), set()).add(str(row[3]))
    near.leads_to.update(found)
    return set().union(*found.values())


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
