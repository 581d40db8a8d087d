"""What the parts of a referral are called: its kinds, institutions, departments and phrases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from naru.directory import queries as directory
from naru.domain.departments import name_of
from naru.domain.referral_papers import LETTER, REPLY
from naru.domain.referrals import Kind
from naru.referrals.policy import Phrase, policy
from naru.ui.clock import moment
from naru.ui.names import in_language

Words = str | Promise

KINDS: Final[dict[str, Words]] = {
    Kind.REFERRAL: gettext_lazy("의뢰"),
    Kind.RETURN: gettext_lazy("회송"),
    Kind.EMERGENCY_TRANSFER: gettext_lazy("응급 전원"),
    LETTER: gettext_lazy("교류 밖 기관에 보내는 의뢰서"),
    REPLY: gettext_lazy("회신"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be chosen."""

    code: str
    words: Words
    chosen: bool = False
    told: str = ""


def name(institution: UUID | None, now: datetime) -> str:
    """What an institution is called."""
    found = None if institution is None else directory.by_id(institution, on=now)
    return in_language(found.name) if found else ""


def department(canonical: str) -> str:
    """What a department is called."""
    return name_of(canonical, english=get_language() == "en") if canonical else ""


def choices(listed: str, chosen: frozenset[str] = frozenset()) -> tuple[Choice, ...]:
    """The phrases of a list of the policy."""
    return tuple(
        Choice(code=one.code, words=phrase(one), chosen=one.code in chosen)
        for one in policy().reasons[listed]
    )


def phrase(one: Phrase) -> str:
    """A phrase in the reader's language."""
    return one.english if get_language() == "en" else one.korean


def minute(time: datetime) -> str:
    """A moment to the minute."""
    return moment(time)[:16]
