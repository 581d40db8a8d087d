"""CDS Hooks 2.0: what an EMR asks while a doctor works, and the cards that answer."""

from naru.formats.cds.cards import to_cards, to_history_card
from naru.formats.cds.feedback import read_feedback
from naru.formats.cds.request import HookRequest, read_request
from naru.formats.cds.services import SERVICES, Service, discovery

__all__ = [
    "SERVICES",
    "HookRequest",
    "Service",
    "discovery",
    "read_feedback",
    "read_request",
    "to_cards",
    "to_history_card",
]
