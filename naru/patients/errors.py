"""Why a feed or a query about patients is refused. No message repeats an identifier."""

from enum import StrEnum


class Part(StrEnum):
    """Which identifier of a message is meant."""

    PATIENT = "patient"
    SURVIVOR = "survivor"
    SUBSUMED = "subsumed"


class Refused(Exception):
    """A feed or query that changes nothing and gets no data."""

    def __init__(self, sentence: str, part: Part = Part.PATIENT) -> None:
        super().__init__(sentence)
        self.part = part


class UnknownIdentifier(Refused):
    """The identifier is not known or is no longer active (HL7 table 0357: 204)."""


class UnknownDomain(Refused):
    """The identifier's own authority is not a domain of this cross-reference (204)."""


class UnknownAskedDomains(UnknownDomain):
    """Domains for which identifiers are asked are not known (204).

    `repetitions` counts them from 1 in the order of the question, for error locations.
    """

    def __init__(self, repetitions: tuple[int, ...]) -> None:
        super().__init__("A domain whose identifiers are asked for is not known.")
        self.repetitions = repetitions


class ForeignDomain(Refused):
    """A source tells of an identifier of an authority that is not its own."""


class OfAnotherPatient(Refused):
    """The sender's assertion or token speaks of another patient, or of nobody who is known."""


class SameIdentifier(Refused):
    """A merge names one identifier as survivor and as subsumed."""


class DifferentDomains(Refused):
    """A merge names identifiers of two authorities."""


class AlreadySubsumed(Refused):
    """The identifier was ended by an earlier merge."""


class DifferentPatients(Refused):
    """The identifiers of one record belong to different patients; only a merge joins them."""


class ResidentNumbersDiffer(Refused):
    """One hospital's merge would join two persons who are known by different 주민등록번호."""


class NotJoined(Refused):
    """What is to be taken back is not known or does not stand any more."""


class UnknownCase(Refused):
    """A case that is not known, or whose persons are one by now."""


class WhyMissing(Refused):
    """A steward who decides says why."""


class TooLarge(Refused):
    """A record or query names more than any person has."""


class TooBroad(Refused):
    """The query names nothing that narrows the search, or more people match than are opened."""


class NoAffinityDomain(Exception):
    """The settings name no affinity domain, so that no identifier can be given."""
