"""What a submission must be in itself, before the registry is looked at."""

from collections import Counter
from collections.abc import Iterator, Sequence

from naru.domain.identifiers import is_uuid_urn
from naru.domain.registry_errors import ErrorCode, RegistryError
from naru.domain.xds import (
    AssociationType,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    Submission,
    SubmissionSet,
)
from naru.registry import errors, ids


def uuids_are_well_formed(submission: Submission) -> Iterator[RegistryError]:
    """What begins with urn:uuid: is a lower-case UUID (ITI TF-3 4.2.3.1.5)."""
    for sent in ids.of(submission):
        if not sent:
            yield errors.metadata("an object has no id")
        elif sent.startswith("urn:uuid:") and not is_uuid_urn(sent):
            yield errors.metadata("an id is no lower-case UUID", sent)


def ids_are_unique(submission: Submission) -> Iterator[RegistryError]:
    """No two objects of a submission share an id (ebRIM 3.0 2.4.1)."""
    for sent, times in Counter(ids.of(submission)).items():
        if sent and times > 1:
            yield errors.metadata("two objects have one id", sent)


def unique_ids_differ(submission: Submission) -> Iterator[RegistryError]:
    """No uniqueId is used twice in a message (ITI TF-3 Table 4.2.4.1-2)."""
    sent: Sequence[DocumentEntry | SubmissionSet | Folder] = (
        submission.submission_set,
        *submission.entries,
        *submission.folders,
    )
    for unique_id, times in Counter(one.unique_id for one in sent).items():
        if unique_id and times > 1:
            yield RegistryError(
                ErrorCode.XDSRegistryDuplicateUniqueIdInMessage,
                f"the uniqueId {unique_id} is used more than once",
            )


def submits_something(submission: Submission) -> Iterator[RegistryError]:
    """A SubmissionSet has at least one member (ITI TF-3 4.1.1.1, 4.1.4)."""
    own = submission.submission_set.entry_uuid
    if not any(
        one.type == AssociationType.HAS_MEMBER and one.source == own
        for one in submission.associations
    ):
        yield errors.metadata("the SubmissionSet has no member", own)


def one_patient(submission: Submission) -> Iterator[RegistryError]:
    """All objects of a submission belong to one patient (ITI TF-2 3.42.4.1.3.3.2)."""
    expected = submission.submission_set.patient_id
    sent: Sequence[DocumentEntry | Folder] = (*submission.entries, *submission.folders)
    for one in sent:
        if one.patient_id is not None and expected is not None and one.patient_id != expected:
            yield errors.patient_mismatch(
                f"the patient {one.patient_id} is not that of the SubmissionSet", one.entry_uuid
            )


def entries_are_stable(submission: Submission) -> Iterator[RegistryError]:
    """On-Demand entries come by another transaction (ITI TF-2 3.42.4.1.2)."""
    for entry in submission.entries:
        if entry.object_type is not DocumentEntryType.STABLE:
            yield errors.metadata("an On-Demand DocumentEntry is not accepted", entry.entry_uuid)


def entries_are_on_demand(submission: Submission) -> Iterator[RegistryError]:
    """There is an entry, and every entry is On-Demand (ITI TF-2 3.61.4.1.2)."""
    if not submission.entries:
        yield errors.metadata(
            "there is no On-Demand DocumentEntry", submission.submission_set.entry_uuid
        )
    for entry in submission.entries:
        if entry.object_type is not DocumentEntryType.ON_DEMAND:
            yield errors.metadata("a Stable DocumentEntry is not accepted", entry.entry_uuid)


def members_are_submitted(submission: Submission) -> Iterator[RegistryError]:
    """Each entry, folder and folder membership has its HasMember (ITI TF-3 4.1.4 point 3)."""
    own = submission.submission_set.entry_uuid
    has_member = [one for one in submission.associations if one.type == AssociationType.HAS_MEMBER]
    members = Counter(one.target for one in has_member if one.source == own)
    needed = (
        *(entry.entry_uuid for entry in submission.entries),
        *(folder.entry_uuid for folder in submission.folders),
        # ITI TF-3 4.2.2.1.3: a FD-DE HasMember is accompanied by a SS-HM HasMember.
        *(one.entry_uuid for one in has_member if one.source != own),
    )
    for sent in needed:
        if members[sent] != 1:
            yield errors.metadata("an object is not once a member of the SubmissionSet", sent)
