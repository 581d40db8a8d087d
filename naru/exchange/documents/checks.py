"""A document of a known form is looked at before it is kept, and flagged or refused by a setting.

Which document may be refused is the domain's policy; none is lost: a refused one was not taken, of
a flagged one the findings stand beside it. The sender learns the rules and the places, and nothing
that the document says.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from django.conf import settings

from naru.domain.findings import Checking, Finding, Severity, errors
from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure
from naru.domain.registry_errors import Severity as RegistrySeverity
from naru.domain.xds import DocumentEntry, DocumentEntryType, Submission
from naru.exchange.documents.retrieve import RetrievedDocument
from naru.repository import queries as repository
from naru.repository.values import Received

LARGEST: Final = 16 * 1024 * 1024
"""Octets of a document that is looked at; one of a known form that is larger is an error itself."""

_BILL: Final = "itemised-bill"
_RECEIPT: Final = "receipt"
_TOLD: Final = 20
"""Findings of one document that its sender is told."""


def look(
    submission: Submission, received: Mapping[str, Received], on: date
) -> dict[str, tuple[Finding, ...]]:
    """What is wrong with each document, by the entry's id; raises RegistryFailure to refuse."""
    if settings.DOCUMENT_CHECKING is Checking.OFF:
        return {}
    found = {
        entry.entry_uuid: _of(entry, received[entry.entry_uuid], on)
        for entry in submission.entries
        if entry.object_type is DocumentEntryType.STABLE
    }
    for identity, pair in _of_pair(submission, received, on):
        found[identity] += pair
    if settings.DOCUMENT_CHECKING is Checking.REFUSE:
        wrong = [
            _told(entry, one, RegistrySeverity.ERROR)
            for entry in submission.entries
            for one in errors(found.get(entry.entry_uuid, ()))[:_TOLD]
        ]
        if wrong:
            raise RegistryFailure(*wrong)
    return {identity: findings for identity, findings in found.items() if findings}


def warnings(
    submission: Submission, found: Mapping[str, tuple[Finding, ...]]
) -> tuple[RegistryError, ...]:
    """What the sender of flagged documents is told."""
    return tuple(
        _told(entry, one, RegistrySeverity.WARNING)
        for entry in submission.entries
        for one in found.get(entry.entry_uuid, ())[:_TOLD]
        if one.severity is not Severity.INFORMATION
    )


def noted(document: RetrievedDocument) -> tuple[Finding, ...]:
    """What was found wrong with a document that the asker was given, when it came."""
    request = document.request
    return repository.findings(request.repository_unique_id, request.document_unique_id)


def _of(entry: DocumentEntry, received: Received, on: date) -> tuple[Finding, ...]:
    if received.size > LARGEST:
        promised = settings.CHECK_DOCUMENT.form_of(entry)
        return () if promised is None else (Finding("xml.too-large"),)
    checked: tuple[Finding, ...] = settings.CHECK_DOCUMENT(entry, repository.content(received), on)
    return checked


def _of_pair(
    submission: Submission, received: Mapping[str, Received], on: date
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What is wrong with a bill beside the receipt of the same submission, where each is one."""
    of: dict[str | None, list[str]] = {}
    for entry in submission.entries:
        if entry.object_type is DocumentEntryType.STABLE:
            kind = settings.CHECK_DOCUMENT.form_of(entry)
            of.setdefault(kind, []).append(entry.entry_uuid)
    match of.get(_BILL), of.get(_RECEIPT):
        case [bill], [receipt] if max(received[one].size for one in (bill, receipt)) <= LARGEST:
            said, paid = (repository.content(received[one]) for one in (bill, receipt))
            yield bill, settings.CHECK_DOCUMENT.against(said, paid, on)
        case _:
            return


def _told(entry: DocumentEntry, one: Finding, severity: RegistrySeverity) -> RegistryError:
    # ITI TF-3 Table 4.2.4.1-2 has no code for a document's content. Its formatCode promises the
    # form (4.2.3.2.9), so that a document which breaks the form is not what its metadata say.
    place = f" at {one.path}" if one.path else ""
    return RegistryError(
        ErrorCode.XDSRepositoryMetadataError,
        f"[{one.rule}] {one.plain(english=True)}{place}",
        severity=severity,
        location=entry.entry_uuid,
    )
