"""What changes the registry: submissions."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Q

from naru.domain.affinity_domain import AffinityDomain
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure
from naru.domain.xds import (
    AssociationType,
    Folder,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.registry import errors, held, identity, ids, lifecycle, rows, selection
from naru.registry.case import Case
from naru.registry.identity import Survivors
from naru.registry.models import Association, Entry, Package, Status
from naru.registry.rules import attributes, membership, message, relationships, uniqueness
from naru.registry.values import (
    Indexed,
    Origin,
    PatientIndex,
    Permit,
    Registered,
    Resolved,
)
from naru.registry.visibility import shown
from naru.storage.rows import insert

_OF_DOCUMENTS: Final = (message.entries_are_stable,)
_ON_DEMAND: Final = (message.entries_are_on_demand, attributes.not_applicable)
_ON_THE_MESSAGE: Final = (
    message.uuids_are_well_formed,
    message.ids_are_unique,
    message.unique_ids_differ,
    message.submits_something,
    message.one_patient,
    message.members_are_submitted,
    attributes.required,
    attributes.times,
    attributes.service_order,
    attributes.unique_ids,
    attributes.hash_and_size,
    attributes.extra_names,
)
_ON_THE_REGISTRY: Final = (
    uniqueness.entry_uuids_are_new,
    uniqueness.package_unique_ids_are_new,
    uniqueness.same_document_is_identical,
    membership.ends_exist,
    membership.source_is_own_set_or_folder,
    membership.target_fits_source,
    membership.folders_are_brought,
    membership.original_or_reference,
    membership.members_are_approved,
    membership.folder_is_approved,
    membership.folder_is_own,
    membership.folder_and_member_share_a_patient,
    relationships.type_is_known,
    relationships.source_is_submitted,
    relationships.target_exists,
    relationships.target_is_approved,
    relationships.replaced_by_its_source,
    relationships.replaced_once,
    relationships.documents_share_a_patient,
    relationships.transformation_is_not_appended,
    relationships.snapshot_is_stable,
)


def register(
    submission: Submission,
    *,
    origin: Origin,
    now: datetime,
    patients: PatientIndex,
    permit: Permit,
    domain: AffinityDomain | None = None,
    on_demand: bool = False,
) -> Registered:
    """Register a submission whole (ITI TF-2 3.42.4.1.3), inside the caller's transaction.

    With `on_demand` its entries are On-Demand ones (ITI TF-2 3.61), else documents.

    `permit` tells what the submitter may read: anything else to which the submission refers counts
    as not there. Raises RegistryFailure with every breach found; the caller then rolls its
    transaction back. Without a `domain` no code is restricted.
    """
    assert connection.in_atomic_block
    resolved = check_message(submission, patients=patients, domain=domain, on_demand=on_demand)
    patient = resolved.patient
    submission = ids.assign(submission)
    case = Case.of(
        submission,
        resolved=resolved,
        institution=origin.institution,
        held=held.load(submission),
        readable=_readable(held.referred(submission), permit, patients),
    )
    _refuse(error for rule in _ON_THE_REGISTRY for error in rule(case))
    deprecated = lifecycle.deprecate(submission)
    carried = lifecycle.carried_memberships(submission)
    submission = replace(submission, associations=(*submission.associations, *carried))
    _store(submission, patient=patient, origin=origin, now=now)
    lifecycle.touch_folders(submission, now=now)
    return Registered(
        submission=submission,
        patient=patient,
        entries=index(submission, patient=patient, origin=origin, now=now),
        packages=_index_packages(submission, patient=patient, origin=origin, now=now),
        deprecated=deprecated,
    )


def end_sending(document: str, *, sender: UUID, recipient: UUID) -> None:
    """The recipient may no more open by name what the sender sent with this document.

    What came in the same submission goes with it. The metadata say who was meant then, as they were
    submitted; who may open it by that is kept beside them. Inside the caller's transaction.
    """
    assert connection.in_atomic_block
    sent = Entry.objects.filter(unique_id=document, institution=sender)
    members = Association.objects.filter(
        type=AssociationType.HAS_MEMBER, submission_set_status=SubmissionSetStatus.ORIGINAL
    )
    sets = Package.objects.filter(
        kind=Package.Kind.SUBMISSION_SET,
        entry_uuid__in=members.filter(target__in=sent.values("entry_uuid")).values("source"),
    ).values("entry_uuid")
    brought = members.filter(source__in=sets).values("target")
    for rows_ in (
        Entry.objects.filter(entry_uuid__in=brought),
        Package.objects.filter(Q(entry_uuid__in=sets) | Q(entry_uuid__in=brought)),
    ):
        for row in rows_.select_for_update().order_by("id"):
            left = [one for one in selection.recipients(row.recipients) if one != recipient]
            row.recipients = rows.listed(one.hex for one in left)
            row.save(update_fields=["recipients"])


def lock(entry_uuid: str) -> bool:
    """Keep others from changing an entry until this transaction ends; tell whether it is Approved.

    SQLite needs nothing more than the transaction: its write transactions follow one another.
    """
    assert connection.in_atomic_block
    rows = Entry.objects.select_for_update().filter(entry_uuid=entry_uuid)
    return rows.values_list("status", flat=True).first() == Status.APPROVED


def check_message(
    submission: Submission,
    *,
    patients: PatientIndex,
    domain: AffinityDomain | None = None,
    on_demand: bool = False,
) -> Resolved:
    """Apply the rules that need no lock, and name the patient; raises RegistryFailure."""
    rules = (*(_ON_DEMAND if on_demand else _OF_DOCUMENTS), *_ON_THE_MESSAGE)
    found = [error for rule in rules for error in rule(submission)]
    if domain is not None:
        found += attributes.codes(submission, domain)
    identifier = submission.submission_set.patient_id
    resolved = identity.known(identifier, patients) if identifier else None
    if identifier and resolved is None:
        found.append(_unknown(identifier))
    _refuse(found)
    assert resolved is not None
    return resolved


def _unknown(identifier: Identifier) -> RegistryError:
    # ITI TF-3 Table 4.2.4.1-2: the context includes the id, which only its sender gets back.
    return RegistryError(
        ErrorCode.XDSUnknownPatientId, f"the patient {identifier} is not known here"
    )


def index(
    submission: Submission, *, patient: UUID, origin: Origin, now: datetime
) -> tuple[Indexed, ...]:
    """The submission's entries as the consent decision sees them, before or after registering."""
    return tuple(
        rows.indexed(entry, patient=patient, origin=origin, now=now) for entry in submission.entries
    )


def _readable(referred: Collection[str], permit: Permit, patients: PatientIndex) -> Collection[str]:
    return shown(referred, permit, Survivors(patients)) if referred else referred


def _index_packages(
    submission: Submission, *, patient: UUID, origin: Origin, now: datetime
) -> tuple[Indexed, ...]:
    # By the day on which they are filed: a submissionTime is whatever its sender writes.
    packages: tuple[SubmissionSet | Folder, ...] = (submission.submission_set, *submission.folders)
    return tuple(
        rows.indexed_package(package, korean_day(now), patient=patient, origin=origin)
        for package in packages
    )


def _refuse(found: Iterable[RegistryError]) -> None:
    breaches = tuple(found)
    if breaches:
        raise RegistryFailure(*breaches)


def _store(submission: Submission, *, patient: UUID, origin: Origin, now: datetime) -> None:
    try:
        insert(_packages(submission, patient=patient, origin=origin, now=now))
        insert(
            rows.of_entry(entry, patient=patient, origin=origin, now=now)
            for entry in submission.entries
        )
        insert(map(rows.of_association, submission.associations))
    except IntegrityError:
        # The uniqueIds are locked, so that only an entryUUID can have been taken meanwhile.
        _refuse([errors.metadata("an id is in use in the registry")])


def _packages(
    submission: Submission, *, patient: UUID, origin: Origin, now: datetime
) -> Iterator[Package]:
    yield rows.of_submission_set(submission.submission_set, patient=patient, origin=origin, now=now)
    for folder in submission.folders:
        yield rows.of_folder(folder, patient=patient, origin=origin, now=now)
