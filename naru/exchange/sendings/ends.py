"""Rule 8: when a sending by name ends, beside what the patient says of the exchange.

It lasts for as long as whoever was meant may still take it on. Where that is over, its copy at the
exchange is closed to them from the next request on, at every door: what they took is in their own
chart (rule 3), and what a general consent shows them is no matter of the sending.
"""

from datetime import datetime
from uuid import UUID

from naru.domain.korea import korean_day
from naru.exchange.patients import whole_person
from naru.registry import services as registry


def end(document: str, *, sender: UUID, recipient: UUID) -> None:
    """End it for that recipient, in the caller's transaction."""
    registry.end_sending(document, sender=sender, recipient=recipient)


def is_held(patient: UUID, sent: datetime, now: datetime) -> bool:
    """Whether the patient's consent ended after that sending, under any of their entries.

    For what is sent to whoever stands outside the exchange, of which no door decides.
    """
    day = korean_day(now)
    said = [one.snapshot for one in whole_person.standings(patient)]
    return any(one.holds_back(sent, day) for one in said if one is not None)
