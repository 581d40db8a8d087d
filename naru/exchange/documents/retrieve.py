"""ITI-43: give documents that the caller may read now."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db.transaction import atomic

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.consent import services as consent
from naru.consent.queries import has_received as received_before
from naru.domain.decision import Act, Reason
from naru.domain.person import NOBODY
from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure
from naru.domain.xds import DocumentEntryType, DocumentRequest
from naru.exchange.access import Access, attempting, busy, changing, reading
from naru.exchange.decide import Deciding
from naru.exchange.documents import community, on_demand
from naru.exchange.documents.on_demand import Draft, Snapshot
from naru.exchange.sendings import arrivals, delivery
from naru.registry import queries as registry
from naru.registry.values import Indexed  # noqa: TC001  # A value, not a type alone.
from naru.repository import errors
from naru.repository import queries as repository
from naru.repository import services as repository_services


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedDocument:
    """A document on its way out; its bytes are read as they are sent, or `chunks` is closed.

    `snapshot` is the place of the document that was assembled for an On-Demand entry.
    """

    request: DocumentRequest
    mime_type: str
    size: int
    chunks: repository.Chunks
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What may be given, and an error for each document that may not or cannot."""

    documents: tuple[RetrievedDocument, ...]
    errors: tuple[RegistryError, ...]


def retrieve(access: Access, requests: Iterable[DocumentRequest]) -> Retrieved:
    """Look up, decide and open each document once; the access is durable on return.

    What is asked for on demand is assembled, and registered before it is given. What does not exist
    and what may not be read get the same error. Raises AuditUnavailable, and RegistryFailure with
    XDSRepositoryBusy.
    """
    retrieval = _Giving(access)
    retrieval.carry_out(requests)
    return Retrieved(tuple(retrieval.documents), tuple(retrieval.errors))


def not_given(repository_oid: str, unique_id: str) -> RegistryFailure:
    """The refusal of what may not be read, and of what never was."""
    if repository.repository(repository_oid) is None:
        return errors.unknown_repository(repository_oid, unique_id)
    return errors.unknown_document(unique_id)


def _once_each(requests: Iterable[DocumentRequest]) -> Iterable[DocumentRequest]:
    return {(one.repository_unique_id, one.document_unique_id): one for one in requests}.values()


class Retrieval:
    """The documents of one request, as far as they were found."""

    def __init__(self, access: Access, deciding: Deciding | None = None) -> None:
        self._access = access
        self._deciding = deciding or Deciding(access, Act.READ)
        self._people = self._deciding.people
        self._located: Mapping[tuple[str, str], tuple[Indexed, ...]] = {}
        self._readable: Mapping[str, bool] = {}
        self._kept: set[str] = set()
        self.documents: list[RetrievedDocument] = []
        self._received: list[tuple[UUID, str]] = []
        self.addressed: list[str] = []
        self.drafts: list[tuple[DocumentRequest, Draft]] = []
        self.delivered: list[tuple[DocumentRequest, tuple[UUID, ...]]] = []
        self.errors: list[RegistryError] = []

    def carry_out(self, requests: Iterable[DocumentRequest]) -> None:
        """Look up, decide, open and record, as `retrieve` promises; whoever asks may be busy."""
        with (
            busy(ErrorCode.XDSRepositoryBusy),
            attempting(self._access),
            self.closing_unless_answered(),
        ):
            wanted = tuple(_once_each(requests))
            self.locate(wanted)
            for request in wanted:
                with self.refusing(request):
                    self.look_up(request)
            with changing(self._access) if self.changes else reading(self._access):
                for request, whose in self.delivered:
                    with self.refusing(request), atomic():
                        self.open_delivered(request, whose)
                for request, draft in self.drafts:
                    with self.refusing(request), atomic():
                        self.register(request, draft)
                self.note_received()
            self.forget_unused()

    @property
    def changes(self) -> bool:
        """Whether giving the documents changes what stands."""
        return bool(self.drafts or self.delivered or self._received)

    @contextmanager
    def refusing(self, request: DocumentRequest) -> Iterator[None]:
        """One document's refusal does not refuse the others."""
        try:
            yield
        except RegistryFailure as failure:
            self.errors += failure.errors
            self._access.withheld(
                DOCUMENT, request.document_unique_id, request.repository_unique_id
            )
            self._access.refused(*(error.code for error in failure.errors))

    @contextmanager
    def closing_unless_answered(self) -> Iterator[None]:
        """What is open is closed where nothing is answered, and what nobody kept is forgotten."""
        try:
            yield
        except BaseException:
            for document in self.documents:
                document.chunks.close()
            if not self._access.committing:
                repository_services.forget(draft.received for _, draft in self.drafts)
            raise

    def locate(self, requests: Iterable[DocumentRequest]) -> None:
        """Locate all the documents at once, and decide on each by what stands for whose it is.

        So it takes the same statements however many of them are withheld, or were never there.
        """
        asked = [(one.repository_unique_id, one.document_unique_id) for one in requests]
        known = self._deciding.items
        self._located = registry.locate_each(asked, patients=self._people, known=known)
        found = {entry.patient for entries in self._located.values() for entry in entries}
        self._deciding.will_concern(found or {NOBODY})
        every = [entry for entries in self._located.values() for entry in entries]
        answers = registry.readable(every, permit=self._deciding.permit, patients=self._people)
        self._readable = {entry.entry_uuid: may for entry, may in zip(every, answers, strict=True)}

    def look_up(self, request: DocumentRequest) -> None:
        """Open the document that is asked for, or prepare that which is to be assembled."""
        oid, unique_id = request.repository_unique_id, request.document_unique_id
        community.require_ours(request.home_community_id, unique_id)
        # One uniqueId may stand in several entries; none of them opens what another withholds.
        entries = self._located[oid, unique_id]
        if not (entries and all(self._readable[one.entry_uuid] for one in entries)):
            raise not_given(oid, unique_id)
        whose = tuple(dict.fromkeys(entry.patient for entry in entries))
        reasons = {self._deciding.reason_of(entry.entry_uuid) for entry in entries}
        if Reason.PATIENT_DIRECTED in reasons:
            self.delivered.append((request, whose))  # It is opened once: within the change.
            return
        if Reason.ADDRESSED_TO_REQUESTER in reasons:
            self.addressed.append(unique_id)
            self._note_first(whose, unique_id)
        if entries[0].object_type is DocumentEntryType.STABLE:
            self.open(request)
            return
        found = on_demand.prepare(self._access, self._deciding, entries)
        if isinstance(found, Draft):
            self.drafts.append((request, found))
        else:
            self.open(request, found)

    def open_delivered(self, request: DocumentRequest, whose: tuple[UUID, ...]) -> None:
        """Open what a patient had delivered, inside the caller's transaction, if nobody has."""
        opened = [
            delivery.open_within(self._access, one, request.document_unique_id) for one in whose
        ]
        if not all(opened):
            raise errors.unknown_document(request.document_unique_id)
        self.open(request)

    def _note_first(self, whose: tuple[UUID, ...], unique_id: str) -> None:
        """What was received before is so already: to read it again changes nothing."""
        own = self._access.caller.institution
        assert own is not None
        if not received_before(whose, unique_id, own):
            self._received += [(one, unique_id) for one in whose]

    def note_received(self) -> None:
        """Note what the caller received as the one to whom it was sent: it is not unopened then."""
        own = self._access.caller.institution
        for patient, document in self._received:
            assert own is not None
            consent.receive(patient, document, own, self._access.time)

    def register(self, request: DocumentRequest, draft: Draft) -> None:
        """Register and open what was assembled, inside the caller's transaction."""
        snapshot = on_demand.register(self._access, self._deciding, draft)
        self.open(request, snapshot)
        if snapshot.unique_id == draft.entry.unique_id:
            self._kept.add(draft.received.address)

    def forget_unused(self) -> None:
        """Forget what was assembled and then not kept."""
        repository_services.forget(
            draft.received for _, draft in self.drafts if draft.received.address not in self._kept
        )

    def open(self, request: DocumentRequest, snapshot: Snapshot | None = None) -> None:
        """Open what may be given, and note it."""
        oid, unique_id = request.repository_unique_id, request.document_unique_id
        if snapshot is not None:
            oid, unique_id = snapshot.repository, snapshot.unique_id
        held = repository.held(oid, unique_id)
        chunks = repository.chunks(held)
        if self.documents:
            chunks.rest()  # Its turn comes later.
        self.documents.append(
            RetrievedDocument(
                request=request,
                mime_type=held.mime_type,
                size=held.size,
                chunks=chunks,
                snapshot=snapshot,
            )
        )
        self.note_opened(request, oid, unique_id)

    def note_opened(self, request: DocumentRequest, oid: str, unique_id: str) -> None:
        """Note it by the keys under which it stands, which outlive that persons were merged."""
        entries = self._located[request.repository_unique_id, request.document_unique_id]
        for owner in dict.fromkeys(entry.owner for entry in entries):
            self._access.objects.append(AuditedObject(DOCUMENT, unique_id, oid, owner))


class _Giving(Retrieval):
    """Documents that are given out themselves: a referral's paper is received by whoever opens it.

    To read what documents say, as a chart's page does of all of them, is not to open that paper.
    """

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._unopened: list[UUID] = []

    @property
    def changes(self) -> bool:
        """Also that a referral is received changes what stands."""
        return super().changes or bool(self._unopened)

    def look_up(self, request: DocumentRequest) -> None:
        """Also find the referrals that nobody opened, of what was sent to the caller."""
        super().look_up(request)
        if request.document_unique_id in self.addressed:
            self._unopened += arrivals.unopened(self._access, request.document_unique_id)

    def note_received(self) -> None:
        """Note it of each referral, too."""
        super().note_received()
        for referral in self._unopened:
            arrivals.opened(self._access, referral)
