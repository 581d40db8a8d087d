from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final
from uuid import UUID

from django.db.models import Subquery

from naru.audit.chain import Body, Prepared, link, read_body, read_record
from naru.audit.models import Record, RecordPatient
from naru.audit.records import AccessRecord, AuditedDecision, Outcome, RecordId
from naru.domain.caller import PurposeOfUse, Role

DOCUMENT: Final = "document"
"""The kind of an audited object that is a document, with its uniqueId as id."""

LIMIT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """What a patient is shown of one access to their records.

    `institution` and `patient` are surrogate ids; a presenter asks the directory for the name.
    """

    record: RecordId
    transaction: str
    time: datetime
    role: Role
    institution: UUID | None
    purpose: PurposeOfUse
    outcome: Outcome
    documents: tuple[str, ...]
    decisions: tuple[AuditedDecision, ...]


def of_patient(
    patient: UUID, limit: int = LIMIT, before: RecordId | None = None
) -> tuple[Crossing, ...]:
    """The newest `limit` accesses to a patient's records, newest first; opens nothing sealed.

    With `before`, those that were recorded before that record.
    """
    found = RecordPatient.objects.filter(patient=patient)
    if before is not None:
        older = Record.objects.filter(record=before).values("pk")[:1]
        found = found.filter(record_id__lt=Subquery(older))
    rows = found.order_by("-record_id").values_list("record__record", "record__body")[:limit]
    return tuple(_crossing(patient, RecordId(record), bytes(body)) for record, body in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a record stands in its writer's chain; `intact` if its bytes are those hashed then."""

    writer: UUID
    seq: int
    previous: bytes
    hash: bytes
    intact: bool


def link_of(record: RecordId) -> Link | None:
    """The record's link, its hash computed again; `verify_chain` checks the chain as a whole."""
    row = Record.objects.filter(record=record).first()
    if row is None:
        return None
    prepared = Prepared(row.record, bytes(row.body), bytes(row.sealed), ())
    previous, stored = bytes(row.previous), bytes(row.hash)
    computed = link(row.writer, row.seq, previous, prepared)
    return Link(
        writer=row.writer,
        seq=row.seq,
        previous=previous,
        hash=stored,
        intact=compare_digest(computed, stored),
    )


def one(record: RecordId) -> AccessRecord | None:
    """The whole record, its sealed part opened."""
    row = Record.objects.filter(record=record).values_list("body", "sealed").first()
    return None if row is None else read_record(record, bytes(row[0]), bytes(row[1]))


def _crossing(patient: UUID, record: RecordId, stored: bytes) -> Crossing:
    body = read_body(stored)
    return Crossing(
        record=record,
        transaction=body.transaction,
        time=body.time,
        role=body.role,
        institution=body.institution,
        purpose=body.purpose,
        outcome=body.outcome,
        documents=tuple(
            found.id
            for found in body.objects
            if found.kind == DOCUMENT and _concerns(body, patient, found.patient)
        ),
        decisions=tuple(
            decision for decision in body.decisions if _concerns(body, patient, decision.patient)
        ),
    )


def _concerns(body: Body, patient: UUID, named: UUID | None) -> bool:
    """Nobody is shown what a request did to another: unnamed counts only for one patient alone."""
    return named == patient or (named is None and body.patients == (patient,))
