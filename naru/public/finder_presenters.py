"""Those that were found, as a list with numbers and a map with the same numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain import regions
from naru.domain.institution import InstitutionKind
from naru.exchange.institutions.finder import Member, Members, Sought
from naru.public import maps
from naru.public.maps import Map
from naru.ui import finding
from naru.ui.clock import moment
from naru.ui.finding import Fields

_DAYS: Final[Mapping[str, str | Promise]] = {
    "mon": gettext_lazy("월요일"),
    "tue": gettext_lazy("화요일"),
    "wed": gettext_lazy("수요일"),
    "thu": gettext_lazy("목요일"),
    "fri": gettext_lazy("금요일"),
    "sat": gettext_lazy("토요일"),
    "sun": gettext_lazy("일요일"),
    "holiday": gettext_lazy("공휴일"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An institution in the list; `number` is that of its dot."""

    number: int
    name: str
    kind: str
    address: str
    telephone: str
    tel: str
    departments: str
    hours: tuple[str, ...]
    away: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The finder's page."""

    heading: str
    as_of: str
    rows: tuple[Row, ...]
    map: Map
    told_map: str
    off_map: str
    before: int
    after: int
    fields: Fields


def page(found: Members, sought: Sought, at: int, most: int, *, own: bool) -> Page:
    """The list's part `at` of `most` rows each, counted from 1."""
    first = (at - 1) * most
    shown = found.members[first : first + most]
    points = [one.point for one in shown]
    others = [one.point for one in (*found.members[:first], *found.members[first + most :])]
    known = [one for one in points if one is not None]
    off = len(points) - len(known)
    return Page(
        heading=_heading(len(found.members), sought, own=own),
        as_of=moment(found.as_of),
        rows=tuple(_row(number, one) for number, one in enumerate(shown, start=1)),
        map=maps.drawn(
            points,
            {one for one in others if one is not None},
            sought.near,
            regions.region(sought.region),
        ),
        told_map=_("지도: 목록의 기관 %(count)d곳의 위치를 같은 번호로 표시했습니다")
        % {"count": len(known)},
        off_map=_("위치를 알리지 않은 기관 %(count)d곳은 지도에 없습니다.") % {"count": off}
        if off
        else "",
        before=at - 1,
        after=at + 1 if len(found.members) > first + most else 0,
        fields=finding.fields(found.departments),
    )


def _heading(number: int, sought: Sought, *, own: bool) -> str:
    if not number:
        return _("찾는 기관이 없습니다")
    if own:
        return _("내 위치에서 가까운 순서로 %(count)d곳입니다") % {"count": number}
    if sought.near is not None:
        return _("가까운 순서로 %(count)d곳입니다") % {"count": number}
    return _("지금 참여하는 기관 %(count)d곳입니다") % {"count": number}


def _row(number: int, member: Member) -> Row:
    profile = member.profile
    return Row(
        number=number,
        name=member.institution.name,
        kind=_("거점의료기관")
        if member.institution.kind is InstitutionKind.HUB
        else _("협력의료기관"),
        address=profile.address,
        telephone=profile.telephone,
        tel="".join(one for one in profile.telephone if one.isdigit() or one == "+"),
        departments=" · ".join(map(finding.department, member.departments)),
        hours=tuple(map(_hours, profile.hours)),
        away="" if member.km is None else finding.away(member.km),
    )


def _hours(written: str) -> str:
    day, _space, span = written.partition(" ")
    return f"{_DAYS[day]} {span.replace('-', '–')}"
