"""What is wrong with metadata, told by the attribute's name and never by its value."""

from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure


class InvalidMetadata(RegistryFailure):
    """An attribute is missing or malformed; the sender must correct the metadata.

    Which of the two metadata errors is answered depends on who answers, so the code can be changed
    by the one who knows.
    """

    def __init__(
        self,
        *sentences: tuple[str, str | None],
        code: ErrorCode = ErrorCode.XDSRegistryMetadataError,
    ) -> None:
        super().__init__(
            *(RegistryError(code, sentence, location=place) for sentence, place in sentences)
        )

    def answered_as(self, code: ErrorCode) -> "InvalidMetadata":
        """The same faults under the code of the actor that answers."""
        return InvalidMetadata(
            *((error.context, error.location) for error in self.errors), code=code
        )


def invalid(sentence: str, location: str | None = None) -> InvalidMetadata:
    """The exception for a single fault, at the object whose id is `location`."""
    return InvalidMetadata((sentence, location))
