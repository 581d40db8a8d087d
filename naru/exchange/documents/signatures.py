"""Signatures that arrive beside the documents that they sign (IHE DSG, ITI TF-3 5.5.5).

Checked before anything is kept: that the signature is whole, that it signs these very octets, that
its signer is believed and was then. What does not stand is refused, or flagged, as the operator set
(`NARU_SIGNATURES`); a signature of a consent paper that stands is kept with the act.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from naru.directory import queries as directory
from naru.domain.consent_paper import ConsentPaper
from naru.domain.detached_signature import (
    DETACHED,
    DetachedSignature,
    ReadSignature,
    SignatureBroken,
    SignatureRule,
    uri_of,
)
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import privacy_policies
from naru.domain.registry_errors import ErrorCode, RegistryError, Severity, failure
from naru.domain.xds import AssociationType, DocumentEntry, Submission
from naru.exchange.access import Access
from naru.repository import queries as repository
from naru.repository.values import Received
from naru.security import signers
from naru.security.peer import read_peer

SKEW: Final = timedelta(minutes=5)
"""How far the clock of a signer and ours may be apart."""

MAX_SIZE: Final = 256 * 1024
"""Octets of a signature with its certificates."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The octets of what stands, by the uniqueId of the document that is signed; what does not."""

    standing: Mapping[str, bytes]
    flagged: tuple[RegistryError, ...] = ()


NONE: Final = Signatures({})


def is_signature(entry: DocumentEntry) -> bool:
    """Whether the entry is of a detached signature (5.5.6.1.1)."""
    return entry.format_code is not None and entry.format_code.same_as(DETACHED)


def is_of_a_consent(entry: DocumentEntry) -> bool:
    """Whether it is the signature of a consent paper, which nobody else is shown either."""
    return (
        is_signature(entry)
        and entry.type_code is not None
        and entry.type_code.same_as(privacy_policies().class_code)
    )


def read(
    access: Access,
    submission: Submission,
    received: Mapping[str, Received],
    papers: Mapping[str, ConsentPaper],
    read_signature: ReadSignature,
) -> Signatures:
    """Check each signature of the submission; `papers` are its consent papers by uniqueId.

    Raises RegistryFailure for one that does not stand, where the operator's rule refuses.
    """
    standing: dict[str, bytes] = {}
    flagged: list[RegistryError] = []
    for entry in filter(is_signature, submission.entries):
        try:
            octets, signed = _standing(access, submission, entry, received, papers, read_signature)
        except SignatureBroken as broken:
            flagged.append(_fault(entry, str(broken)))
            access.errors.append(f"signature: {broken}")
        else:
            standing |= {one.unique_id: octets for one in signed}
    return Signatures(standing, tuple(flagged))


def _standing(  # What a signature is checked against.
    access: Access,
    submission: Submission,
    entry: DocumentEntry,
    received: Mapping[str, Received],
    papers: Mapping[str, ConsentPaper],
    read_signature: ReadSignature,
) -> tuple[bytes, list[DocumentEntry]]:
    """Its octets and what it signs of the submission. Raises SignatureBroken, RegistryFailure."""
    if received[entry.entry_uuid].size > MAX_SIZE:
        raise SignatureBroken("The signature is larger than any.")
    octets = repository.content(received[entry.entry_uuid])
    signature = read_signature(octets)
    signed = _signed(submission, entry, signature)
    if any(one.unique_id in papers for one in signed) and not is_of_a_consent(entry):
        # Whoever saw it would know of the paper: it is shown to nobody but its own institution.
        sentence = "the typeCode of a consent paper's signature is that of consents"
        raise failure(ErrorCode.XDSRepositoryMetadataError, sentence, entry.entry_uuid)
    for one in signed:
        if signature.digests[uri_of(one.unique_id)].hex() != received[one.entry_uuid].sha256:
            raise SignatureBroken("The document is not the one that was signed.")
    of_papers = [papers[one.unique_id] for one in signed if one.unique_id in papers]
    _check_time(access, signature, of_papers)
    _check_signer(access, signature)
    return octets, signed


def _signed(
    submission: Submission, entry: DocumentEntry, signature: DetachedSignature
) -> list[DocumentEntry]:
    """What of the submission is signed: all that the associations say must be (5.5.6.4)."""
    others = [one for one in submission.entries if one.entry_uuid != entry.entry_uuid]
    said = {
        one.target
        for one in submission.associations
        if one.type == AssociationType.SIGNS and one.source == entry.entry_uuid
    }
    signed = [one for one in others if uri_of(one.unique_id) in signature.digests]
    if said & {one.entry_uuid for one in others} - {one.entry_uuid for one in signed}:
        raise SignatureBroken("A document that the signature is said to sign is not signed.")
    if not (signed or said):
        raise SignatureBroken("The signature signs no document that is named beside it.")
    return signed


def _check_time(
    access: Access, signature: DetachedSignature, papers: Iterable[ConsentPaper]
) -> None:
    if signature.time > access.time + SKEW:
        raise SignatureBroken("The signing time is yet to come.")
    if any(signature.time + SKEW < one.signed for one in papers):
        raise SignatureBroken("The signature is older than the paper.")


def _check_signer(access: Access, signature: DetachedSignature) -> None:
    """5.5.5: that the signer was authentic and not revoked; of others' authorities they say."""
    options, now = settings.NARU, access.time
    ours = options.authority / "ca.pem"
    try:
        signers.check(
            signature.certificates,
            believed=(ours, *options.signers),
            at=(min(signature.time, now), now),
        )
    except signers.SignerUntrusted as untrusted:
        raise SignatureBroken(str(untrusted)) from None
    certificate = signature.certificates[0]
    if signers.is_own(certificate) or not signers.is_below(certificate, ours):
        return
    known = directory.by_fingerprint(read_peer(certificate).fingerprint_sha256, on=korean_day(now))
    own = access.caller.institution
    if known is None or not known.approved or own not in {None, known.id, known.hub}:
        raise SignatureBroken("The certificate is not one of the sender's that is in force.")


def _fault(entry: DocumentEntry, sentence: str) -> RegistryError:
    if settings.NARU.signature_rule is SignatureRule.REFUSE:
        raise failure(ErrorCode.XDSRepositoryMetadataError, sentence, entry.entry_uuid)
    return RegistryError(
        ErrorCode.XDSRepositoryMetadataError, sentence, Severity.WARNING, entry.entry_uuid
    )
