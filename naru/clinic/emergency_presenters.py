"""An emergency in words: the form that opens a record, and the banner while it is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.consent.policy import policy
from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.caller import Caller
from naru.exchange.consent.issue import full_name
from naru.exchange.without_consent import emergency
from naru.patients import queries as patients
from naru.ui.clock import moment, now, today

CASES: Final = {
    EmergencyCase.UNCONSCIOUS: gettext_lazy("환자에게 의식이 없습니다"),
    EmergencyCase.EMERGENCY_PATIENT: gettext_lazy("응급환자입니다"),
    EmergencyCase.NOBODY_TO_ASK: gettext_lazy("동의를 구할 보호자가 없습니다"),
}
"""의료법 제21조의2제1항 단서, in the words of a form."""

_HOURS: Final = (1, 6, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A line of the form."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What stands above a record that is open in an emergency."""

    id: UUID
    until: str
    case: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The page that opens a record."""

    patient: str
    cases: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    reason: str
    review_hours: int
    open_until: str


def form(caller: Caller, patient: UUID, given: Mapping[str, str]) -> Form:
    """The form, with what was given."""
    time = now()
    settings = policy(on=today(time)).settings
    stands = emergency.opened_by(caller, patient, time)
    hours = [one for one in _HOURS if one <= settings.emergency_hours] or [1]
    wanted = given.get("hours", str(hours[-1]))
    return Form(
        patient=full_name(patients.demographics(patient)),
        cases=tuple(
            Choice(code=one, words=str(words), chosen=given.get("case") == one)
            for one, words in CASES.items()
        ),
        hours=tuple(
            Choice(
                code=str(one), words=_("%(hours)d시간") % {"hours": one}, chosen=wanted == str(one)
            )
            for one in hours
        ),
        reason=given.get("reason", ""),
        review_hours=settings.emergency_review_hours,
        open_until=moment(stands.until) if stands else "",
    )


def banner(opened: Emergency | None) -> Banner | None:
    """The banner, where the record is open in an emergency."""
    if opened is None:
        return None
    return Banner(
        id=opened.id, until=_end(opened.until), case=str(CASES[opened.case]), reason=opened.reason
    )


def _end(until: datetime) -> str:
    return moment(until)[:16]  # To the minute.
