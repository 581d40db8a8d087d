"""Trusting a certificate: from then on it says who an institution's users are, or is its client's.

The two are apart: whoever may say who somebody is can say it of everybody there, and a client needs
no such power (ITI TF-2 3.40, 3.71).
"""

from datetime import date
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.directory import queries, services
from naru.domain.korea import korean_day
from naru.domain.provider import AssertionProvider, SignerKind, TokenClient, TrustedSigner
from naru.exchange.access import Access, changing
from naru.exchange.institutions.admission import INSTITUTION
from naru.security.peer import read_signer

PROVIDER = "assertion provider"
"""The kind of an audited object that is a provider's certificate, by its SHA-256."""

CLIENT = "token client"
"""The same of a client's."""

_OBJECTS = {SignerKind.CLIENT: CLIENT}


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


def trust_client(access: Access, name: str, certificate: bytes, institution: UUID) -> TokenClient:
    """Let whoever signs by this certificate (DER) ask for tokens in the institution's name.

    It is believed for as long as the certificate says. Raises CertificateUnreadable for one whose
    key is not of a kind that is accepted.
    """
    signer = read_signer(certificate)
    client = TokenClient(
        name=name,
        certificate=certificate,
        fingerprint=signer.fingerprint_sha256,
        institution=institution,
    )
    with changing(access):
        services.trust_client(
            client, from_date=korean_day(access.time), to_date=korean_day(signer.not_after)
        )
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        access.objects.append(AuditedObject(CLIENT, client.fingerprint))
    return client


def distrust(access: Access, fingerprint: str) -> None:
    """Believe nothing that it signs, from the next request on. Raises UnknownProvider."""
    with changing(access):
        day, value = korean_day(access.time), queries.normal_fingerprint(fingerprint)
        access.objects += [
            AuditedObject(_OBJECTS.get(one.kind, PROVIDER), value)
            for one in queries.trusted_signers(on=day)
            if one.fingerprint == value
        ]
        services.distrust_provider(fingerprint, on=day)


def trusted(*, on: date) -> tuple[TrustedSigner, ...]:
    """Whose signatures are believed on that day. Public, so it leaves no access record."""
    return queries.trusted_signers(on=on)
