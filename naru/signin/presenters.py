"""An account in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from naru.accounts import blocks
from naru.accounts.values import Account, Device, Link, Method, PasskeyRow, Post, Session
from naru.directory import queries as directory
from naru.exchange.callers.acting import MYSELF
from naru.ui.clock import moment, written
from naru.ui.korean import as_means
from naru.ui.names import in_language, role_name
from naru.ui.places import Beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line with what can be done about it; `id` is empty where nothing can."""

    id: str
    name: str
    told: str
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Somebody's own account."""

    heading: str
    number: str
    born: str
    link: str
    link_tag: str
    passkeys: tuple[Row, ...]
    devices: tuple[Row, ...]
    acts: tuple[Row, ...]
    acts_as: str
    has_password: bool
    recovery_codes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """Where somebody may go, and as what else they may work."""

    acts_as: str
    represents: bool
    beginnings: tuple[Beginning, ...]
    others: tuple[tuple[str, str], ...]


def start(
    session: Session, posts: Sequence[Post], beginnings: tuple[Beginning, ...], now: datetime
) -> StartPage:
    """The page of whoever signed in; of `posts` it names those that they do not act by."""
    here = session.post.id if session.post else None
    others = tuple((str(one.id), post_name(one, now)) for one in posts if one.id != here)
    by_themselves = session.post is None and session.represented is None
    return StartPage(
        acts_as=post_name(session.post, now) if session.post else "",
        represents=session.represented is not None,
        beginnings=beginnings,
        others=others if by_themselves else ((MYSELF, _("본인으로")), *others),
    )


def account(
    account: Account, session: Session, represented: Sequence[tuple[UUID, str]], now: datetime
) -> Page:
    """The page."""
    words, tag = _link(account.link)
    return Page(
        heading=_("%(name)s 님의 로그인") % {"name": account.name},
        number=blocks.number(account.id),
        born=written(account.born),
        link=words,
        link_tag=tag,
        passkeys=tuple(map(_passkey, account.passkeys)),
        devices=tuple(map(_device, account.devices)),
        acts=_acts(account, session, represented, now),
        acts_as=_now_as(session, represented, now),
        has_password=account.has_password,
        recovery_codes=account.recovery_codes,
    )


def post_name(post: Post, now: datetime) -> str:
    """`푸른대학교병원 · 의사`."""
    return f"{institution_name(post.institution, now)} · {role_name(post.role)}"


def institution_name(institution: UUID | None, now: datetime) -> str:
    """The institution's name today; the operating body's where there is none."""
    if institution is None:
        return _("운영 기관")
    found = directory.by_id(institution, on=now)
    return in_language(found.name) if found else _("이름을 알 수 없는 곳")


def _acts(
    account: Account, session: Session, represented: Sequence[tuple[UUID, str]], now: datetime
) -> tuple[Row, ...]:
    chosen = session.post.id if session.post else session.represented
    mine = Row(id="me", name=_("본인으로"), told=_("내 기록을 봅니다"), here=chosen is None)
    posts = (
        Row(
            id=str(one.id),
            name=post_name(one, now),
            told=_held(one),
            here=chosen == one.id,
        )
        for one in account.posts
    )
    others = (
        Row(
            id=str(patient),
            name=_("%(name)s 님의 대리인으로") % {"name": name},
            told=_("그분의 기록을 봅니다"),
            here=chosen == patient,
        )
        for patient, name in represented
    )
    return (mine, *posts, *others)


def _now_as(session: Session, represented: Sequence[tuple[UUID, str]], now: datetime) -> str:
    if session.post is not None:
        return post_name(session.post, now)
    return dict(represented).get(session.represented or UUID(int=0), "")


def _held(post: Post) -> str:
    until = written(post.last_day) if post.last_day else ""
    return f"{written(post.first_day)} ~ {until}"


def _link(link: Link) -> tuple[str, str]:
    return {
        Link.LINKED: (_("진료기록과 이어져 있습니다"), "ok"),
        Link.DOUBTFUL: (_("담당자가 진료기록과 이어지는지 확인하고 있습니다"), "warn"),
        Link.UNKNOWN: (_("아직 이어진 진료기록이 없습니다"), ""),
    }[link]


def _passkey(one: PasskeyRow) -> Row:
    used = (
        _("마지막 사용 %(time)s") % {"time": moment(one.used)} if one.used else _("아직 쓰지 않음")
    )
    return Row(id=str(one.id), name=one.name, told=used)


def _device(one: Device) -> Row:
    method = {
        Method.PASSKEY: _("패스키"),
        Method.IDENTITY: _("본인확인"),
        Method.PASSWORD: _("비밀번호"),
        Method.RECOVERY: _("복구 코드"),
    }[one.method]
    told = _("%(method)s 로그인 · 마지막 %(time)s") % {
        "method": as_means(method),
        "time": moment(one.seen),
    }
    return Row(id=str(one.id), name=one.name, told=told, here=one.here)
