"""ITI-42: register documents that a repository holds; the part of ITI-41 that registers, too."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.domain.decision import NOT_TAKEN, Act
from naru.domain.korea import korean_day
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.domain.xds import DocumentEntry, Submission
from naru.exchange.access import Access, busy, changing
from naru.exchange.consent import documents as consent_documents
from naru.exchange.consent.documents import Brought
from naru.exchange.decide import Deciding
from naru.exchange.documents import community, signatures
from naru.exchange.institutions import participants
from naru.ledger import services as ledger
from naru.patients import queries as patients
from naru.registry import services as registry
from naru.registry.values import Origin, Registered


def register(access: Access, submission: Submission, *, on_demand: bool = False) -> Registered:
    """Register a submission whole or not at all; with `on_demand`, what is assembled when asked.

    Raises RegistryFailure, AuditUnavailable.
    """
    with busy(ErrorCode.XDSRegistryBusy), changing(access):
        _check_repository(access, submission)
        return admit(access, submission, on_demand=on_demand)


def admit(
    access: Access,
    submission: Submission,
    digests: Mapping[str, bytes] | None = None,
    papers: Mapping[str, Brought] | None = None,
    *,
    on_demand: bool = False,
) -> Registered:
    """Register, decide and commit to the ledger, inside the caller's transaction.

    `digests` are the SHA-256 of documents that are held here, `papers` what the consent documents
    among them say, both by uniqueId.
    """
    access.patient_id = str(submission.submission_set.patient_id)
    access.submission_set = submission.submission_set.unique_id
    participants.require_own_name(access.caller, submission, on=korean_day(access.time))
    registered = registry.register(
        community.held_here(submission),
        origin=_origin(access, submission),
        now=access.time,
        patients=patients,
        permit=Deciding(access, Act.READ, only_refusals=True).permit,
        domain=settings.AFFINITY_DOMAIN,
        on_demand=on_demand,
    )
    access.concerns(registered.patient)
    consent_documents.take_effect(access, registered, papers or {})
    _refuse_unless_permitted(access, registered)
    for entry in registered.submission.entries:
        access.objects.append(
            AuditedObject(DOCUMENT, entry.unique_id, entry.repository_unique_id, registered.patient)
        )
        if not on_demand:  # Its documents are committed when there are any.
            ledger.commit_document(UUID(entry.entry_uuid[9:]), _digest(entry, digests or {}))
    return registered


def _check_repository(access: Access, submission: Submission) -> None:
    """An entry leads to the repository of its sender or of the hub that serves it, to no other's.

    A sandbox's nameless sender may name any.
    """
    if access.caller.institution is None:
        return
    own = participants.repository_of(access.caller, on=korean_day(access.time))
    for entry in submission.entries:
        if entry.repository_unique_id not in {None, own}:
            raise failure(
                ErrorCode.XDSRegistryMetadataError,
                "DocumentEntry.repositoryUniqueId is not the repository that serves the sender",
                entry.entry_uuid,
            )


def _origin(access: Access, submission: Submission) -> Origin:
    return Origin(
        institution=access.caller.institution,
        recipients=participants.named(
            submission.submission_set.intended_recipients, on=access.time
        ),
    )


def _refuse_unless_permitted(access: Access, registered: Registered) -> None:
    items = [*registered.entries, *registered.packages]
    if _is_only_consent_papers(registered):
        items.remove(registered.packages[0])  # Their set says no more than they do.
    if not all(Deciding(access, Act.REGISTER).permit(items)):
        raise _not_accepted()


def _is_only_consent_papers(registered: Registered) -> bool:
    entries = registered.submission.entries
    return bool(entries) and all(
        consent_documents.is_consent_document(one) or signatures.is_of_a_consent(one)
        for one in entries
    )


def _not_accepted() -> RegistryFailure:
    # The sender's system learns no more than any other requester; the patient is told why.
    return failure(ErrorCode.XDSRegistryError, NOT_TAKEN)


def _digest(entry: DocumentEntry, digests: Mapping[str, bytes]) -> bytes:
    """The document's SHA-256; of a document held elsewhere, that of what its metadata say."""
    held = digests.get(entry.unique_id)
    return held or sha256(f"{entry.hash}:{entry.size}".encode()).digest()
