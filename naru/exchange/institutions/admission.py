"""Admitting an institution: from then on its certificate opens the wire doors."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.directory import queries, services
from naru.domain.institution import Institution, InstitutionKind, Stop
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing
from naru.patients import services as patients
from naru.repository import services as repository
from naru.security.authority import Authority, Issued
from naru.security.peer import read_peer

SUSPEND: Final = "suspend institution"
APPROVE: Final = "approve institution"
"""The transactions, as the audit names them."""
INSTITUTION = "institution"
"""The kind of an audited object that is an institution, with its surrogate id."""
KIND = "institution kind"
"""The kind of an audited object that is what an institution was and what it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What an institution is on the day of its approval.

    A hub names the `repository` that it keeps, by OID; a member names the `hub` that serves it;
    an `agency` or an `insurer` is handed documents and has neither.
    Identifiers of its patients are given under `oid` or an arc below it.
    """

    name: str
    oid: str
    code: str | None = None
    hub: UUID | None = None
    repository: str | None = None
    agency: bool = False
    insurer: bool = False

    @property
    def kind(self) -> InstitutionKind:
        """Whoever keeps a repository is a hub."""
        if self.agency:
            return InstitutionKind.AGENCY
        if self.insurer:
            return InstitutionKind.INSURER
        return InstitutionKind.HUB if self.repository else InstitutionKind.MEMBER


def admit(access: Access, applicant: Applicant, authority: Authority) -> tuple[Institution, Issued]:
    """Approve the institution and issue its certificate, whose key is given once and not kept.

    Raises `directory.errors` where its names are taken or its hub is none, RepositoryTaken.
    """
    day = korean_day(access.time)
    with changing(access):
        institution = services.admit(
            name=applicant.name,
            kind=applicant.kind,
            on=day,
            oid=applicant.oid,
            code=applicant.code,
            hub=applicant.hub,
        )
        if applicant.repository:
            repository.establish(
                oid=applicant.repository, institution=institution.id, name=applicant.name
            )
        patients.know_domain(applicant.oid)
        issued = authority.issue_client(applicant.name, [applicant.oid], access.time)
        services.add_certificate(institution.id, issued.fingerprint_sha256, from_date=day)
        access.objects.append(AuditedObject(INSTITUTION, str(institution.id)))
    return institution, issued


def change_kind(access: Access, institution: UUID, kind: InstitutionKind) -> None:
    """Make an insurer of what was admitted as an agency, or the other way, from now on.

    What was delivered to it before opens by what it is now (rule 6). Raises KindFixed.
    """
    with changing(access):
        before = services.change_kind(institution, kind)
        access.objects += [
            AuditedObject(INSTITUTION, str(institution)),
            AuditedObject(KIND, f"{before} to {kind}"),
        ]


def suspend(access: Access, institution: UUID, reason: Stop | None = None) -> None:
    """Admit the institution no more, from the next request on; a hub's members neither."""
    with changing(access):
        services.suspend(institution, on=access.time, reason=reason)
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))


def approve(access: Access, institution: UUID) -> None:
    """Admit a suspended institution again."""
    with changing(access):
        services.approve(institution, on=access.time)
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))


def certify(access: Access, institution: Institution, authority: Authority) -> Issued:
    """Issue one certificate more, for a key that was lost or soon ends; the others stay valid."""
    oids = [institution.oid] if institution.oid else []
    with changing(access):
        issued = authority.issue_client(institution.name, oids, access.time)
        services.add_certificate(
            institution.id, issued.fingerprint_sha256, from_date=korean_day(access.time)
        )
        access.objects.append(AuditedObject(INSTITUTION, str(institution.id)))
    return issued


def accept(access: Access, institution: UUID, certificate: bytes) -> str:
    """Know the institution by a certificate (DER) that others issued; answer its fingerprint.

    Whether the TLS listener lets it in is decided there. Raises CertificateUnreadable, and
    `directory.errors` where another institution has it.
    """
    fingerprint = read_peer(certificate).fingerprint_sha256
    with changing(access):
        services.add_certificate(institution, fingerprint, from_date=korean_day(access.time))
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
    return fingerprint


def revoke(access: Access, fingerprint: str) -> None:
    """Know nobody by this certificate, from the next request on. Raises UnknownCertificate."""
    day = korean_day(access.time)
    with changing(access):
        holder = queries.by_fingerprint(fingerprint, on=day)
        services.revoke_certificate(fingerprint, on=day)
        if holder is not None:
            access.objects.append(AuditedObject(INSTITUTION, str(holder.id)))


def revoke_all(access: Access, institution: UUID) -> int:
    """Know the institution by none of its certificates; answer how many there were."""
    with changing(access):
        number = services.revoke_certificates(institution, on=korean_day(access.time))
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
    return number


def candidates() -> frozenset[UUID]:
    """Of these, who has not joined yet. Public, so it leaves no access record."""
    return queries.candidates()


def institutions(*, on: date) -> tuple[Institution, ...]:
    """Every institution, the suspended too, by name. Public, so it leaves no access record."""
    return queries.all_institutions(on=on)
