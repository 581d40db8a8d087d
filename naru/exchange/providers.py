"""Trusting an assertion provider: from then on it can say who an institution's users are."""

from datetime import date
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.directory import queries, services
from naru.domain.korea import korean_day
from naru.domain.provider import AssertionProvider
from naru.exchange.access import Access, changing
from naru.exchange.admission import INSTITUTION
from naru.security.peer import read_signer

PROVIDER = "assertion provider"
"""The kind of an audited object that is a provider's certificate, by its SHA-256."""


def trust(
    access: Access, issuer: str, certificate: bytes, institutions: tuple[UUID, ...] | None
) -> AssertionProvider:
    """Believe what is signed by this certificate (DER) of these institutions' users; None: of all.

    It is believed for as long as the certificate says. Raises CertificateUnreadable for one whose
    key is not of a kind that is accepted.
    """
    signer = read_signer(certificate)
    day, ends = korean_day(access.time), korean_day(signer.not_after)
    with changing(access):
        for institution in institutions or (None,):
            services.trust_provider(
                issuer,
                certificate,
                signer.fingerprint_sha256,
                institution=institution,
                from_date=day,
                to_date=ends,
            )
            if institution is not None:
                access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        access.objects.append(AuditedObject(PROVIDER, signer.fingerprint_sha256))
    return AssertionProvider(
        issuer=issuer,
        certificate=certificate,
        fingerprint=signer.fingerprint_sha256,
        institutions=frozenset(institutions or ()),
        everywhere=institutions is None,
        valid_from=day,
        valid_to=ends,
    )


def distrust(access: Access, fingerprint: str) -> None:
    """Believe nothing that it signs, from the next request on. Raises UnknownProvider."""
    with changing(access):
        services.distrust_provider(fingerprint, on=korean_day(access.time))
        access.objects.append(AuditedObject(PROVIDER, queries.normal_fingerprint(fingerprint)))


def trusted(*, on: date) -> tuple[AssertionProvider, ...]:
    """Who is believed on that day. Public, so it leaves no access record."""
    return queries.assertion_providers(on=on)
