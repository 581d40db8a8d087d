"""Refusals of the exchange about single records, in FHIR's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from naru.domain import records
from naru.domain.korea import KST
from naru.formats.fhir.outcome import Issue, IssueType, Refused, Severity, refused

_UNPROCESSABLE: Final = HTTPStatus.UNPROCESSABLE_ENTITY

_WORDS: Final[dict[type[records.Refused], tuple[IssueType, HTTPStatus]]] = {
    records.NotHeld: (IssueType.NOT_FOUND, HTTPStatus.NOT_FOUND),
    records.Deleted: (IssueType.DELETED, HTTPStatus.GONE),
    records.VersionConflict: (IssueType.CONFLICT, HTTPStatus.PRECONDITION_FAILED),
    records.SeveralMatch: (IssueType.MULTIPLE_MATCHES, HTTPStatus.PRECONDITION_FAILED),
    records.NoneMatches: (IssueType.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED),
    records.NotPermitted: (IssueType.FORBIDDEN, HTTPStatus.FORBIDDEN),
    records.UnknownPatient: (IssueType.BUSINESS_RULE, _UNPROCESSABLE),
    records.TooMany: (IssueType.TOO_COSTLY, HTTPStatus.BAD_REQUEST),
    records.UnknownPage: (IssueType.INVALID, HTTPStatus.BAD_REQUEST),
    records.SlotTaken: (IssueType.CONFLICT, HTTPStatus.CONFLICT),
    records.NotBookable: (IssueType.BUSINESS_RULE, _UNPROCESSABLE),
}


@contextmanager
def refusing() -> Iterator[None]:
    """What the exchange refuses inside passes on as FHIR's Refused."""
    try:
        yield
    except records.Refused as refusal:
        raise in_words(refusal) from refusal


def in_words(refusal: records.Refused) -> Refused:
    """The refusal with FHIR's code and status."""
    code, status = _WORDS[type(refusal)]
    if isinstance(refusal, records.SlotTaken):
        return Refused(
            Issue(code, str(refusal), ("Appointment.slot",)), *_free(refusal), status=status
        )
    return refused(code, str(refusal), status=status)


def _free(refusal: records.SlotTaken) -> Iterator[Issue]:
    """What is free instead, the next time first."""
    for one in refusal.following:
        since = one.start.astimezone(KST).isoformat()
        yield Issue(
            IssueType.INFORMATIONAL,
            f"Free from {since}: Slot/{one.name}",
            severity=Severity.INFORMATION,
        )
