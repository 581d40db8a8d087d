"""The error codes of ITI TF-3 Table 4.2.4.1-2, as values and as the exception that carries them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """ITI TF-3 Table 4.2.4.1-2; the names are the wire's own."""

    FHIRDocumentNotSupported = "FHIRDocumentNotSupported"
    UnresolvedReferenceException = "UnresolvedReferenceException"
    XDSDocumentUniqueIdError = "XDSDocumentUniqueIdError"
    XDSDuplicateUniqueIdInRegistry = "XDSDuplicateUniqueIdInRegistry"
    XDSExtraMetadataNotSaved = "XDSExtraMetadataNotSaved"
    XDSMissingDocument = "XDSMissingDocument"
    XDSMissingDocumentMetadata = "XDSMissingDocumentMetadata"
    XDSMissingHomeCommunityId = "XDSMissingHomeCommunityId"
    XDSNonIdenticalHash = "XDSNonIdenticalHash"
    XDSNonIdenticalSize = "XDSNonIdenticalSize"
    XDSPatientIdDoesNotMatch = "XDSPatientIdDoesNotMatch"
    XDSRegistryBusy = "XDSRegistryBusy"
    XDSRegistryDeprecatedDocumentError = "XDSRegistryDeprecatedDocumentError"
    XDSRegistryDuplicateUniqueIdInMessage = "XDSRegistryDuplicateUniqueIdInMessage"
    XDSRegistryError = "XDSRegistryError"
    XDSRegistryMetadataError = "XDSRegistryMetadataError"
    XDSRegistryNotAvailable = "XDSRegistryNotAvailable"
    XDSRegistryOutOfResources = "XDSRegistryOutOfResources"
    XDSRepositoryBusy = "XDSRepositoryBusy"
    XDSRepositoryDuplicateUniqueIdInMessage = "XDSRepositoryDuplicateUniqueIdInMessage"
    XDSRepositoryError = "XDSRepositoryError"
    XDSRepositoryMetadataError = "XDSRepositoryMetadataError"
    XDSRepositoryOutOfResources = "XDSRepositoryOutOfResources"
    XDSResultNotSinglePatient = "XDSResultNotSinglePatient"
    XDSStoredQueryMissingParam = "XDSStoredQueryMissingParam"
    XDSStoredQueryParamNumber = "XDSStoredQueryParamNumber"
    XDSTooManyResults = "XDSTooManyResults"
    XDSUnknownCommunity = "XDSUnknownCommunity"
    XDSUnknownPatientId = "XDSUnknownPatientId"
    XDSUnknownRepositoryId = "XDSUnknownRepositoryId"
    XDSUnknownStoredQuery = "XDSUnknownStoredQuery"


class Severity(StrEnum):
    """ITI TF-3 4.2.4.1."""

    ERROR = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
    WARNING = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"


@dataclass(frozen=True, slots=True)
class RegistryError:
    """One rs:RegistryError: `context` is a sentence for the reader, free of personal data."""

    code: ErrorCode
    context: str
    severity: Severity = Severity.ERROR
    location: str | None = None


class ResponseStatus(StrEnum):
    """ITI TF-3 4.2.4: how a request went."""

    SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
    PARTIAL_SUCCESS = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
    FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"


@dataclass(frozen=True, slots=True)
class RegistryResponse:
    """An answer without content: a success carries warnings only, a failure at least one error."""

    status: ResponseStatus
    errors: tuple[RegistryError, ...] = ()


class RegistryFailure(Exception):
    """A request refused as a whole: nothing of it was done. Carries at least one error."""

    def __init__(self, *errors: RegistryError) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = errors


def failure(code: ErrorCode, context: str, location: str | None = None) -> RegistryFailure:
    """The exception for a single error."""
    return RegistryFailure(RegistryError(code, context, location=location))


def warnings_of(errors: Iterable[RegistryError]) -> tuple[RegistryError, ...]:
    """Those errors that are mere warnings."""
    return tuple(error for error in errors if error.severity is Severity.WARNING)
