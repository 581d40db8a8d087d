"""Why a signature is refused; no sentence quotes what was sent."""

from enum import StrEnum


class SignatureReason(StrEnum):
    """What is wrong with it."""

    MISSING = "missing"
    FORM = "form"
    ALGORITHM = "algorithm"
    DIGEST = "digest"


class SignatureRefused(ValueError):
    """A signature that no key could make good."""

    def __init__(self, reason: SignatureReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
