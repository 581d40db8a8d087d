"""Notices and how a person wants to be told, in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.exchange.notices import KINDS, LIMIT, Duty, Inbox, Message, Wish
from naru.ui.clock import moment

WISHES: Final[tuple[tuple[Wish, str | Promise], ...]] = (
    (Wish.AT_ONCE, gettext_lazy("바로")),
    (Wish.DIGEST, gettext_lazy("하루에 한 번 모아서")),
    (Wish.OFF, gettext_lazy("알림함에만")),
)
CHANNELS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("", gettext_lazy("정해진 순서대로")),
    ("chat", gettext_lazy("카카오톡 알림")),
    ("sms", gettext_lazy("문자")),
    ("email", gettext_lazy("이메일")),
)
LANGUAGES: Final = (("ko", "한국어"), ("en", "English"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One notice."""

    notice: str
    title: str
    text: str
    when: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One thing that can be chosen, and whether it is."""

    value: str
    word: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """A kind of notice; without `choices` it cannot be turned off, and `why` says so."""

    kind: str
    name: str
    choices: tuple[Chosen, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The inbox and the preferences."""

    heading: str
    rows: tuple[Row, ...]
    older: str
    every: tuple[Chosen, ...]
    """At once or once a day, for all that is not turned off; neither is on where it differs."""
    optional: tuple[Preference, ...]
    always: tuple[Preference, ...]
    languages: tuple[Chosen, ...]
    channels: tuple[Chosen, ...]


def inbox(found: Inbox, language: str) -> Page:
    """The page of one person."""
    rows = tuple(map(_row, found.messages))
    unread = sum(one.new for one in rows)
    heading = _("읽지 않은 알림이 %(count)d건 있습니다") % {"count": unread}
    preferences = [_preference(kind, wish, language) for kind, wish in found.wishes.items()]
    return Page(
        heading=heading if unread else _("새 알림이 없습니다"),
        rows=rows,
        older=rows[-1].notice if len(rows) == LIMIT else "",
        every=_every(found),
        optional=tuple(one for one in preferences if one.choices),
        always=tuple(one for one in preferences if not one.choices),
        languages=_chosen(LANGUAGES, found.language),
        channels=_chosen(CHANNELS, found.first),
    )


def _every(found: Inbox) -> tuple[Chosen, ...]:
    chosen = {wish for kind, wish in found.wishes.items() if KINDS[kind].optional} - {Wish.OFF}
    same = next(iter(chosen)) if len(chosen) == 1 else None
    return _chosen(WISHES[:2], same or "")


def _row(message: Message) -> Row:
    return Row(
        notice=str(message.notice),
        title=message.title,
        text=message.text,
        when=moment(message.at),
        new=message.read_at is None,
    )


def _preference(name: str, wish: Wish, language: str) -> Preference:
    kind = KINDS[name]
    title = kind.words["en" if language == "en" else "ko"].title
    if kind.optional:
        return Preference(kind=name, name=title, choices=_chosen(WISHES, wish))
    why = {
        Duty.LAW: _("법에 따라 늘 알려 드립니다."),
        Duty.SECURITY: _("본인을 지키기 위해 늘 알려 드립니다."),
        Duty.EMERGENCY: _("응급 열람은 늘 알려 드립니다."),
    }
    return Preference(kind=name, name=title, why=why[kind.duty])


def _chosen(
    offered: "tuple[tuple[str, str | Promise], ...] | tuple[tuple[Wish, str | Promise], ...]",
    now: str,
) -> tuple[Chosen, ...]:
    return tuple(Chosen(value=str(one), word=str(word), on=one == now) for one, word in offered)
