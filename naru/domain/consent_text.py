"""The words that a person reads before a consent or a withdrawal, in one version and language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from naru.domain.consent_paper import Box, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxText:
    """What stands beside one box: its matter, the items, the sentence, and what refusing does."""

    title: str
    items: str
    sentence: str
    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalText:
    """The sentences of a withdrawal, and what the law keeps in spite of it."""

    whole: str
    partial: str
    lifting: str
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that a person reads, in one language (개인정보 보호법 제15조, 제17조, 제22조)."""

    title: str
    lead: str
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    period: str
    refusal: str
    statutory: str
    boxes: Mapping[Box, BoxText]
    withdrawal: WithdrawalText


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One version in one language, in force from `effective` to `until`, days in Korea.

    `withdrawal_days` is the number of days within which a withdrawal must have been handled.
    """

    wording: Wording
    status: str
    effective: date
    until: date | None
    withdrawal_days: int
    words: Words

    def in_force(self, day: date) -> bool:
        """Whether it is the text to sign on that day."""
        return self.effective <= day and (self.until is None or day <= self.until)
