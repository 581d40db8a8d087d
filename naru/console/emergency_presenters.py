"""Reviews of emergencies in words. A patient is known by the institution's own number alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.accounts import people
from naru.accounts.errors import NotFound
from naru.consent.cases import Case
from naru.domain import roles
from naru.domain.arrangements import EmergencyCase
from naru.domain.caller import Role
from naru.exchange.without_consent.emergency import Reviews
from naru.ui.clock import moment, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review, open or closed."""

    id: UUID
    number: str
    patient: str
    who: str
    why: str
    reason: str
    opened: str
    ends: str
    due: str
    state: str
    tag: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The queue, and what was reviewed last."""

    waiting: tuple[Review, ...]
    closed: tuple[Review, ...]


_CASES: Final = {
    EmergencyCase.UNCONSCIOUS: gettext_lazy("환자에게 의식이 없음"),
    EmergencyCase.EMERGENCY_PATIENT: gettext_lazy("응급환자"),
    EmergencyCase.NOBODY_TO_ASK: gettext_lazy("동의를 구할 보호자가 없음"),
}
_SOON: Final = timedelta(hours=24)


def page(found: Reviews) -> Page:
    """The page."""
    return Page(
        waiting=tuple(_review(one, found.numbers) for one in found.waiting),
        closed=tuple(_review(one, found.numbers) for one in found.closed),
    )


def _review(case: Case, numbers: dict[UUID, str]) -> Review:
    first, last = case.entries[0][1], case.entries[-1][1]
    opened = first.emergency
    state, tag = _state(case) if case.closed is None else _finding(last.justified)
    return Review(
        id=case.id,
        number=str(case.id)[:8],
        patient=numbers.get(case.patient) or _("등록번호 없음"),
        who=_who(first.who, opened.person if opened else None),
        why=str(_CASES[opened.case]) if opened else "",
        reason=first.what,
        opened=moment(case.opened),
        ends=moment(opened.until) if opened else "",
        due=moment(case.due),
        state=state,
        tag=tag,
        finding=last.what if case.closed else "",
    )


def _state(case: Case) -> tuple[str, str]:
    left = case.due - now()
    if left < timedelta():
        return _("기한이 지나 운영자에게 알렸습니다"), "stop"
    words = _("%(hours)d시간 남았습니다") % {"hours": left // timedelta(hours=1)}
    return words, "warn" if left < _SOON else "info"


def _finding(justified: bool | None) -> tuple[str, str]:  # noqa: FBT001  # What a review found.
    return (_("정당함"), "ok") if justified else (_("정당하지 않음"), "stop")


def _who(role: str, person: UUID | None) -> str:
    row = roles.role_table().roles[Role(role)]
    name = row.korean if get_language() == "ko" else row.english
    try:
        return f"{people.name_of(person)} · {name}" if person else name
    except NotFound:  # A user whom the institution's own system vouches for has no account here.
        return name
