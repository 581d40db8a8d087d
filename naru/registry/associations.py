"""Finding and opening Associations."""

from collections.abc import Iterable
from typing import Final

from naru.domain.xds import Association, AssociationType, SubmissionSetStatus
from naru.registry import sealing, selection
from naru.registry.selection import Row

_TABLE: Final = "registry_association"


def touching(uuids: Iterable[str]) -> list[Row]:
    """The associations whose source or target is one of the objects."""
    ends = list(uuids)
    found: dict[object, Row] = {}
    for column in ("source", "target"):
        for row in selection.select_by(selection.ASSOCIATION, _TABLE, column, ends):
            found[row[0]] = row
    return sorted(found.values(), key=position)


def memberships(*, sources: Iterable[str] = (), targets: Iterable[str] = ()) -> list[Row]:
    """The HasMember associations from one of the sources, or to one of the targets."""
    found = [
        *selection.select_by(selection.ASSOCIATION, _TABLE, "source", sources),
        *selection.select_by(selection.ASSOCIATION, _TABLE, "target", targets),
    ]
    return [row for row in found if row[1] == AssociationType.HAS_MEMBER]


def relations(sources: Iterable[str]) -> list[Row]:
    """What the objects are to others: the associations from them, but for memberships."""
    found = selection.select_by(selection.ASSOCIATION, _TABLE, "source", sources)
    return [row for row in found if row[1] != AssociationType.HAS_MEMBER]


def named(uuids: Iterable[str]) -> list[Row]:
    """Those of the objects that are associations."""
    return list(selection.select_by(selection.ASSOCIATION, _TABLE, "entry_uuid", uuids))


def position(row: Row) -> int:
    """Where an association stands in the order of registration."""
    assert isinstance(row[7], int)
    return row[7]


def opened(found: Iterable[Row]) -> tuple[Association, ...]:
    """The associations as they are now."""
    return tuple(map(_open, found))


def _open(row: Row) -> Association:
    uuid, kind, source, target, status, set_status, sealed, _ = row
    if sealed is not None:
        assert isinstance(sealed, bytes | memoryview)
        return sealing.ASSOCIATION.open(str(uuid), bytes(sealed))
    return Association(
        entry_uuid=str(uuid),
        type=str(kind),
        source=str(source),
        target=str(target),
        availability_status=selection.status_of(status),
        submission_set_status=SubmissionSetStatus(str(set_status)) if set_status else None,
    )
