"""A document that is assembled when it is asked for, kept as a snapshot before it is given.

ITI TF-1 10.2.7, 10.2.8; TF-2 3.43.4.2.3. What its source itself sends as a snapshot goes before
what is assembled here. While what the asker may read of the source stays the same, the document of
last time is given again, under the same uniqueId.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.domain.dtm import from_datetime
from naru.domain.identifiers import new_oid
from naru.domain.on_demand import OnDemand
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Submission,
    SubmissionSetStatus,
)
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.ledger import services as ledger
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry import services as registration
from naru.registry.values import Indexed, Origin
from naru.repository import errors
from naru.repository import queries as repository
from naru.repository import services as repository_services
from naru.repository.values import Received

_APPROVED: Final = (AvailabilityStatus.APPROVED,)
_DOCUMENT: Final = "document"
_SET: Final = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A document of which a snapshot is held, by its place."""

    repository: str
    unique_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that was assembled and is durable, and belongs to no registered entry yet."""

    on_demand: Indexed
    """The entry that was asked for."""
    entry: DocumentEntry
    """The snapshot's entry, under a symbolic id."""
    sources: tuple[str, ...]
    received: Received


def prepare(access: Access, deciding: Deciding, located: Sequence[Indexed]) -> Snapshot | Draft:
    """The snapshot that is to be given, or what is to become one. Changes nothing but the store.

    `located` are the entries of the uniqueId, all of which may be read. Raises RegistryFailure with
    XDSDocumentUniqueIdError where none is Approved any more, XDSRepositoryError where nobody
    assembles such a document.
    """
    approved = [one for one in located if one.status is AvailabilityStatus.APPROVED]
    if not approved:  # ITI TF-3 4.1.1.3.2: it may not have the most recent information.
        raise errors.unknown_document(located[-1].unique_id)
    wanted = approved[-1]
    sources = _sources(wanted, deciding)
    basis = tuple(one.entry_uuid for one in sources)
    return _held(wanted, basis, deciding) or _assembled(access, wanted, sources)


def register(access: Access, deciding: Deciding, draft: Draft) -> Snapshot:
    """Register and keep the draft inside the caller's transaction, unless another was faster.

    Raises RegistryFailure.
    """
    wanted = draft.on_demand
    if not registration.lock(wanted.entry_uuid):
        raise errors.unknown_document(wanted.unique_id)
    found = _held(wanted, draft.sources, deciding)
    if found is not None:
        return found
    registered = registration.register(
        _submission(access, draft, _replaced(wanted, deciding)),
        origin=Origin(
            institution=wanted.institution,
            recipients=wanted.recipients,
            assembled_from=draft.sources,
        ),
        now=access.time,
        patients=patients,
        permit=deciding.permit,
        domain=settings.AFFINITY_DOMAIN,
    )
    (entry,) = registered.submission.entries
    assert entry.repository_unique_id is not None
    ledger.commit_document(UUID(entry.entry_uuid[9:]), bytes.fromhex(draft.received.sha256))
    claim = repository_services.Claim(unique_id=entry.unique_id, mime_type=entry.mime_type)
    repository_services.keep(
        draft.received, claim, repository_oid=entry.repository_unique_id, now=access.time
    )
    return Snapshot(repository=entry.repository_unique_id, unique_id=entry.unique_id)


def _sources(wanted: Indexed, deciding: Deciding) -> tuple[DocumentEntry, ...]:
    """The approved documents of the entry's source and patient that the asker may read."""

    def permit(items: Sequence[Indexed]) -> list[bool]:
        own = [
            item
            for item in items
            if item.institution == wanted.institution and item.assembled_from is None
        ]
        permitted = dict(zip([one.entry_uuid for one in own], deciding.permit(own), strict=True))
        return [permitted.get(item.entry_uuid, False) for item in items]

    person = patients.affinity_id(wanted.patient)
    assert person is not None  # Under it the entry was registered.
    query = FindDocuments(patient_id=person, status=_APPROVED)
    return registry.run(query, patients=patients, permit=permit, leaf=True).entries


def _held(wanted: Indexed, basis: tuple[str, ...], deciding: Deciding) -> Snapshot | None:
    """The newest snapshot that its source sent, else that of the same documents."""
    found = _readable(registry.snapshots([wanted.entry_uuid], patients=patients), deciding)
    found = [one for one in found if repository.repository(one.repository or "") is not None]
    sent = [
        one
        for one in found
        if one.assembled_from is None and one.status is AvailabilityStatus.APPROVED
    ]
    same = [one for one in found if one.assembled_from == basis]
    for one in (*sent[-1:], *same[-1:]):
        return Snapshot(repository=one.repository or "", unique_id=one.unique_id)
    return None


def _readable(found: Sequence[Indexed], deciding: Deciding) -> list[Indexed]:
    answers = registry.readable(found, permit=deciding.permit, patients=patients)
    return [one for one, answer in zip(found, answers, strict=True) if answer]


def _replaced(wanted: Indexed, deciding: Deciding) -> list[str]:
    """The approved snapshots from here that the asker would see beside the new one."""
    found = _readable(registry.snapshots([wanted.entry_uuid], patients=patients), deciding)
    return [
        one.entry_uuid
        for one in found
        if one.status is AvailabilityStatus.APPROVED and one.assembled_from is not None
    ]


def _assembled(access: Access, wanted: Indexed, sources: tuple[DocumentEntry, ...]) -> Draft:
    entry = registry.whole(wanted.entry_uuid, patients=patients)
    assemble = settings.ON_DEMAND.of(entry)
    if assemble is None:
        raise errors.unreadable(wanted.unique_id)
    unique_id = new_oid()
    asked = OnDemand(entry=entry, unique_id=unique_id, time=access.time, sources=sources)
    content = assemble(asked)
    writer = repository_services.receive()
    writer.write(content)
    received = repository_services.settle(
        writer, repository_services.Claim(unique_id=unique_id, mime_type=entry.mime_type)
    )
    return Draft(
        on_demand=wanted,
        entry=_described(asked, received),
        sources=tuple(one.entry_uuid for one in sources),
        received=received,
    )


def _described(asked: OnDemand, received: Received) -> DocumentEntry:
    """The Stable entry of a snapshot: the On-Demand one's words, the times of what is in it."""
    days = sorted(
        start for one in asked.sources if (start := one.service_start_time or one.creation_time)
    )
    return replace(
        asked.entry,
        entry_uuid=_DOCUMENT,
        unique_id=asked.unique_id,
        object_type=DocumentEntryType.STABLE,
        creation_time=from_datetime(asked.time),
        service_start_time=days[0] if days else None,
        service_stop_time=None,
        hash=received.sha1,
        size=received.size,
    )


def _submission(access: Access, draft: Draft, replaced: Sequence[str]) -> Submission:
    """ITI TF-2 3.43.4.2.3: the snapshot in a submission set as its source would send it."""
    brought = registry.brought_by(draft.on_demand.entry_uuid, patients=patients)
    links = [(AssociationType.IS_SNAPSHOT_OF, draft.on_demand.entry_uuid)]
    links += [(AssociationType.RPLC, uuid) for uuid in replaced]
    return Submission(
        submission_set=replace(
            brought,
            entry_uuid=_SET,
            unique_id=new_oid(),
            submission_time=from_datetime(access.time),
        ),
        entries=(draft.entry,),
        associations=(
            Association(
                entry_uuid="member",
                type=AssociationType.HAS_MEMBER,
                source=_SET,
                target=_DOCUMENT,
                submission_set_status=SubmissionSetStatus.ORIGINAL,
            ),
            *(
                Association(entry_uuid=f"link-{at}", type=kind, source=_DOCUMENT, target=target)
                for at, (kind, target) in enumerate(links)
            ),
        ),
    )
