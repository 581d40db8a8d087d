"""Institutions as a message names them, and the repository that serves each."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.conf import settings

from naru.directory import queries as directory
from naru.domain.caller import Caller
from naru.domain.identifiers import is_oid
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.domain.xds import Submission
from naru.repository import queries as repository

_XON_AUTHORITY, _XON_ID = 5, 9  # XON-6 and XON-10, counted from 0: ITI TF-3 Table 4.2.3.1.7-2.


def named(intended_recipients: Iterable[str], *, on: date) -> tuple[UUID, ...]:
    """The institutions that intendedRecipient names.

    Raises XDSRegistryMetadataError where one takes no part: whoever addresses a record must not
    believe that it arrived. A sandbox leaves such a one out.
    """
    found = [_participant(text, on) for text in intended_recipients]
    if None in found and not settings.NARU.sandbox:
        raise failure(
            ErrorCode.XDSRegistryMetadataError,
            f"intendedRecipient {found.index(None) + 1} names no participating institution",
        )
    return tuple(one for one in found if one)


def require_own_name(caller: Caller, submission: Submission, *, on: date) -> None:
    """Raise XDSRegistryMetadataError where a sender speaks in another institution's name.

    What its readers and the patient are shown as the origin is what its author slots say; so those
    name the sender, by OID, and sourceId is the sender's. A sandbox's nameless caller is anyone.
    """
    if caller.institution is None and settings.NARU.sandbox:
        return
    if not gives(caller, submission.submission_set.source_id, on=on):
        raise _not_own("SubmissionSet.sourceId")
    authors = [
        *submission.submission_set.authors,
        *(author for entry in submission.entries for author in entry.authors),
    ]
    named_authors = {text for author in authors for text in author.institutions}
    if not all(gives(caller, _identity(text), on=on) for text in named_authors):
        raise _not_own("authorInstitution")


def _not_own(attribute: str) -> RegistryFailure:
    return failure(
        ErrorCode.XDSRegistryMetadataError, f"{attribute} must name the sending institution by OID"
    )


def repository_of(caller: Caller, *, on: date) -> str:
    """The OID of the repository that keeps what the caller sends: its own, or that of its hub.

    A sandbox's nameless caller gets the node's first. Raises XDSRepositoryError where nobody
    keeps documents for the caller.
    """
    if caller.institution is None:
        kept = next(iter(repository.repositories()), None)
    else:
        kept = repository.of_institution(_keeper_for(caller.institution, on))
    if kept is None:
        raise failure(
            ErrorCode.XDSRepositoryError, "no repository keeps documents of this institution"
        )
    return kept.oid


def repository_serving(institution: UUID, *, on: date) -> str:
    """The OID of the repository that keeps an institution's documents; empty where none does."""
    kept = repository.of_institution(_keeper_for(institution, on))
    return kept.oid if kept else ""


def gives(caller: Caller, authority: str, *, on: date) -> bool:
    """Tell whether identifiers of `authority`, an OID, are the caller's institution's to give."""
    return caller.institution is not None and giver(authority, on=on) == caller.institution


def giver(authority: str, *, on: date) -> UUID | None:
    """The institution whose patients' identifiers `authority`, an OID, assigns."""
    known = directory.by_arc(authority, on=on) if is_oid(authority) else None
    return known.id if known else None


def _keeper_for(institution: UUID, on: date) -> UUID:
    known = directory.by_id(institution, on=on)
    return (known.hub if known else None) or institution


def _participant(recipient: str, on: date) -> UUID | None:
    oid = _oid(recipient)
    institution = directory.by_oid(oid, on=on) if oid else None
    return institution.id if institution and institution.approved else None


def _identity(organisation: str) -> str:
    """The OID of an XON, or of the authority that gives its id; empty where it has neither."""
    parts = [*organisation.split("^"), *[""] * (_XON_ID + 1)]
    if is_oid(parts[_XON_ID]):
        return parts[_XON_ID]
    return parts[_XON_AUTHORITY].removeprefix("&").partition("&")[0]


def _oid(recipient: str) -> str | None:
    """The institution's OID in `XON|XCN|XTN` (ITI TF-3 4.2.3.3.7)."""
    parts = recipient.partition("|")[0].split("^")
    identity = parts[_XON_ID] if len(parts) > _XON_ID else ""
    return identity or None
