"""Certificates that the node's authority issues for keys of institutions, and what becomes of them.

Each change holds from the next connection on: who a certificate belongs to is asked anew at each
request.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.records import AuditedObject
from naru.directory import certificates, queries, services
from naru.directory.errors import Incomplete
from naru.directory.queries import System
from naru.domain.institution import Institution
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.institutions.admission import INSTITUTION
from naru.security.authority import Certified, create_authority
from naru.security.errors import RequestRefused

CERTIFICATE: Final = "certificate"
"""The kind of an audited object that is a certificate, by its SHA-256."""


def issue(
    institution: Institution, request: bytes, now: datetime, *, test: bool = False
) -> Certified:
    """A certificate for the key of a request, known from now on; a test one opens no door.

    For a transaction that records it. Raises Incomplete where the request is none, or the
    institution has no number yet.
    """
    if not institution.oid:
        raise Incomplete("A certificate names the institution's number, and none is issued yet.")
    authority = create_authority(settings.NARU.authority, now)
    try:
        made = authority.certify(request, institution.name, [institution.oid], now, test=test)
    except RequestRefused as refusal:
        raise Incomplete(str(refusal)) from refusal
    system = System.TEST_CERTIFICATE if test else System.CERTIFICATE
    services.designate(institution.id, system, made.fingerprint_sha256, on=korean_day(now))
    certificates.keep(
        institution.id,
        made.fingerprint_sha256,
        made.certificate,
        test=test,
        issued=now,
        not_after=made.not_after,
    )
    return made


def certify(access: Access, institution: UUID, request: bytes) -> Certified:
    """One certificate more, for an institution whose key is lost or whose certificate soon ends."""
    with changing(access):
        found = queries.by_id(institution, on=access.time)
        if found is None or not found.approved:
            raise Incomplete("Only an institution that takes part is issued a certificate.")
        made = issue(found, request, access.time)
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        access.objects.append(AuditedObject(CERTIFICATE, made.fingerprint_sha256))
    return made


def held(access: Access, institution: UUID) -> tuple[certificates.Held, ...]:
    """Every certificate that this node issued to an institution, the newest first."""
    with reading(access):
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        return certificates.of_institution(institution, on=access.time)


def suspend(access: Access, fingerprint: str) -> None:
    """Let a certificate open nothing until it is resumed. Raises UnknownCertificate."""
    with changing(access):
        services.revoke_certificate(fingerprint, on=korean_day(access.time))
        _note(access, fingerprint)


def resume(access: Access, fingerprint: str) -> None:
    """Let a suspended certificate open doors again. Raises UnknownCertificate."""
    with changing(access):
        certificates.resume(fingerprint, on=korean_day(access.time), now=access.time)
        _note(access, fingerprint)


def revoke(access: Access, fingerprint: str) -> None:
    """Let a certificate open nothing, for good. Raises UnknownCertificate."""
    with changing(access):
        certificates.revoke(fingerprint, on=korean_day(access.time), now=access.time)
        _note(access, fingerprint)


def has_test_certificate(institution: UUID) -> bool:
    """Whether one was ever issued to it."""
    return certificates.has_test(institution)


def _note(access: Access, fingerprint: str) -> None:
    access.objects.append(AuditedObject(CERTIFICATE, queries.normal_fingerprint(fingerprint)))
