"""Finding and opening Associations."""

from collections.abc import Iterable
from typing import Final

from naru.domain.xds import Association, SubmissionSetStatus
from naru.registry import sealing, selection
from naru.registry.identity import Survivors
from naru.registry.selection import Row
from naru.registry.values import Permit
from naru.registry.visibility import shown

_TABLE: Final = "registry_association"


def touching(uuids: Iterable[str]) -> list[Row]:
    """The associations whose source or target is one of the objects."""
    ends = list(uuids)
    found: dict[object, Row] = {}
    for column in ("source", "target"):
        for row in selection.select_by(selection.ASSOCIATION, _TABLE, column, ends):
            found[row[0]] = row
    return sorted(found.values(), key=_position)


def _position(row: Row) -> int:
    assert isinstance(row[7], int)
    return row[7]


def around(uuids: Iterable[str], permit: Permit, survivors: Survivors) -> tuple[Association, ...]:
    """The associations around the objects (ITI TF-2 3.18.4.1.2.3.7.7), as far as both ends show."""
    found = touching(uuids)
    visible = shown((str(row[0]) for row in found), permit, survivors)
    return opened(row for row in found if row[0] in visible)


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
