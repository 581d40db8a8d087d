"""What the registry already holds of all that a submission refers to, locked until its end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from naru.domain.identifiers import is_uuid_urn
from naru.domain.xds import AssociationType, Submission
from naru.registry import ids, selection
from naru.registry.models import Association, Entry, Package
from naru.registry.selection import Row, select_by

_LOCK_CLASS: Final = 0x4E41  # Sets this room's advisory locks apart from those of others.


@dataclass(frozen=True, slots=True)
class Sharing:
    """An entry that shares a uniqueId with an object of the submission."""

    unique_id: str
    hash: str
    size: int | None
    object_type: int
    patient: UUID
    institution: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The registry's side of a submission."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    packages: Mapping[str, Package] = field(default_factory=dict)
    associations: Mapping[str, Association] = field(default_factory=dict)
    same_unique_id: tuple[Sharing, ...]
    used_unique_ids: frozenset[str]
    """Those uniqueIds of the submission that a SubmissionSet or Folder has."""
    transforms: frozenset[str] = frozenset()
    """Those referred entries that are the transformation of another."""


def load(submission: Submission) -> Held:
    """Lock and read, in one order everywhere, so that two submissions never wait in a ring."""
    unique_ids = sorted(
        {submission.submission_set.unique_id}
        | {entry.unique_id for entry in submission.entries}
        | {folder.unique_id for folder in submission.folders}
    )
    _lock(unique_ids)
    named = _registered(_named(submission))
    same, used = _same_unique_id(unique_ids), _used_unique_ids(unique_ids)
    if not named:
        return Held(same_unique_id=same, used_unique_ids=used)
    # A submission never changes an existing association, so that only the others are locked.
    packages = Package.objects.select_for_update().filter(entry_uuid__in=named).order_by("id")
    entries = Entry.objects.select_for_update().filter(entry_uuid__in=named).order_by("id")
    transforms = Association.objects.filter(type=AssociationType.XFRM, source__in=named)
    return Held(
        packages={row.entry_uuid: row for row in packages.defer("sealed")},
        entries={row.entry_uuid: row for row in entries.defer("sealed")},
        associations={row.entry_uuid: row for row in _associations(named)},
        same_unique_id=same,
        used_unique_ids=used,
        transforms=frozenset(transforms.values_list("source", flat=True)),
    )


def _registered(named: Collection[str]) -> frozenset[str]:
    """Those that the registry holds: of most submissions none, which is told cheaply."""
    found: set[str] = set()
    for table in ("registry_entry", "registry_package", "registry_association"):
        found |= {str(row[0]) for row in select_by("entry_uuid", table, "entry_uuid", named)}
    return frozenset(found)


def _same_unique_id(unique_ids: Iterable[str]) -> tuple[Sharing, ...]:
    columns = "unique_id, hash, size, object_type, patient, institution"
    found = select_by(columns, "registry_entry", "unique_id", unique_ids)
    return tuple(map(_sharing, found))


def _sharing(row: Row) -> Sharing:
    unique_id, digest, size, object_type, patient, institution = row
    assert isinstance(object_type, int)
    return Sharing(
        unique_id=str(unique_id),
        hash=str(digest),
        size=selection.integer(size),
        object_type=object_type,
        patient=selection.uuid_of(patient),
        institution=None if institution is None else selection.uuid_of(institution),
    )


def _used_unique_ids(unique_ids: Iterable[str]) -> frozenset[str]:
    found = select_by("unique_id", "registry_package", "unique_id", unique_ids)
    return frozenset(str(row[0]) for row in found)


def referred(submission: Submission) -> frozenset[str]:
    """Every UUID that an association names and the submission does not bring."""
    ends = (end for one in submission.associations for end in (one.source, one.target))
    return frozenset(filter(is_uuid_urn, ends)) - frozenset(ids.of(submission))


def _named(submission: Submission) -> Collection[str]:
    """Every UUID in the submission: its own, which must be new, and those it refers to."""
    return referred(submission) | set(filter(is_uuid_urn, ids.of(submission)))


def _associations(named: Collection[str]) -> Iterable[Association]:
    return Association.objects.filter(entry_uuid__in=named).defer("sealed")


def _lock(unique_ids: Iterable[str]) -> None:
    """Keep other submissions of the same uniqueIds waiting until this transaction ends.

    SQLite needs nothing: its write transactions follow one another.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for unique_id in unique_ids:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_CLASS, unique_id]
            )
