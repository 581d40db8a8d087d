"""Coded values and words that carry their language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalizedString:
    """A text with the language and charset that its sender wrote beside it, returned as sent."""

    value: str
    lang: str | None = None
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A code within its coding scheme (an OID, a UUID or a name).

    The display names are the sender's words; two codes are the same when code and scheme agree.
    """

    code: str
    scheme: str
    display: tuple[LocalizedString, ...] = ()

    def same_as(self, other: "Code") -> bool:
        """Tell whether `other` names the same concept; display names do not count."""
        return (self.code, self.scheme) == (other.code, other.scheme)
