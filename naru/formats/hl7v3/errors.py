"""Why a message is refused: the rule, the place and never what stood there."""

from naru.domain.patient_messages import AcknowledgementDetail, DetailCode


class Hl7v3Refused(ValueError):
    """A message that is not what this door takes; the sentence quotes nothing of it."""

    code = DetailCode.DATA_TYPE

    def __init__(self, sentence: str, location: str = "") -> None:
        super().__init__(sentence)
        self.location = location

    @property
    def detail(self) -> AcknowledgementDetail:
        """The same as an acknowledgement says it."""
        locations = (self.location,) if self.location else ()
        return AcknowledgementDetail(self.code, str(self), locations)


class WrongNamespace(Hl7v3Refused):
    """The element is not in `urn:hl7-org:v3`."""

    code = DetailCode.UNSUPPORTED_MESSAGE


class WrongInteraction(Hl7v3Refused):
    """The message is HL7 v3, but another one than this transaction takes, or says so of itself."""

    code = DetailCode.UNSUPPORTED_MESSAGE


class MissingElement(Hl7v3Refused):
    """Something is absent or null that the transaction requires."""

    code = DetailCode.REQUIRED_MISSING


class MalformedValue(Hl7v3Refused):
    """A value breaks its data type."""

    code = DetailCode.DATA_TYPE


class NotUnderstood(Hl7v3Refused):
    """A value is well formed, but to pass over it would change what was asked or told."""

    code = DetailCode.TABLE_VALUE


class TooManyRepetitions(Hl7v3Refused):
    """More of one element than a real message holds or than the transaction allows."""

    code = DetailCode.DATA_TYPE
