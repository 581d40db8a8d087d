"""What an access was to the person it concerns, whichever door it came through."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from naru.exchange.callers import clinic_launch
from naru.exchange.charts import past_history
from naru.exchange.without_consent import emergency
from naru.portal.acts import CONSENT


class Kind(Enum):
    """What somebody did."""

    OPEN = auto()
    FIND = auto()
    PROVIDE = auto()
    REGISTER = auto()
    WRITE = auto()
    TELL = auto()
    IDENTIFY = auto()
    AUDIT = auto()
    CONSENT = auto()
    RECEIVE = auto()
    EMERGENCY = auto()
    LOOK_AFTER = auto()
    BLOCK = auto()
    UNBLOCK = auto()
    SHARED = auto()
    RECEIVED = auto()
    REFER = auto()
    BOOK = auto()
    BILL = auto()
    OTHER = auto()


_KINDS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.OPEN: frozenset(
        {"ITI-43", "ITI-68", "FHIR read", "FHIR vread", "FHIR everything", "FHIR summary"}
        | {"FHIR validate", "CDS Hooks patient-view", "CDS Hooks order-select"}
        | {"CDS Hooks order-sign", past_history.LOOK, "referral", "referral form", "letter"}
    ),
    Kind.FIND: frozenset(
        {"ITI-18", "ITI-66", "ITI-67", "FHIR search-type", "FHIR history-instance"}
    ),
    Kind.PROVIDE: frozenset({"ITI-41", "ITI-65"}),
    Kind.REGISTER: frozenset({"ITI-42", "ITI-61"}),
    Kind.WRITE: frozenset(
        {"FHIR create", "FHIR update", "FHIR delete", "FHIR transaction", "FHIR batch"}
    ),
    Kind.TELL: frozenset({"ITI-44", "ITI-104", "desk registration"}),
    Kind.IDENTIFY: frozenset(
        {"ITI-45", "ITI-47", "ITI-78", "ITI-83", "ITI-119"}
        | {"desk patient", "clinic patient", clinic_launch.ASK, "accounts to link", "link account"}
    ),
    Kind.AUDIT: frozenset({"ITI-81", "review accesses", "export accesses"}),
    Kind.CONSENT: frozenset({CONSENT, "desk consent", "referral called back"}),
    Kind.LOOK_AFTER: frozenset({"account state", "call"}),
    Kind.BLOCK: frozenset({"block account"}),
    Kind.UNBLOCK: frozenset({"open account"}),
    Kind.SHARED: frozenset({"open shared link"}),
    Kind.RECEIVED: frozenset({"received submissions"}),
    Kind.REFER: frozenset(
        {
            "referral sending",
            "referral act",
            "referral reply",
            "referral forwarding",
            "referral booking",
            "referral expiry",
            "referral inbox",
            "referrals sent",
        }
    ),
    Kind.BOOK: frozenset({"appointments", "appointment", "appointment patient"}),
    Kind.BILL: frozenset({"hira file", "hira statement", "hira hand-over", "claim proof"}),
    Kind.RECEIVE: frozenset({"desk reception", "treatment relation"}),
    Kind.EMERGENCY: frozenset({emergency.BEGIN, emergency.END}),
}
_OF: Final = {name: kind for kind, names in _KINDS.items() for name in names}


def standard(transaction: str) -> str:
    """The transaction's name where a standard gives it; what our own pages call theirs is ours."""
    return transaction if transaction.startswith(("ITI-", "FHIR ", "CDS Hooks ")) else ""


def of(transaction: str) -> Kind:
    """The kind of a transaction, by its name in the access record."""
    return _OF.get(transaction, Kind.OTHER)
