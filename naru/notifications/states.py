"""What a delivery, a wish and a recipient can be."""

from enum import StrEnum


class To(StrEnum):
    """What a recipient's id names."""

    PATIENT = "patient"
    ACCOUNT = "account"
    INSTITUTION = "institution"


class State(StrEnum):
    """Where one delivery stands."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    RETURNED = "returned"
    GIVEN_UP = "given-up"  # By a person, who said why.


class Wish(StrEnum):
    """When a person wants to be told of a kind, beyond the inbox."""

    AT_ONCE = "at-once"
    DIGEST = "digest"
    OFF = "off"
