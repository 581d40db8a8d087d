"""Staff and apps in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from naru.accounts.values import OAuthClient, Post, Service
from naru.directory import queries as directory
from naru.domain.caller import Caller
from naru.domain.korea import korean_day
from naru.exchange.callers import staff
from naru.ui.clock import moment, span
from naru.ui.names import in_language, role_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One post; `id` is empty where it is over."""

    id: str
    name: str
    what: str
    days: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The staff of one institution."""

    heading: str
    institution: str
    members: tuple[Member, ...]
    roles: tuple[tuple[str, str], ...]
    institutions: tuple[tuple[str, str], ...]


def page(caller: Caller, institution: UUID | None, posts: Sequence[Post], now: datetime) -> Page:
    """The page."""
    places = directory.all_institutions(on=now) if caller.institution is None else ()
    return Page(
        heading=_("%(place)s의 직원") % {"place": institution_name(institution, now)},
        institution=str(institution or ""),
        members=tuple(_member(one, now) for one in posts),
        roles=tuple((role.value, role_name(role)) for role in staff.may_give(caller)),
        institutions=tuple((str(one.id), in_language(one.name)) for one in places),
    )


def institution_name(institution: UUID | None, now: datetime) -> str:
    """The institution's name today; the operating body's where there is none."""
    if institution is None:
        return _("운영 기관")
    found = directory.by_id(institution, on=now)
    return in_language(found.name) if found else _("이름을 알 수 없는 곳")


def client_rows(clients: Sequence[OAuthClient], now: datetime) -> tuple[dict[str, object], ...]:
    """Each app in words."""
    return tuple(
        {
            "id": one.id,
            "name": one.name,
            "whose": institution_name(one.institution, now) if one.institution else _("시민"),
            "uris": one.redirect_uris,
            "scopes": " ".join(sorted(one.scopes)),
            "kind": _("서명하는 앱") if one.confidential else _("공개 앱"),
            "suspended": one.suspended,
        }
        for one in clients
    )


def service_rows(found: Sequence[Service], now: datetime) -> tuple[dict[str, object], ...]:
    """Each service account in words."""
    return tuple(
        {
            "id": one.id,
            "name": one.name,
            "whose": institution_name(one.institution, now),
            "scopes": " ".join(sorted(one.scopes)),
            "keys": moment(one.keys_at),
            "used": _("마지막 사용 %(time)s") % {"time": moment(one.used)}
            if one.used
            else _("아직 쓰지 않음"),
            "suspended": one.suspended,
        }
        for one in found
    )


def _member(post: Post, now: datetime) -> Member:
    state, tag = _state(post, now)
    parts = (role_name(post.role), post.department, post.licence)
    return Member(
        id="" if post.ended else str(post.id),
        name=post.name,
        what=" · ".join(part for part in parts if part),
        days=span(post.first_day, post.last_day),
        state=state,
        tag=tag,
    )


def _state(post: Post, now: datetime) -> tuple[str, str]:
    if post.ended:
        return _("끝남"), ""
    if post.account is None:
        return _("초대함"), "warn"
    if not post.holds_on(korean_day(now)):
        return _("기간이 아님"), ""
    return _("재직 중"), "ok"
