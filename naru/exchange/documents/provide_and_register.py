"""ITI-41: keep documents in the caller's repository and register them, all or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from naru.domain.consent_paper import ReadPaper, SignedPaper, no_paper
from naru.domain.detached_signature import ReadSignature, no_signature
from naru.domain.findings import Finding
from naru.domain.korea import korean_day
from naru.domain.registry_errors import ErrorCode
from naru.domain.xds import DocumentEntry, Submission
from naru.exchange.access import Access, attempting, busy, changing
from naru.exchange.consent import documents as consent_documents
from naru.exchange.consent.documents import Brought
from naru.exchange.documents import checks as document_checks
from naru.exchange.documents import signatures
from naru.exchange.documents.register import admit
from naru.exchange.documents.signatures import Signatures
from naru.exchange.institutions import participants
from naru.exchange.sendings import arrivals
from naru.registry.values import Registered
from naru.repository import queries
from naru.repository import services as repository
from naru.repository.values import Received
from naru.storage.objects import ObjectWriter


@dataclass(frozen=True, slots=True)
class Beside:
    """What is done in the transaction of a registration: before it is decided on, and after."""

    before: Callable[[], None] = lambda: None
    after: Callable[[Registered], None] = lambda _registered: None


ALONE: Final = Beside()


def provide_and_register(
    access: Access,
    submission: Submission,
    documents: Mapping[str, ObjectWriter],
    read_paper: ReadPaper = no_paper,
    read_signature: ReadSignature = no_signature,
    beside: Beside = ALONE,
) -> Registered:
    """Keep and register; `documents` are the bytes received, by the entry's id in the message.

    What is done `beside` it is in the same transaction.

    `read_paper` reads the consent documents among them, which take effect only by their own words,
    and `read_signature` what signs any of them.
    The bytes are durable before the registration begins and are forgotten when it fails. Where its
    commit fails, whether it was made may be unknown: the sweep then finds out if they are in use.
    Raises RegistryFailure, StorageFailed, AuditUnavailable.
    """
    with busy(ErrorCode.XDSRepositoryBusy), attempting(access):
        oid = participants.repository_of(access.caller, on=korean_day(access.time))
        claims = {entry.entry_uuid: _claim(entry) for entry in submission.entries}
        repository.check_message(claims.values())
        received: dict[str, Received] = {}
        try:
            for identity, claim in claims.items():
                received[identity] = repository.settle(documents[identity], claim)
            papers = consent_documents.read(submission, received, read_paper)
            signed = signatures.read(access, submission, received, papers, read_signature)
            brought = {
                name: Brought(paper, _signed(name, submission, received, signed))
                for name, paper in papers.items()
            }
            found = document_checks.look(submission, received, korean_day(access.time))
            registered = _keep_and_register(
                access, submission, received, brought, found, oid, beside
            )
            flagged = (*signed.flagged, *document_checks.warnings(submission, found))
            return replace(registered, warnings=(*registered.warnings, *flagged))
        except BaseException:
            if not access.committing:
                repository.forget(received.values())
            raise


def _keep_and_register(
    access: Access,
    submission: Submission,
    received: Mapping[str, Received],
    papers: Mapping[str, Brought],
    found: Mapping[str, tuple[Finding, ...]],
    oid: str,
    beside: Beside,
) -> Registered:
    with changing(access):
        beside.before()
        described = tuple(
            _described(entry, received[entry.entry_uuid], oid) for entry in submission.entries
        )
        digests = {
            entry.unique_id: bytes.fromhex(received[entry.entry_uuid].sha256)
            for entry in submission.entries
        }
        registered = admit(access, replace(submission, entries=described), digests, papers)
        # Afterwards, since only the registry knows who may be told that a uniqueId is in use.
        for entry in submission.entries:
            repository.keep(
                received[entry.entry_uuid], _claim(entry), repository_oid=oid, now=access.time
            )
            if entry.entry_uuid in found:
                repository.note(received[entry.entry_uuid], found[entry.entry_uuid])
        if beside is ALONE:
            arrivals.tell(
                access,
                registered,
                {entry.unique_id: received[entry.entry_uuid] for entry in submission.entries},
            )
        beside.after(registered)
        return registered


def _signed(
    unique_id: str,
    submission: Submission,
    received: Mapping[str, Received],
    signed: Signatures,
) -> SignedPaper | None:
    """The paper's octets with the signature that stands for it."""
    if unique_id not in signed.standing:
        return None
    (entry,) = [one for one in submission.entries if one.unique_id == unique_id]
    content = queries.content(received[entry.entry_uuid])
    return SignedPaper(content=content, signature=signed.standing[unique_id])


def _claim(entry: DocumentEntry) -> repository.Claim:
    return repository.Claim(
        unique_id=entry.unique_id,
        mime_type=entry.mime_type,
        hash=entry.hash,
        size=entry.size,
    )


def _described(entry: DocumentEntry, received: Received, oid: str) -> DocumentEntry:
    # ITI TF-2 3.41.4.1.3: the repository adds its id, and hash and size where they are absent.
    return replace(
        entry,
        repository_unique_id=oid,
        hash=entry.hash or received.sha1,
        size=received.size if entry.size is None else entry.size,
    )
