"""Submissions as their patient and their agency see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.consent.acts import ActKind
from naru.deliveries import models, sealed
from naru.deliveries.errors import NotTheirs
from naru.deliveries.values import Chosen, Submission
from naru.domain import roles
from naru.domain.xds import AvailabilityStatus
from naru.exchange.access import Access, attempting, reading
from naru.exchange.arranging import require
from naru.exchange.consent.representing import sees_all
from naru.exchange.documents import proof as document_proof
from naru.exchange.documents.proof import Proof
from naru.exchange.patients import whole_person
from naru.patients import queries as patients
from naru.registry import queries as registry

SHOWN: Final = 50
"""Submissions on one page, newest first."""

RECEIVED: Final = "received submissions"
"""The transaction of an agency that looks, as the audit names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A page of what an agency received, and whether there is more behind it."""

    submissions: tuple[Submission, ...]
    more: bool


def made(patient: UUID, once: UUID) -> UUID | None:
    """What a form has made already."""
    rows = models.Submission.objects.filter(patient=patient, once=once)
    return rows.values_list("submission", flat=True).first()


def of_patient(access: Access, patient: UUID) -> tuple[Submission, ...]:
    """The person's own, newest first. Raises NotPermitted."""
    with reading(access):
        access.concerns(patient)
        require(sees_all(access, patient))
        members = patients.identity_set(patient)
        rows = models.Submission.objects.filter(patient__in=members).order_by("-id")[:SHOWN]
        return _values(rows)


def own(access: Access, patient: UUID, submission: UUID) -> Submission:
    """One of the person's own. Raises NotTheirs, NotPermitted."""
    with reading(access):
        access.concerns(patient)
        require(sees_all(access, patient))
        members = patients.identity_set(patient)
        rows = models.Submission.objects.filter(submission=submission, patient__in=members)
        return _one(rows)


def inbox(access: Access, *, before: UUID | None = None, most: int = SHOWN) -> Received:
    """What was submitted to the caller's own agency, newest first; with `before`, older ones.

    Raises NotTheirs.
    """
    with reading(access):
        rows = models.Submission.objects.filter(agency=_agency(access), delivery__isnull=False)
        if before is not None:
            earlier = models.Submission.objects.filter(submission=before, agency=_agency(access))
            rows = rows.filter(id__lt=earlier.values("id")[:1])
        taken = list(rows.order_by("-id")[: most + 1])
        found = _values(taken[:most])
        for one in found:
            access.concerns(one.patient)
        return Received(submissions=found, more=0 < most < len(taken))


def received(access: Access, submission: UUID) -> tuple[Submission, Mapping[str, Proof]]:
    """One of them, and of each document whether it is the registered one. Raises NotTheirs."""
    with reading(access):
        rows = models.Submission.objects.filter(submission=submission, agency=_agency(access))
        found = _one(rows)
        access.concerns(found.patient)
        given = found.told(access.time)
        proofs = document_proof.of_documents(one.key for one in given)
        return found, {document: proof for (_, document), proof in proofs.items()}


def received_entries(
    access: Access, submission: UUID
) -> tuple[Submission, Mapping[str, Proof], Mapping[tuple[str, str], UUID]]:
    """The same, and by which entry each document is fetched (ITI-68). Raises NotTheirs."""
    with reading(access):
        found, proofs = received(access, submission)
        keys = [one.key for one in found.told(access.time)]
        located = registry.locate_each(keys, patients=patients)
        entries = {
            key: UUID(one.entry_uuid.removeprefix("urn:uuid:"))
            for key, known in located.items()
            for one in known
            if one.status is not AvailabilityStatus.DEPRECATED
        }
        return found, proofs, entries


def _agency(access: Access) -> UUID:
    """The caller's institution, where its people receive what patients submit."""
    own = access.caller.institution
    with attempting(access):
        if own is None or not roles.may(access.caller.role, "receive-delivery"):
            raise NotTheirs
        return own


def _one(rows: Iterable[models.Submission]) -> Submission:
    found = _values(rows)
    if len(found) != 1:
        raise NotTheirs
    return found[0]


def _values(rows: Iterable[models.Submission]) -> tuple[Submission, ...]:
    found = [row for row in rows if row.delivery is not None]
    acts = {one: _openings(one) for one in {row.patient for row in found}}
    return tuple(
        _value(row, acts[row.patient].get(row.delivery or row.submission, {})) for row in found
    )


def _openings(patient: UUID) -> Mapping[UUID, dict[str, datetime]]:
    """When each document of each delivery was opened, as the acts of consent say."""
    found: dict[UUID, dict[str, datetime]] = {}
    for act in whole_person.acts(patient):
        if act.kind is ActKind.DELIVERY_OPENED and act.ends is not None:
            opened = found.setdefault(act.ends, {})
            opened |= {one: opened.get(one, act.time) for one in act.documents}
    return found


def _value(row: models.Submission, opened: dict[str, datetime]) -> Submission:
    told = sealed.submitted(row.content, row.submission)
    return Submission(
        id=row.submission,
        number=row.number,
        patient=row.patient,
        institution=row.agency,
        agency=told.agency,
        purpose=told.purpose,
        at=row.at,
        until=row.until,
        recalled=row.recalled,
        documents=told.documents,
        opened=opened,
    )


def received_document(access: Access, submission: UUID, document: str) -> Chosen:
    """One document of what was submitted to the caller's institution. Raises NotTheirs."""
    with reading(access):
        rows = models.Submission.objects.filter(submission=submission, agency=_agency(access))
        found = _one(rows)
        access.concerns(found.patient)
        chosen = next((one for one in found.documents if one.document == document), None)
        if chosen is None:
            raise NotTheirs
        return chosen
