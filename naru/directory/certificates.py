"""The certificates that this node issued: their text, and whether they may be resumed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from naru.directory import models, services
from naru.directory.errors import UnknownCertificate
from naru.directory.queries import System, day_of, normal_fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate (PEM) of an institution and how it stands: valid, suspended, revoked, ended."""

    fingerprint: str
    pem: bytes
    test: bool
    issued: datetime
    not_after: datetime
    state: str


def keep(  # Every column of the row.
    institution: UUID,
    fingerprint: str,
    pem: bytes,
    *,
    test: bool,
    issued: datetime,
    not_after: datetime,
) -> None:
    """Keep the text of a certificate beside its designation."""
    models.Certificate.objects.create(
        institution=services.row_of(institution),
        fingerprint=normal_fingerprint(fingerprint),
        pem=pem,
        test=test,
        issued=issued,
        not_after=not_after,
    )


def resume(fingerprint: str, *, on: date, now: datetime) -> None:
    """Let a suspended certificate stand for its institution again. Raises UnknownCertificate."""
    value = normal_fingerprint(fingerprint)
    with transaction.atomic():
        services.take_turn()
        row = models.Certificate.objects.select_related("institution").filter(
            fingerprint=value, revoked=None, test=False, not_after__gt=now
        )
        kept = row.first()
        if kept is None or _stands(value, on):
            raise UnknownCertificate("No suspended certificate has this fingerprint.")
        services.designate(kept.institution.key, System.CERTIFICATE, value, on=on)


def revoke(fingerprint: str, *, on: date, now: datetime) -> None:
    """End a certificate for good, suspended or not. Raises UnknownCertificate."""
    value = normal_fingerprint(fingerprint)
    with transaction.atomic():
        services.take_turn()
        known = models.Certificate.objects.filter(fingerprint=value, revoked=None).update(
            revoked=now
        )
        if _stands(value, on):
            services.revoke_certificate(value, on=on)
        elif not known:
            raise UnknownCertificate("No valid certificate has this fingerprint.")


def has_test(institution: UUID) -> bool:
    """Whether a test certificate was ever issued to the institution."""
    return models.Certificate.objects.filter(institution__key=institution, test=True).exists()


def of_institution(institution: UUID, *, on: datetime) -> tuple[Held, ...]:
    """Every certificate that this node issued to an institution, the newest first."""
    rows = models.Certificate.objects.filter(institution__key=institution).order_by("-id")
    return tuple(
        Held(
            fingerprint=row.fingerprint,
            pem=bytes(row.pem),
            test=row.test,
            issued=row.issued,
            not_after=row.not_after,
            state=_state(row, on),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate that stands, whose it is, and until when."""

    institution: UUID
    name: str
    fingerprint: str
    not_after: datetime


def ending(before: datetime, *, on: datetime) -> tuple[Ending, ...]:
    """The certificates for real doors that end before a moment, the first to end first."""
    rows = models.Certificate.objects.select_related("institution").filter(
        test=False, revoked=None, not_after__lt=before, not_after__gt=on
    )
    return tuple(
        Ending(
            institution=row.institution.key,
            name=row.institution.name,
            fingerprint=row.fingerprint,
            not_after=row.not_after,
        )
        for row in rows.order_by("not_after", "id")
    )


def _state(row: models.Certificate, on: datetime) -> str:
    if row.revoked is not None:
        return "revoked"
    if row.not_after <= on:
        return "ended"
    system = System.TEST_CERTIFICATE if row.test else System.CERTIFICATE
    return "valid" if _stands(row.fingerprint, day_of(on), system) else "suspended"


def _stands(value: str, on: date, system: System = System.CERTIFICATE) -> bool:
    in_force = Q(valid_to=None) | Q(valid_to__gt=on)
    return models.Designation.objects.filter(
        in_force, system=system, value=value, valid_from__lte=on
    ).exists()
