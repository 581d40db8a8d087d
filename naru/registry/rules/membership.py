"""HasMember associations (ITI TF-3 4.2.2.1, ITI TF-2 3.42.4.1.3.4)."""

from collections.abc import Iterator
from typing import Final

from naru.domain.registry_errors import RegistryError
from naru.domain.xds import Association, AssociationType, SubmissionSetStatus
from naru.registry import errors
from naru.registry.case import Case, Kind

_NO_MEMBERS: Final = frozenset({Kind.SUBMISSION_SET, Kind.ASSOCIATION})


def _has_member(case: Case) -> Iterator[Association]:
    return (one for one in case.submission.associations if one.type == AssociationType.HAS_MEMBER)


def ends_exist(case: Case) -> Iterator[RegistryError]:
    """Both ends are in the submission or in the registry (ITI TF-3 Table 4.2.4.1-2)."""
    for one in _has_member(case):
        for end in (case.source(one), case.target(one)):
            if end.kind is Kind.NOTHING:
                yield errors.unresolved("an association refers to nothing", one.entry_uuid)


def source_is_own_set_or_folder(case: Case) -> Iterator[RegistryError]:
    """A submission adds members to its own SubmissionSet and to folders (ITI TF-3 4.2.2.1)."""
    for one in _has_member(case):
        source = case.source(one)
        own = source.kind is Kind.SUBMISSION_SET and source.new
        if not own and source.kind not in {Kind.FOLDER, Kind.NOTHING}:
            yield errors.metadata("this object can have no member", one.entry_uuid)


def target_fits_source(case: Case) -> Iterator[RegistryError]:
    """SS-DE, SS-FD, SS-HM and FD-DE are all there is (ITI TF-3 4.1.2.1)."""
    for one in _has_member(case):
        source, target = case.source(one), case.target(one)
        if target.kind is Kind.NOTHING:
            continue
        if source.kind is Kind.FOLDER and target.kind is not Kind.ENTRY:
            yield errors.metadata("a Folder's member is no DocumentEntry", one.entry_uuid)
        if source.kind is Kind.SUBMISSION_SET and target.kind in _NO_MEMBERS:
            yield errors.metadata(f"this {target.kind.value} is no member", one.entry_uuid)


def folders_are_brought(case: Case) -> Iterator[RegistryError]:
    """SS-FD HasMember tells which submission created the folder (ITI TF-3 4.1.2.1)."""
    for one in _has_member(case):
        target = case.target(one)
        by_set = case.source(one).kind is Kind.SUBMISSION_SET
        if by_set and target.kind is Kind.FOLDER and not target.new:
            yield errors.metadata("the Folder was created by another submission", one.entry_uuid)


def original_or_reference(case: Case) -> Iterator[RegistryError]:
    """SubmissionSetStatus says whether the entry is brought or referred to (4.2.2.1.1)."""
    for one in _has_member(case):
        source, target = case.source(one), case.target(one)
        own = source.kind is Kind.SUBMISSION_SET and source.new
        if not own or target.kind is not Kind.ENTRY:
            continue
        expected = SubmissionSetStatus.ORIGINAL if target.new else SubmissionSetStatus.REFERENCE
        if one.submission_set_status is not expected:
            yield errors.metadata(f"SubmissionSetStatus must be {expected} here", one.entry_uuid)


def members_are_approved(case: Case) -> Iterator[RegistryError]:
    """A deprecated document is referred to no more (ITI TF-3 4.2.2)."""
    for one in _has_member(case):
        target = case.target(one)
        if target.kind is Kind.ENTRY and not target.approved:
            yield errors.deprecated(target.uuid, one.entry_uuid)


def folder_is_approved(case: Case) -> Iterator[RegistryError]:
    """A document joins an approved folder only (ITI TF-2 3.42.4.1.3.4)."""
    for one in _has_member(case):
        source = case.source(one)
        if source.kind is Kind.FOLDER and not source.approved:
            yield errors.metadata("the Folder is deprecated", one.entry_uuid)


def folder_is_own(case: Case) -> Iterator[RegistryError]:
    """Only the institution that created a folder puts documents into it."""
    for one in _has_member(case):
        source = case.source(one)
        if source.kind is Kind.FOLDER and source.institution != case.institution:
            yield errors.metadata("the Folder is that of another institution", one.entry_uuid)


def folder_and_member_share_a_patient(case: Case) -> Iterator[RegistryError]:
    """All documents of a folder belong to its patient (ITI TF-2 3.42.4.1.3.3.2).

    A SubmissionSet may refer to another patient's document (ITI TF-3 4.2.2.1.1).
    """
    for one in _has_member(case):
        source, target = case.source(one), case.target(one)
        both = source.kind is Kind.FOLDER and target.kind is Kind.ENTRY
        if both and not source.patient == target.patient == case.patient:
            yield errors.patient_mismatch(
                "the Folder and its member belong to different patients", one.entry_uuid
            )
