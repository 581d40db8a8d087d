"""The repository's refusals, each named for its code in ITI TF-3 Table 4.2.4.1-2."""

from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure, failure


class RepositoryTaken(Exception):
    """A repository was to be established under an OID that is another institution's."""


def unknown_repository(repository_oid: str, unique_id: str | None = None) -> RegistryFailure:
    """XDSUnknownRepositoryId: no repository of that OID is kept here."""
    return failure(
        ErrorCode.XDSUnknownRepositoryId,
        f"the repository {repository_oid} is not kept here",
        unique_id,
    )


def unknown_document(unique_id: str) -> RegistryFailure:
    """XDSDocumentUniqueIdError; `location` is the document's uniqueId (ITI TF-2 3.43)."""
    return failure(ErrorCode.XDSDocumentUniqueIdError, "the document is not available", unique_id)


def unreadable(unique_id: str) -> RegistryFailure:
    """XDSRepositoryError: the document is registered, and its bytes cannot be had."""
    return failure(ErrorCode.XDSRepositoryError, "the document cannot be read", unique_id)


def wrong_metadata(what: str, unique_id: str) -> RegistryError:
    """XDSRepositoryMetadataError: hash or size is not that of the bytes received."""
    return RegistryError(
        ErrorCode.XDSRepositoryMetadataError,
        f"the {what} is not that of the document received",
        location=unique_id,
    )


def other_bytes(code: ErrorCode, unique_id: str) -> RegistryError:
    """XDSNonIdenticalHash or XDSNonIdenticalSize: the uniqueId is that of other bytes."""
    return RegistryError(code, "the uniqueId is that of another document", location=unique_id)


def no_room() -> RegistryFailure:
    """XDSRepositoryOutOfResources: the object store is full."""
    return failure(
        ErrorCode.XDSRepositoryOutOfResources, "the repository has no room for the document"
    )


def twice_in_message(unique_id: str) -> RegistryFailure:
    """XDSRepositoryDuplicateUniqueIdInMessage."""
    return failure(
        ErrorCode.XDSRepositoryDuplicateUniqueIdInMessage,
        "a uniqueId is used more than once",
        unique_id,
    )


class DocumentDamaged(Exception):
    """The stored bytes are not those that were received; nothing of them may be trusted."""
