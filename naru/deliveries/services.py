"""Submitting to an agency: once for each form, and recalled until it is opened."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.audit.records import AuditedObject
from naru.consent.errors import NotPermitted
from naru.deliveries import agencies, choosing, models, queries, sealed
from naru.deliveries.agencies import Taking
from naru.deliveries.errors import DeliveryRefused, NotRecalled
from naru.deliveries.sealed import Submitted
from naru.deliveries.values import Submission
from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.exchange.access import Access, attempting, changing
from naru.exchange.callers.vouched import KIND_ROLES
from naru.exchange.sendings import delivery
from naru.notifications.services import Recipient, notify

SUBMISSION: Final = "submission"
"""The kind of an audited object that is a submission, with its id."""

DAYS: Final = (7, 14, 30)
"""For how long a submission may wait to be opened, of which the patient chooses."""

_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitting:
    """What a form says; `shown` is the digest of its preview, `once` the form's own key."""

    agency: str
    purpose: str
    documents: tuple[str, ...]
    days: int
    shown: str
    once: UUID


def submit(access: Access, patient: UUID, asked: Submitting) -> Submission:
    """Let the agency open the documents; what the same form submitted before, where it did.

    Raises DeliveryRefused, ConsentRefused.
    """
    before = queries.made(patient, asked.once)
    if before is not None:
        return _again(access, patient, before)
    with attempting(access):
        to = agencies.named(asked.agency, korean_day(access.time))
        purpose = to.agency.purpose(asked.purpose)
        if asked.days not in DAYS:
            raise DeliveryRefused
        chosen = choosing.chosen(access, patient, asked.documents, to.kind)
        choosing.require_shown(chosen, asked.shown)
    content = Submitted(agency=to.agency.code, purpose=purpose.code, documents=chosen)
    with changing(access):
        row = _row(access, patient, to.institution, asked, content)
        if row.delivery is None:
            given = delivery.direct_within(
                access,
                patient,
                to.institution,
                [one.document for one in chosen],
                purpose=purpose.korean,
                last=row.until,
            )
            models.Submission.objects.filter(id=row.id).update(delivery=given.id)
            _tell(access, row, to, patient)
        access.objects.append(AuditedObject(SUBMISSION, str(row.submission)))
    return queries.own(access, patient, row.submission)


def recall(access: Access, patient: UUID, submission: UUID) -> None:
    """Take back what was not opened yet. Raises NotTheirs, NotRecalled."""
    found = queries.own(access, patient, submission)
    with changing(access):
        access.objects.append(AuditedObject(SUBMISSION, str(found.id)))
        # The acts of one patient take turns: whoever opens at the same time is first or too late.
        row = models.Submission.objects.select_for_update().get(submission=submission)
        if row.delivery is None or row.recalled is not None:
            raise NotRecalled
        try:
            delivery.recall_within(access, patient, row.delivery)
        except NotPermitted as refusal:
            raise NotRecalled from refusal
        row.recalled = access.time
        row.save(update_fields=["recalled"])


def _again(access: Access, patient: UUID, before: UUID) -> Submission:
    access.objects.append(AuditedObject(SUBMISSION, str(before)))
    return queries.own(access, patient, before)


def _row(
    access: Access, patient: UUID, institution: UUID, asked: Submitting, content: Submitted
) -> models.Submission:
    """The form's one row: that of whoever was first, however many send it at once."""
    new = uuid4()
    made = models.Submission(
        submission=new,
        number=_number(),
        patient=patient,
        agency=institution,
        once=asked.once,
        at=access.time,
        until=access.time + timedelta(days=asked.days),
        content=sealed.seal(content, new),
    )
    models.Submission.objects.bulk_create([made], ignore_conflicts=True)
    return models.Submission.objects.select_for_update().get(patient=patient, once=asked.once)


def _number() -> str:
    """By chance, so that it tells neither how many there are nor whose."""
    digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    return "-".join(digits[at : at + 4] for at in range(0, _DIGITS, 4))


def _tell(access: Access, row: models.Submission, to: Taking, patient: UUID) -> None:
    day = korean_day(access.time)
    known = directory.by_id(to.institution, on=day)
    values = {"day": f"{day:%Y-%m-%d}", "case": row.number}
    named = values | ({"institution": known.name} if known else {})
    notify("delivery-made", Recipient.patient(patient), named, key=str(row.submission))
    clerk = Recipient.at_institution(to.institution, KIND_ROLES[to.kind])
    notify("delivery-arrived", clerk, values, key=str(row.submission))
