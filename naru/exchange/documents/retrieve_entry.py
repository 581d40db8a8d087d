"""ITI-68: give the document of one entry; the same retrieval, decision and record as ITI-43."""

from collections.abc import Callable

from naru.audit.queries import DOCUMENT
from naru.domain.decision import Act
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.domain.xds import AvailabilityStatus, DocumentEntryType, DocumentRequest
from naru.exchange.access import Access, busy, reading
from naru.exchange.decide import Deciding
from naru.exchange.documents.retrieve import RetrievedDocument, not_given, retrieve
from naru.exchange.people import People
from naru.registry import queries as registry
from naru.registry.values import Indexed
from naru.repository import errors


class NotWanted(Exception):
    """The document is in a media type that was not asked for; nothing of it is given."""


def retrieve_entry(
    access: Access, entry_uuid: str, *, wanted: Callable[[str], bool]
) -> RetrievedDocument:
    """Open the document of an entry; the access is durable on return.

    What does not exist and what may not be read get the same XDSDocumentUniqueIdError. Who may read
    is told of a deprecated document by XDSRegistryDeprecatedDocumentError, and of one in a media
    type that is not `wanted` by NotWanted. Raises AuditUnavailable.
    """
    entry = _located(access, entry_uuid)
    assert entry.repository is not None
    request = DocumentRequest(
        repository_unique_id=entry.repository, document_unique_id=entry.unique_id
    )
    deprecated = entry.status is AvailabilityStatus.DEPRECATED
    # What is assembled on demand shows its media type only then.
    unwanted = entry.object_type is DocumentEntryType.STABLE and not wanted(entry.mime_type)
    if deprecated or unwanted:
        _refuse_deprecated(access, entry, deprecated=deprecated)
        raise NotWanted
    retrieved = retrieve(access, [request])
    if retrieved.errors:
        raise RegistryFailure(*retrieved.errors)
    (document,) = retrieved.documents
    if not wanted(document.mime_type):  # Assembled on demand: its type was not known before.
        document.chunks.close()
        raise NotWanted
    return document


def _located(access: Access, entry_uuid: str) -> Indexed:
    with busy(ErrorCode.XDSRepositoryBusy):
        entry = registry.located(entry_uuid, patients=People())
    if entry is None or entry.repository is None:
        with busy(ErrorCode.XDSRepositoryBusy), reading(access):
            access.withheld(DOCUMENT, entry_uuid, "")
            _permitted(access, "", "")  # As long as what is there and withheld would take.
            not_given("", "")
            raise errors.unknown_document(entry_uuid)
    return entry


def _permitted(access: Access, repository_oid: str, unique_id: str) -> bool:
    """Whether every entry of a document may be read; the same statements if there is none."""
    people = People()
    entries = registry.locate(repository_oid, unique_id, patients=people)
    permit = Deciding(access, Act.READ, people=people).permit
    return all(registry.readable(entries, permit=permit, patients=people))


def _refuse_deprecated(access: Access, entry: Indexed, *, deprecated: bool) -> None:
    """Decide as for a retrieval, record that nothing was given, and say why to who may know."""
    with busy(ErrorCode.XDSRepositoryBusy), reading(access):
        permitted = _permitted(access, entry.repository or "", entry.unique_id)
        access.withheld(DOCUMENT, entry.unique_id, entry.repository or "")
        if not permitted:
            raise not_given(entry.repository or "", entry.unique_id)
        if deprecated:  # MHD 2:3.68.4.2.2: gone.
            raise failure(
                ErrorCode.XDSRegistryDeprecatedDocumentError, "the document is deprecated"
            )
        access.refused("not in a media type that was asked for")
