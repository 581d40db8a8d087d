"""A link in words, and as a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from naru.deliveries.sharing import HOURS, TIMES
from naru.deliveries.values import Chosen, Share
from naru.formats import shl
from naru.portal.delivery_presenters import Choice, choices
from naru.ui.clock import moment

_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the link's manifest is, and the page that opens it for people."""

    manifest: str
    viewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Where one chooses."""

    documents: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    times: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A link: `qr`, `code` and `passcode` are empty where it opens no more."""

    id: str
    stands: bool
    title: str
    why: str
    qr: str
    link: str
    code: str
    passcode: str
    where: str
    until: str
    times: str
    documents: tuple[tuple[str, str], ...]
    openings: tuple[tuple[str, str, str], ...]
    wrong: int


def form(documents: Sequence[Chosen], *, ticked: Sequence[str], hours: str, times: str) -> Form:
    """Where one chooses; what was chosen before stays chosen."""
    return Form(
        documents=choices(documents, ticked),
        hours=tuple(
            Choice(value=str(one), name=_lasting(one), about="", on=str(one) == (hours or "24"))
            for one in HOURS
        ),
        times=tuple(
            Choice(
                value=str(one),
                name=_("%(count)d번") % {"count": one},
                about="",
                on=str(one) == (times or "1"),
            )
            for one in TIMES
        ),
    )


def shared(found: Share, now: datetime, links: Links) -> Shared:
    """The page of one link."""
    stands = found.stands(now)
    link = f"{links.viewer}#{_link(found, links)}" if stands else ""
    return Shared(
        id=str(found.id),
        stands=stands,
        title=_("이 QR을 보여 주세요") if stands else _("더는 열리지 않습니다"),
        why="" if stands else _ended(found, now),
        qr=_qr(link) if link else "",
        link=link,
        code=found.code if stands else "",
        passcode=found.passcode if stands else "",
        where=links.viewer,
        until=moment(found.until),
        times=_("%(count)d번 중 %(opened)d번 열림")
        % {"count": found.most, "opened": len(found.openings)},
        documents=tuple(
            (one.title or _("제목 없는 문서"), f"{one.source} · {one.made}")
            for one in found.documents
        ),
        openings=tuple(
            (
                one.recipient or _("이름을 밝히지 않음"),
                moment(one.at),
                _("앱으로") if one.by_app else _("화면에서"),
            )
            for one in reversed(found.openings)
        ),
        wrong=found.wrong,
    )


def _link(found: Share, links: Links) -> str:
    """The SMART Health Link: nothing in it names anybody."""
    return shl.to_link(
        shl.Link(
            url=links.manifest,
            key=found.key,
            exp=int(found.until.timestamp()),
            flag="P" if found.passcode else "U",
            label="Naru",
        )
    )


def _qr(link: str) -> str:
    drawn = segno.make_qr(link, error="m").svg_inline(
        scale=4, border=4, svgclass="qr", omitsize=True
    )
    # Drawn by us from our own link: an SVG of one path, with no text of anybody's.
    return mark_safe(drawn)  # noqa: S308  # See above.


def _ended(found: Share, now: datetime) -> str:
    if found.revoked is not None:
        return _("%(when)s에 거두었습니다.") % {"when": moment(found.revoked)}
    if found.until <= now:
        return _("정한 시간이 지났습니다.")
    if len(found.openings) >= found.most:
        return _("정한 횟수만큼 열렸습니다.")
    return _("암호가 여러 번 틀려서 닫혔습니다.")


def _lasting(hours: int) -> str:
    if hours < _DAY:
        return _("%(count)d시간") % {"count": hours}
    return _("%(days)d일") % {"days": hours // _DAY}
