"""All that the exchange keeps of a person, for that person: documents and single records."""

from dataclasses import dataclass
from uuid import UUID

from naru.domain.past_history import Source
from naru.exchange import standing
from naru.exchange.access import Access, together
from naru.exchange.charts import own_documents, past_history
from naru.exchange.charts.own_documents import OwnDocument
from naru.exchange.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """Documents, newest registration first, what single records say, and what stands."""

    documents: tuple[OwnDocument, ...]
    singles: tuple[Source, ...]
    standing: Standing


def of_patient(access: Access, patient: UUID) -> OwnRecord:
    """Everything; the access is durable on return. Raises RegistryFailure, AuditUnavailable."""
    with together(access):
        return OwnRecord(
            documents=own_documents.of_patient(access, patient),
            singles=tuple(past_history.single_records(access, patient)),
            standing=standing.of_patient(access, patient),
        )
