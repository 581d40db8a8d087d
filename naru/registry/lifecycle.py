"""What a registration changes in what was registered before."""

from collections.abc import Iterable
from datetime import datetime

from naru.domain.identifiers import new_uuid_urn
from naru.domain.korea import korean_day
from naru.domain.xds import Association, AssociationType, AvailabilityStatus, Submission
from naru.registry.models import Association as AssociationRow
from naru.registry.models import Entry, Package, Status
from naru.registry.rules.relationships import REPLACING


def replacements(submission: Submission) -> tuple[Association, ...]:
    """The associations by which a document takes another's place."""
    return tuple(one for one in submission.associations if one.type in REPLACING)


def deprecate(submission: Submission) -> tuple[str, ...]:
    """Deprecate what is replaced with its transformations and addenda; say what changed.

    ITI TF-2 3.42.4.1.3.5, ITI TF-3 4.2.2.2.3.
    """
    replaced = {one.target for one in replacements(submission)}
    if not replaced:
        return ()
    own = {entry.entry_uuid for entry in submission.entries}
    dependent = AssociationRow.objects.filter(
        type__in=(AssociationType.XFRM, AssociationType.APND), target__in=replaced
    ).values_list("source", flat=True)
    approved = Entry.objects.filter(
        entry_uuid__in=(replaced | set(dependent)) - own, status=Status.APPROVED
    )
    changed = tuple(approved.order_by("id").values_list("entry_uuid", flat=True))
    Entry.objects.filter(entry_uuid__in=changed).update(status=Status.DEPRECATED)
    return changed


def carried_memberships(submission: Submission) -> tuple[Association, ...]:
    """The replacement joins each approved folder of the document that it replaces.

    ITI TF-2 3.42.4.1.3.5 points 2 and 3; the folder keeps the replaced document too.
    """
    known = {(one.source, one.target) for one in submission.associations}
    created: list[Association] = []
    for one in replacements(submission):
        for folder in _approved_folders(one.target):
            if (folder, one.source) not in known:
                known.add((folder, one.source))
                created += _membership(submission, folder, one.source)
    return tuple(created)


def _approved_folders(entry_uuid: str) -> Iterable[str]:
    sources = AssociationRow.objects.filter(
        type=AssociationType.HAS_MEMBER, target=entry_uuid
    ).values("source")
    folders = Package.objects.filter(
        kind=Package.Kind.FOLDER, status=Status.APPROVED, entry_uuid__in=sources
    )
    return folders.order_by("id").values_list("entry_uuid", flat=True)


def _membership(submission: Submission, folder: str, entry: str) -> tuple[Association, Association]:
    member = _has_member(folder, entry)
    return member, _has_member(submission.submission_set.entry_uuid, member.entry_uuid)


def _has_member(source: str, target: str) -> Association:
    return Association(
        entry_uuid=new_uuid_urn(),
        type=AssociationType.HAS_MEMBER,
        source=source,
        target=target,
        availability_status=AvailabilityStatus.APPROVED,
    )


def touch_folders(submission: Submission, *, now: datetime) -> None:
    """Every folder that received a member was updated now (ITI TF-2 3.42.4.1.3.6)."""
    sources = {
        one.source for one in submission.associations if one.type == AssociationType.HAS_MEMBER
    } - {submission.submission_set.entry_uuid}
    if not sources:
        return
    Package.objects.filter(kind=Package.Kind.FOLDER, entry_uuid__in=sources).update(
        time=int(now.timestamp()), event_date=korean_day(now)
    )
