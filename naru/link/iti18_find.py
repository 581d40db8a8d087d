"""ITI-18 Registry Stored Query, LeafClass (ITI TF-2 3.18)."""

from typing import Final

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryFailure, ResponseStatus
from naru.domain.stored_query import FindDocuments, GetDocuments, StoredQuery
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.formats.ebxml import adhoc_query, adhoc_query_response
from naru.formats.ebxml.adhoc_query import AdhocQueryRequest
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood
from naru.link.iti41_provide import refused
from naru.link.soap import ask

ACTION: Final = "urn:ihe:iti:2007:RegistryStoredQuery"


def find(
    connections: Connections, config: LinkConfig, patient: Identifier
) -> tuple[DocumentEntry, ...]:
    """The approved documents of a patient that this institution may see."""
    query = FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,))
    return _entries(connections, config, query)


def look_up(
    connections: Connections, config: LinkConfig, unique_id: str
) -> tuple[DocumentEntry, ...]:
    """The entries of one document."""
    return _entries(connections, config, GetDocuments(unique_ids=(unique_id,)))


def _entries(
    connections: Connections, config: LinkConfig, query: StoredQuery
) -> tuple[DocumentEntry, ...]:
    body = adhoc_query.to_ebxml(AdhocQueryRequest(query=query))
    answer = ask(connections, config.registry, ACTION, body)
    try:
        said = adhoc_query_response.from_ebxml(answer.body)
    except RegistryFailure as failure:
        raise AnswerNotUnderstood(str(failure)) from None
    if said.response.status is ResponseStatus.FAILURE:
        raise refused(said.response.errors)
    return said.objects.entries
