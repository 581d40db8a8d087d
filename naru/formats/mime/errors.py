"""Why a MIME message is refused: named for the rule, never quoting the message."""

from enum import StrEnum


class MimeReason(StrEnum):
    """The rule that a message breaks."""

    CONTENT_TYPE = "content-type"
    BOUNDARY_MISSING = "boundary-missing"
    BOUNDARY_MALFORMED = "boundary-malformed"
    BOUNDARY_AMBIGUOUS = "boundary-ambiguous"
    TRUNCATED = "truncated"
    HEADER_MALFORMED = "header-malformed"
    HEADER_DUPLICATE = "header-duplicate"
    HEADERS_TOO_LARGE = "headers-too-large"
    CONTENT_ID_DUPLICATE = "content-id-duplicate"
    NESTED_MULTIPART = "nested-multipart"
    TRANSFER_ENCODING = "transfer-encoding"
    TOO_MANY_PARTS = "too-many-parts"
    PREAMBLE_TOO_LARGE = "preamble-too-large"
    EPILOGUE_TOO_LARGE = "epilogue-too-large"
    PART_TOO_LARGE = "part-too-large"
    MESSAGE_TOO_LARGE = "message-too-large"


class MimeRefused(ValueError):
    """A message that no door lets in."""

    def __init__(self, reason: MimeReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason

    @property
    def too_large(self) -> bool:
        """Whether the message might have been accepted had it been smaller."""
        return self.reason in {
            MimeReason.PART_TOO_LARGE,
            MimeReason.MESSAGE_TOO_LARGE,
            MimeReason.TOO_MANY_PARTS,
        }
