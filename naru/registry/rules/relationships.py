"""Associations between two documents (ITI TF-2 3.42.4.1.3.5, ITI TF-3 4.2.2.2)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from naru.domain.registry_errors import RegistryError
from naru.domain.xds import Association, AssociationType
from naru.registry import errors
from naru.registry.case import Case, Kind

REPLACING: Final = frozenset({AssociationType.RPLC, AssociationType.XFRM_RPLC})
_OF_REGISTERED_ONLY: Final = REPLACING | {AssociationType.IS_SNAPSHOT_OF}
_KNOWN: Final = frozenset(AssociationType)


def _relationships(case: Case) -> Iterator[Association]:
    return (one for one in case.submission.associations if one.type != AssociationType.HAS_MEMBER)


def type_is_known(case: Case) -> Iterator[RegistryError]:
    """The types of ITI TF-3 4.2.2 are all there is."""
    for one in _relationships(case):
        if one.type not in _KNOWN:
            yield errors.metadata("the association's type is not known", one.entry_uuid)


def source_is_submitted(case: Case) -> Iterator[RegistryError]:
    """The source is a DocumentEntry of the submission (3.42.4.1.3.5)."""
    for one in _relationships(case):
        source = case.source(one)
        if source.kind is not Kind.ENTRY or not source.new:
            yield errors.unresolved("the source is no document of the submission", one.entry_uuid)


def target_exists(case: Case) -> Iterator[RegistryError]:
    """The target is registered; for some types it may come in the same submission."""
    for one in _relationships(case):
        target = case.target(one)
        if target.kind is not Kind.ENTRY or (target.new and one.type in _OF_REGISTERED_ONLY):
            yield errors.unresolved("the target is no registered document", one.entry_uuid)


def target_is_approved(case: Case) -> Iterator[RegistryError]:
    """Only the most recent version can be replaced, amended or signed (3.42.4.1.3.5)."""
    for one in _relationships(case):
        target = case.target(one)
        if target.kind is Kind.ENTRY and not target.approved:
            yield errors.deprecated(target.uuid, one.entry_uuid)


def replaced_by_its_source(case: Case) -> Iterator[RegistryError]:
    """Only the institution that registered a document replaces it: a replacement deprecates it."""
    for one in _relationships(case):
        target = case.target(one)
        foreign = target.kind is Kind.ENTRY and target.institution != case.institution
        if one.type in REPLACING and foreign:
            yield errors.metadata("the document is that of another institution", one.entry_uuid)


def replaced_once(case: Case) -> Iterator[RegistryError]:
    """A second replacement in one submission finds the document deprecated by the first."""
    replaced = Counter(one.target for one in _relationships(case) if one.type in REPLACING)
    for uuid, times in replaced.items():
        if times > 1:
            yield errors.deprecated(uuid, uuid)


def documents_share_a_patient(case: Case) -> Iterator[RegistryError]:
    """Both documents belong to one patient, merges considered (3.42.4.1.3.3.2, 3.42.4.1.3.5)."""
    for one in _relationships(case):
        target = case.target(one)
        if target.kind is Kind.ENTRY and target.patient != case.patient:
            yield errors.patient_mismatch(
                "the related documents belong to different patients", one.entry_uuid
            )


def transformation_is_not_appended(case: Case) -> Iterator[RegistryError]:
    """A transformation is another form of an original and takes no addendum (4.2.2.2.1)."""
    transforms = case.held.transforms | {
        one.source for one in _relationships(case) if one.type == AssociationType.XFRM
    }
    for one in _relationships(case):
        to_a_document = case.target(one).kind is Kind.ENTRY
        if one.type == AssociationType.APND and to_a_document and one.target in transforms:
            yield errors.metadata("a transformation takes no addendum", one.entry_uuid)


def snapshot_is_stable(case: Case) -> Iterator[RegistryError]:
    """A snapshot is a Stable entry of an On-Demand one (3.42.4.1.3.5)."""
    for one in _relationships(case):
        if one.type != AssociationType.IS_SNAPSHOT_OF:
            continue
        source, target = case.source(one), case.target(one)
        if Kind.ENTRY is source.kind is target.kind and not (source.stable and not target.stable):
            yield errors.metadata("a snapshot is Stable, its target On-Demand", one.entry_uuid)
