class UnknownKind(ValueError):
    """No template has this kind."""


class ValueRefused(ValueError):
    """A value that no template asks for, or one that is no short plain text."""


class NotOptional(ValueError):
    """Who must be told of this cannot have it turned off."""


class Refused(Exception):
    """A channel will never take this message; `reason` is free of personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """A channel did not answer, or asked to come again."""
