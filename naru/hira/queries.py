"""What was said, handed over and proved of referrals for HIRA. Nothing here asks who may see it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Q

from naru.hira import models


class HandoverState(StrEnum):
    """Where a hand-over stands."""

    WAITING = "waiting"
    HANDED_OVER = "handed-over"
    CONFIRMED = "confirmed"  # By the hospital, which looked at the relay's number.
    FAILED = "failed"


PATIENT_CONSENT: Final = "patient-consent"
CLINICIAN_CONSENT: Final = "clinician-consent"
INSURANCE: Final = "insurance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What stands of one kind: its value, when and by whom it was said."""

    id: UUID
    value: str
    time: datetime
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A referral on its way to the relay. `receipt` is the relay's number of it."""

    referral: UUID
    number: str
    state: HandoverState
    receipt: str
    reason: str
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proof that was given."""

    id: UUID
    referral: UUID
    day: date
    signed: bytes


def takes_part(institution: UUID, day: date) -> bool:
    """Whether the institution takes part in the pilot on that day."""
    found = models.Membership.objects.filter(institution=institution, first__lte=day)
    return found.filter(Q(last__isnull=True) | Q(last__gte=day)).exists()


def said(referral: UUID) -> dict[str, Said]:
    """What stands about a referral, by its kind."""
    rows = models.Statement.objects.filter(referral=referral).order_by("id")
    return {
        one.kind: Said(id=one.statement, value=one.value, time=one.time, role=one.role)
        for one in rows
    }


def handover(referral: UUID) -> Handover | None:
    """How far a referral has come; None where nobody asked for it."""
    row = models.Handover.objects.filter(referral=referral).first()
    return None if row is None else _handover(row)


def handovers(institution: UUID, since: datetime, until: datetime) -> tuple[Handover, ...]:
    """What an institution handed over, by when it changed last."""
    rows = models.Handover.objects.filter(
        institution=institution, changed__gte=since, changed__lt=until
    )
    return tuple(map(_handover, rows.order_by("changed", "id")))


def claim(referral: UUID) -> Claim | None:
    """The proof of a referral."""
    row = models.Claim.objects.filter(referral=referral).first()
    return None if row is None else _claim(row)


def has_fee(institution: UUID, patients: Collection[UUID], sent_on: date, *, beside: UUID) -> bool:
    """Whether another paper that the institution sent of the patient that day has its proof."""
    rows = models.Claim.objects.filter(
        institution=institution, patient__in=list(patients), sent_on=sent_on
    )
    return rows.exclude(referral=beside).exists()


def claims(institution: UUID, first: date, before: date) -> tuple[Claim, ...]:
    """The proofs of an institution from a day until before another."""
    rows = models.Claim.objects.filter(institution=institution, day__gte=first, day__lt=before)
    return tuple(map(_claim, rows.order_by("day", "id")))


def _handover(row: models.Handover) -> Handover:
    return Handover(
        referral=row.referral,
        number=row.number,
        state=HandoverState(row.state),
        receipt=row.receipt,
        reason=row.reason,
        changed=row.changed,
    )


def _claim(row: models.Claim) -> Claim:
    return Claim(id=row.proof, referral=row.referral, day=row.day, signed=bytes(row.signed))
