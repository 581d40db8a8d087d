"""Ids in a submission: symbolic ones become UUIDs, the same one everywhere (ITI TF-3 4.2.3.1.5)."""

from collections.abc import Mapping
from dataclasses import replace

from naru.domain.identifiers import is_uuid_urn, new_uuid_urn
from naru.domain.xds import (
    Association,
    AvailabilityStatus,
    DocumentEntry,
    Folder,
    Submission,
)


def of(submission: Submission) -> tuple[str, ...]:
    """The ids of all the submission's own objects, in order, as sent."""
    return (
        submission.submission_set.entry_uuid,
        *(entry.entry_uuid for entry in submission.entries),
        *(folder.entry_uuid for folder in submission.folders),
        *(association.entry_uuid for association in submission.associations),
    )


def assign(submission: Submission) -> Submission:
    """The submission with a UUID for each symbolic id, and each new object Approved.

    A reference that names no object of the submission is left as it is, for a rule to refuse.
    """
    # ITI TF-2 3.42.4.1.3.7: a valid UUID is kept, a symbol gets the same UUID at each place.
    new = {sent: sent if is_uuid_urn(sent) else new_uuid_urn() for sent in of(submission)}
    return Submission(
        submission_set=replace(
            submission.submission_set,
            entry_uuid=new[submission.submission_set.entry_uuid],
            availability_status=AvailabilityStatus.APPROVED,
        ),
        entries=tuple(_entry(entry, new) for entry in submission.entries),
        folders=tuple(_folder(folder, new) for folder in submission.folders),
        associations=tuple(_association(one, new) for one in submission.associations),
    )


def _entry(entry: DocumentEntry, new: Mapping[str, str]) -> DocumentEntry:
    # ITI TF-2 3.42.4.1.3.3.5: a status that was sent is not looked at.
    return replace(
        entry,
        entry_uuid=new[entry.entry_uuid],
        logical_id=new[entry.entry_uuid],
        version=1,
        availability_status=AvailabilityStatus.APPROVED,
    )


def _folder(folder: Folder, new: Mapping[str, str]) -> Folder:
    return replace(
        folder,
        entry_uuid=new[folder.entry_uuid],
        logical_id=new[folder.entry_uuid],
        version=1,
        availability_status=AvailabilityStatus.APPROVED,
    )


def _association(association: Association, new: Mapping[str, str]) -> Association:
    return replace(
        association,
        entry_uuid=new[association.entry_uuid],
        source=new.get(association.source, association.source),
        target=new.get(association.target, association.target),
        availability_status=AvailabilityStatus.APPROVED,
    )
