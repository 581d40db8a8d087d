"""How long a referral waits, what is ticked first, and the phrases that need no typing: data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from naru.domain.referral_content import Suggestion
from naru.domain.referrals import Kind


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence to choose, by its code, in Korean and English."""

    code: str
    korean: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPolicy:
    """What the data file says."""

    status: str
    version: str
    waits: Mapping[Kind, timedelta]
    letter_waits: timedelta
    letter_attempts: int
    suggestion: Suggestion
    reasons: Mapping[str, tuple[Phrase, ...]]
    """By the list's name: why it is sent, declined, cancelled; a return's; means of travel …"""

    def phrase(self, listed: str, code: str) -> Phrase | None:
        """One sentence of a list."""
        return next((one for one in self.reasons[listed] if one.code == code), None)


@cache
def policy() -> ReferralPolicy:
    """What `data/referrals.json` says."""
    source = resources.files("naru.referrals").joinpath("data/referrals.json")
    data = json.loads(source.read_text("utf-8"))
    return ReferralPolicy(
        status=data["status"],
        version=data["version"],
        waits={Kind(name): timedelta(hours=hours) for name, hours in data["hours"].items()},
        letter_waits=timedelta(days=data["letter"]["days"]),
        letter_attempts=data["letter"]["attempts"],
        suggestion=Suggestion(
            days=data["suggested"]["days"], never=tuple(data["suggested"]["never"])
        ),
        reasons={
            name: tuple(Phrase(one["code"], one["ko"], one["en"]) for one in listed)
            for name, listed in data["phrases"].items()
        },
    )
