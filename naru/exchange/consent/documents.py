"""Consent documents (BPPC, ITI TF-3 5.1): an act of consent that arrives as a document.

The document is kept like any other; what it says takes effect in the same transaction. It does so
only by its own words: metadata can be written by anyone, for any patient and any day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.consent import papers as kept
from naru.consent import queries as consent
from naru.consent import texts
from naru.consent.acts import Said
from naru.consent.errors import ConsentRefused, WordingRefused
from naru.consent.snapshots import ActId, Exclusion
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.consent_paper import (
    NEEDED,
    Box,
    ConsentPaper,
    PaperUnreadable,
    Part,
    ReadPaper,
    SignedPaper,
)
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.domain.xds import DocumentEntry, Submission
from naru.exchange.access import Access
from naru.exchange.consent import cases as consent_cases
from naru.exchange.consent import conditions as consent_conditions
from naru.exchange.consent import notices as consent_notices
from naru.exchange.consent import parts as consent_parts
from naru.exchange.consent.acts import exclude_within, grant_within, withdraw_within
from naru.exchange.consent.parts import UnknownPart
from naru.exchange.institutions import participants
from naru.patients import queries as patients
from naru.registry.values import Registered
from naru.repository import queries as repository
from naru.repository.values import Received

MAX_SIZE: Final = 1024 * 1024
"""A consent is a page of words; one with its scanned paper still fits."""

_KOREAN: Final = "ko"
_UNREADABLE: Final = "the document is no consent paper of this affinity domain"
_DISAGREES: Final = "the metadata say another {} than the consent paper itself"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a paper says; with its octets and signature, where one came that stands (IHE DSG)."""

    paper: ConsentPaper
    signed: SignedPaper | None = None


def read(
    submission: Submission, received: Mapping[str, Received], read_paper: ReadPaper
) -> dict[str, ConsentPaper]:
    """The consent papers among the received documents, by uniqueId. Raises RegistryFailure."""
    return {
        entry.unique_id: _read(entry, received[entry.entry_uuid], read_paper)
        for entry in submission.entries
        if is_consent_document(entry)
    }


def is_consent_document(entry: DocumentEntry) -> bool:
    """Tell whether the entry is of a consent to the policies of this affinity domain.

    Where the domain's eventCodeList has none of the policies (ITI TF-3 5.1.2.1.1.1), nothing here
    can acknowledge one: a document of BPPC's format is then a document like any other.
    """
    policies = privacy_policies()
    return _has_policies(settings.AFFINITY_DOMAIN) and policies.is_consent_document(entry)


def _has_policies(domain: AffinityDomain | None) -> bool:
    codes = privacy_policies().codes.values()
    return domain is None or any(domain.allows("eventCodeList", code) for code in codes)


def take_effect(access: Access, registered: Registered, papers: Mapping[str, Brought]) -> None:
    """Perform the act that the registered consent document says. Raises RegistryFailure."""
    of_consent = [entry for entry in registered.submission.entries if is_consent_document(entry)]
    if len(of_consent) > 1:
        raise _refused(of_consent[1], "one submission brings at most one consent document")
    for entry in of_consent:
        if entry.unique_id not in papers:
            raise _refused(entry, "a consent document takes effect only with its bytes (ITI-41)")
        brought = papers[entry.unique_id]
        paper = brought.paper
        _check_agreement(entry, paper, registered.patient)
        _check_desk(access, entry, registered.patient)
        acts = _performed(access, registered.patient, entry, paper)
        if brought.signed is not None:
            kept.keep(acts[0], registered.patient, brought.signed)
        if paper.policy.withdraws:
            parts = tuple(
                exclusion for part in paper.parts for exclusion in _exclusions(access, entry, part)
            )
            text = texts.of(_KOREAN, on=korean_day(access.time))
            consent_cases.open_withdrawal(access, registered.patient, acts[0], text, parts)
        consent_notices.tell(access, registered.patient, acts[0], None)


def _read(entry: DocumentEntry, received: Received, read_paper: ReadPaper) -> ConsentPaper:
    if received.size > MAX_SIZE:
        raise _unlike(entry, f"a consent document is larger than {MAX_SIZE} bytes")
    try:
        return read_paper(repository.content(received))
    except PaperUnreadable:
        raise _unlike(entry, _UNREADABLE) from None


def _check_agreement(entry: DocumentEntry, paper: ConsentPaper, patient: UUID) -> None:
    # To keep a consent paper whose effect is another would tell the patient what is not so.
    resolved = patients.resolve(paper.patient)
    if resolved is None or resolved.patient != patient:
        raise _unlike(entry, _DISAGREES.format("patient"))
    if entry.unique_id.partition("^")[0] != paper.document:
        raise _unlike(entry, _DISAGREES.format("document id"))
    # ITI TF-3 5.1.2.1.1.1: one event code for each acknowledged policy, and its effective time.
    if privacy_policies().acknowledged(entry) != (paper.policy,):
        raise _unlike(entry, _DISAGREES.format("policy"))
    start, stop = entry.service_start_time, entry.service_stop_time
    if start is None or korean_day_of(start) != paper.from_date:
        raise _unlike(entry, _DISAGREES.format("effective time"))
    if stop is not None and (paper.until is None or korean_day_of(stop) != paper.until):
        raise _unlike(entry, _DISAGREES.format("end"))


def _check_desk(access: Access, entry: DocumentEntry, patient: UUID) -> None:
    """A patient signs where they are known: the sender's own feed has told of them."""
    day = korean_day(access.time)
    known = (one.authority for one in patients.identifiers([patient])[patient])
    if not settings.NARU.sandbox and not any(
        participants.gives(access.caller, authority, on=day) for authority in known
    ):
        raise _refused(entry, "a consent is taken only where the patient is registered")


def _performed(
    access: Access, patient: UUID, entry: DocumentEntry, paper: ConsentPaper
) -> tuple[ActId, ...]:
    try:
        consent_conditions.require_may_say(access, patient, paper.representative)
        return _perform(access, patient, entry, paper)
    except ConsentRefused as refused:
        raise _refused(entry, str(refused)) from None


def _perform(
    access: Access, patient: UUID, entry: DocumentEntry, paper: ConsentPaper
) -> tuple[ActId, ...]:
    """The acts that the paper says. One that says more than its policy is refused."""
    partial = paper.policy in {Policy.CONSENT_PARTIAL, Policy.WITHDRAWAL_PARTIAL}
    if partial is not bool(paper.parts):
        raise _refused(entry, "a policy of a part names the parts, and no other does")
    version, said = _version(entry, paper), _said(paper)
    if paper.policy is Policy.WITHDRAWAL_WHOLE:
        return (withdraw_within(access, patient, text_version=version, said=said),)
    granted = () if paper.policy.withdraws else (_grant(access, patient, entry, paper, said),)
    return granted + tuple(
        exclude_within(
            access, patient, exclusion, text_version=version, said=replace(said, reason=part.reason)
        )
        for part in paper.parts
        for exclusion in _exclusions(access, entry, part)
    )


def _grant(
    access: Access, patient: UUID, entry: DocumentEntry, paper: ConsentPaper, said: Said
) -> ActId:
    # Of a paper that was signed by hand and scanned the boxes stand in the picture alone.
    boxes = NEEDED if paper.scanned else paper.boxes or frozenset()
    consent_conditions.require_consents(
        access, patient, paper.representative, boxes=boxes, until=paper.until
    )
    _check_not_withdrawn_since(entry, paper, patient)
    return grant_within(
        access,
        patient,
        from_date=paper.from_date,
        text_version=_version(entry, paper),
        until=paper.until,
        said=said,
    )


def _said(paper: ConsentPaper) -> Said:
    boxes = paper.boxes or frozenset()
    return Said(
        representative=paper.representative,
        evaluation=Box.EVALUATION in boxes,
        identifying=Box.IDENTIFYING in boxes,
        wording=paper.wording,
        identified=paper.identified,
    )


def _version(entry: DocumentEntry, paper: ConsentPaper) -> str:
    """The version of the text that was signed: the paper's own word, else that of its policy.

    A paper that was signed under another text than the one in force on its day takes no effect.
    """
    if paper.wording is None:
        return privacy_policies().version
    try:
        return texts.signed(paper.wording, on=korean_day(paper.signed)).wording.version
    except WordingRefused as refused:
        raise _unlike(entry, str(refused)) from None


def _exclusions(access: Access, entry: DocumentEntry, part: Part) -> tuple[Exclusion, ...]:
    try:
        return consent_parts.exclusions(
            part, on=korean_day(access.time), domain=settings.AFFINITY_DOMAIN
        )
    except UnknownPart as unknown:
        raise _refused(entry, str(unknown)) from None


def _check_not_withdrawn_since(entry: DocumentEntry, paper: ConsentPaper, patient: UUID) -> None:
    # A paper that lay about at a desk does not undo what the patient said after signing it.
    said = (consent.snapshot(member) for member in patients.identity_set(patient))
    ended = [one.withdrawn for one in said if one and one.withdrawn]
    if ended and korean_day(paper.signed) < korean_day(max(ended)):
        raise _refused(entry, "the consent was withdrawn after this paper was signed")


def _refused(entry: DocumentEntry, sentence: str) -> RegistryFailure:
    return failure(ErrorCode.XDSRegistryMetadataError, sentence, entry.entry_uuid)


def _unlike(entry: DocumentEntry, sentence: str) -> RegistryFailure:
    return failure(ErrorCode.XDSRepositoryMetadataError, sentence, entry.entry_uuid)
