"""Why XML is refused: named for the rule, never quoting the message, which may name a patient."""

from enum import StrEnum


class XmlReason(StrEnum):
    """The rule that a document breaks."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    NUL = "nul"
    DTD = "dtd"
    PROLOG = "prolog"
    TOO_MUCH_MARKUP = "too-much-markup"
    TOO_DEEP = "too-deep"
    TOO_MANY_ATTRIBUTES = "too-many-attributes"
    ATTRIBUTE_TOO_LONG = "attribute-too-long"
    TEXT_TOO_LONG = "text-too-long"
    MALFORMED = "malformed"


class XmlRefused(ValueError):
    """A document that no door lets in."""

    def __init__(self, reason: XmlReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class UnwritableCharacter(ValueError):
    """A text holds a character that XML 1.0 cannot carry in any spelling."""
