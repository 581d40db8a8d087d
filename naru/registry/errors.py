"""The registry's refusals, each named for its code in ITI TF-3 Table 4.2.4.1-2."""

from naru.domain.registry_errors import ErrorCode, RegistryError


def metadata(context: str, location: str | None = None) -> RegistryError:
    """XDSRegistryMetadataError: the metadata break a rule of ITI TF-3 4.2 or 4.3."""
    return RegistryError(ErrorCode.XDSRegistryMetadataError, context, location=location)


def unique_id_taken(location: str) -> RegistryError:
    """XDSRegistryMetadataError: the uniqueId is of another's document, whatever is true of that."""
    return metadata("this DocumentEntry.uniqueId cannot be registered by this sender", location)


def unresolved(context: str, location: str) -> RegistryError:
    """UnresolvedReferenceException: an association's end is nowhere."""
    return RegistryError(ErrorCode.UnresolvedReferenceException, context, location=location)


def deprecated(entry_uuid: str, location: str) -> RegistryError:
    """XDSRegistryDeprecatedDocumentError: an association names a deprecated document."""
    return RegistryError(
        ErrorCode.XDSRegistryDeprecatedDocumentError,
        f"an association refers to the deprecated document {entry_uuid}",
        location=location,
    )


def patient_mismatch(context: str, location: str) -> RegistryError:
    """XDSPatientIdDoesNotMatch: two objects must belong to one patient and do not."""
    return RegistryError(ErrorCode.XDSPatientIdDoesNotMatch, context, location=location)


def duplicate_unique_id(kind: str, unique_id: str) -> RegistryError:
    """XDSDuplicateUniqueIdInRegistry: never for a DocumentEntry."""
    return RegistryError(
        ErrorCode.XDSDuplicateUniqueIdInRegistry,
        f"{kind}.uniqueId {unique_id} is in use in the registry",
    )
