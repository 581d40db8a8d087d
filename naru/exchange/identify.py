"""Who asks: the caller of a request, built here and nowhere else."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.directory import queries as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import InstitutionKind
from naru.domain.korea import korean_day
from naru.security.errors import CertificateUnreadable
from naru.security.peer import read_peer

_ROLES: Final = {InstitutionKind.AGENCY: Role.AGENCY, InstitutionKind.OPERATOR: Role.OPERATOR}
"""What the systems of institutions that give no care are; the others' are `SYSTEM`."""


class NotIdentified(Exception):
    """The caller is not a participant; the sentence says what is missing, nothing else."""


def at_wire(certificate: bytes | None, *, address: str, now: datetime) -> Caller:
    """The institution that speaks at a wire door, known by its certificate (ITI TF-2 3.19).

    Asked anew for every request, so that a suspension holds from the next one. Only a loopback
    sandbox admits a caller without a certificate.
    """
    if certificate is None:
        if settings.NARU.sandbox and _is_loopback(address):
            return _system(Assurance.NONE, address)
        raise NotIdentified("A client certificate of a participating institution is required.")
    try:
        peer = read_peer(certificate)
    except CertificateUnreadable as error:
        raise NotIdentified("The client certificate cannot be read.") from error
    institution = directory.by_fingerprint(peer.fingerprint_sha256, on=korean_day(now))
    if institution is None or not institution.approved:
        raise NotIdentified("The client certificate belongs to no participating institution.")
    return Caller(
        role=_ROLES.get(institution.kind, Role.SYSTEM),
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution.id,
        address=address,
    )


def stranger(*, address: str) -> Caller:
    """Whoever has not said yet who they are; for the record of a refusal."""
    return _system(Assurance.NONE, address)


def operator(*, address: str = "") -> Caller:
    """Whoever has the node's data folder in hand and runs a command on it."""
    return Caller(
        role=Role.OPERATOR,
        purpose=PurposeOfUse.OPERATIONS,
        assurance=Assurance.SESSION,
        address=address,
    )


def patient(surrogate: UUID, *, address: str) -> Caller:
    """A citizen at a page of theirs."""
    return Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=surrogate,
        address=address,
    )


def at_clinic(institution: UUID, *, address: str) -> Caller:
    """A clinician of an institution at a page; only a demo node has such pages so far."""
    return Caller(
        role=Role.CLINICIAN,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=institution,
        address=address,
    )


def _system(assurance: Assurance, address: str) -> Caller:
    return Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=assurance,
        address=address,
    )


def _is_loopback(address: str) -> bool:
    return address in {"127.0.0.1", "::1"}
