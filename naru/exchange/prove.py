"""What proves an access afterwards: its place in the audit chain, and the ledger's receipts."""

from dataclasses import dataclass
from uuid import UUID

from naru.audit import queries as audit
from naru.audit.queries import DOCUMENT, Crossing, Link
from naru.audit.records import AuditedObject
from naru.exchange.consent.acts import CONSENT_ACT
from naru.ledger import queries as ledger
from naru.ledger.queries import Receipt
from naru.patients import queries as patients
from naru.registry import queries as registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What can be checked of one access. `consent_act` where the access was an act of consent."""

    link: Link | None
    receipts: tuple[Receipt, ...]
    consent_act: UUID | None = None


def evidence(crossing: Crossing) -> Evidence:
    """The evidence of an access that its patient has been shown; of nothing beyond it."""
    record = audit.one(crossing.record)
    objects = () if record is None else record.objects
    acts = [UUID(one.id) for one in objects if one.kind == CONSENT_ACT]
    shown = [one for one in objects if one.kind == DOCUMENT and one.id in crossing.documents]
    subjects = [*acts, *(subject for one in shown for subject in _subjects(one))]
    return Evidence(
        link=audit.link_of(crossing.record),
        receipts=tuple(found for one in subjects if (found := ledger.receipt(one))),
        consent_act=acts[0] if acts else None,
    )


def _subjects(document: AuditedObject) -> list[UUID]:
    entries = registry.locate(document.repository or "", document.id, patients=patients)
    return [UUID(entry.entry_uuid.removeprefix("urn:uuid:")) for entry in entries]
