"""The error codes of Document Sharing (ITI TF-3 Table 4.2.4.1-2) as FHIR tells them.

Every code stands in `details`; the HTTP status says who is to do what: the sender to mend (400,
422), to give up (403, 404, 409, 410), or to come back (503, 507).
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure
from naru.domain.registry_errors import Severity as RegistrySeverity
from naru.formats.fhir.outcome import Issue, IssueType, Refused, Severity

_CODES: Final[Mapping[ErrorCode, tuple[IssueType, HTTPStatus]]] = {
    ErrorCode.FHIRDocumentNotSupported: (
        IssueType.NOT_SUPPORTED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    ErrorCode.UnresolvedReferenceException: (
        IssueType.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    ErrorCode.XDSDocumentUniqueIdError: (IssueType.NOT_FOUND, HTTPStatus.NOT_FOUND),
    ErrorCode.XDSDuplicateUniqueIdInRegistry: (IssueType.DUPLICATE, HTTPStatus.CONFLICT),
    ErrorCode.XDSMissingDocument: (IssueType.REQUIRED, HTTPStatus.UNPROCESSABLE_ENTITY),
    ErrorCode.XDSMissingDocumentMetadata: (IssueType.REQUIRED, HTTPStatus.UNPROCESSABLE_ENTITY),
    ErrorCode.XDSNonIdenticalHash: (IssueType.CONFLICT, HTTPStatus.CONFLICT),
    ErrorCode.XDSNonIdenticalSize: (IssueType.CONFLICT, HTTPStatus.CONFLICT),
    ErrorCode.XDSPatientIdDoesNotMatch: (
        IssueType.BUSINESS_RULE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    ErrorCode.XDSRegistryBusy: (IssueType.TRANSIENT, HTTPStatus.SERVICE_UNAVAILABLE),
    ErrorCode.XDSRegistryDeprecatedDocumentError: (IssueType.CONFLICT, HTTPStatus.CONFLICT),
    ErrorCode.XDSRegistryDuplicateUniqueIdInMessage: (
        IssueType.DUPLICATE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    # Of a submission it says that the patient's consent or the law does not admit it.
    ErrorCode.XDSRegistryError: (IssueType.FORBIDDEN, HTTPStatus.FORBIDDEN),
    ErrorCode.XDSRegistryNotAvailable: (IssueType.TRANSIENT, HTTPStatus.SERVICE_UNAVAILABLE),
    ErrorCode.XDSRegistryOutOfResources: (
        IssueType.TRANSIENT,
        HTTPStatus.INSUFFICIENT_STORAGE,
    ),
    ErrorCode.XDSRepositoryBusy: (IssueType.TRANSIENT, HTTPStatus.SERVICE_UNAVAILABLE),
    ErrorCode.XDSRepositoryDuplicateUniqueIdInMessage: (
        IssueType.DUPLICATE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
    ErrorCode.XDSRepositoryError: (IssueType.EXCEPTION, HTTPStatus.INTERNAL_SERVER_ERROR),
    ErrorCode.XDSRepositoryOutOfResources: (
        IssueType.TRANSIENT,
        HTTPStatus.INSUFFICIENT_STORAGE,
    ),
    ErrorCode.XDSTooManyResults: (IssueType.TOO_COSTLY, HTTPStatus.FORBIDDEN),
    ErrorCode.XDSUnknownCommunity: (IssueType.NOT_FOUND, HTTPStatus.NOT_FOUND),
    ErrorCode.XDSUnknownPatientId: (IssueType.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
    ErrorCode.XDSUnknownRepositoryId: (IssueType.NOT_FOUND, HTTPStatus.NOT_FOUND),
}
_OTHERWISE: Final = (IssueType.BUSINESS_RULE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""Above all the two metadata errors: the message is sound FHIR, and not what the registry takes."""


def refused(failure: RegistryFailure, places: Mapping[str, str] | None = None) -> Refused:
    """The refusal of a RegistryFailure; `places` leads from its locations to elements.

    Of several errors the first gives the status.
    """
    first = failure.errors[0].code
    return Refused(*issues(failure.errors, places), status=_CODES.get(first, _OTHERWISE)[1])


def issues(
    errors: Iterable[RegistryError], places: Mapping[str, str] | None = None
) -> tuple[Issue, ...]:
    """The issues of errors, or of warnings, each under its own code."""
    return tuple(_issue(one, places or {}) for one in errors)


def _issue(error: RegistryError, places: Mapping[str, str]) -> Issue:
    place = places.get(error.location or "", error.location or "")
    # A location that is no element of the request is an id of ours or the sender's: not told.
    expression = (place,) if place.startswith("Bundle") else ()
    is_warning = error.severity is RegistrySeverity.WARNING
    return Issue(
        code=_CODES.get(error.code, _OTHERWISE)[0],
        sentence=error.context,
        expression=expression,
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        detail=error.code.value,
    )
