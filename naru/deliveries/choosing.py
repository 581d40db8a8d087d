"""The documents that a patient chooses to give out: their own, current, and given to anybody."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from naru.deliveries.errors import Changed, NotSendable
from naru.deliveries.values import MOST_DOCUMENTS, Chosen
from naru.domain.institution import InstitutionKind
from naru.domain.xds import DocumentEntry
from naru.exchange.access import Access
from naru.exchange.charts import own_documents


def sendable(
    access: Access, patient: UUID, to: InstitutionKind = InstitutionKind.AGENCY
) -> tuple[Chosen, ...]:
    """What may be chosen, newest first: all that an institution of that kind may open.

    That is nothing that goes to nobody (rules 3, 4 and 12), and of an insurer's what the law names
    (rule 6).
    """
    found = own_documents.of_patient(access, patient)
    return tuple(_chosen(one.entry) for one in found if to in one.sendable)


def chosen(
    access: Access,
    patient: UUID,
    documents: Sequence[str],
    to: InstitutionKind = InstitutionKind.AGENCY,
) -> tuple[Chosen, ...]:
    """Those of these uniqueIds, in the patient's order of them. Raises NotSendable."""
    asked = set(documents)
    found = tuple(one for one in sendable(access, patient, to) if one.document in asked)
    if not (0 < len(found) == len(asked) <= MOST_DOCUMENTS):
        raise NotSendable
    return found


def shown(documents: Sequence[Chosen]) -> str:
    """A digest of what a preview shows, by which it is seen that the same goes."""
    told = "\n".join(f"{one.repository}|{one.document}|{one.hash}" for one in documents)
    return sha256(told.encode()).hexdigest()


def require_shown(documents: Sequence[Chosen], digest: str) -> None:
    """Raise Changed unless exactly these were shown before."""
    if shown(documents) != digest:
        raise Changed


def _chosen(entry: DocumentEntry) -> Chosen:
    titles = {one.lang or "": one.value for one in entry.title}
    written = [name for author in entry.authors for name in author.institutions]
    made = entry.service_start_time or entry.creation_time or ""
    return Chosen(
        repository=entry.repository_unique_id or "",
        document=entry.unique_id,
        title=titles.get("ko-KR") or next(iter(titles.values()), ""),
        source=written[0].partition("^")[0] if written else "",
        made=f"{made[:4]}-{made[4:6]}-{made[6:8]}" if made else "",
        mime_type=entry.mime_type,
        hash=entry.hash or "",
        size=entry.size or 0,
    )
