"""Submissions and links in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.deliveries import agencies
from naru.deliveries.agencies import Agency, Purpose, Taking
from naru.deliveries.services import DAYS
from naru.deliveries.values import Chosen, Share, State, Submission
from naru.domain.paper import Block, Facts, Heading, Paper, Paragraph, Table
from naru.ui.clock import moment, today, written
from naru.ui.sizes import in_words
from naru.viewer.opening import Opened
from naru.viewer.showing import Document

_HEADING: Final = re.compile(r"(</?h)([1-6])(?=[ >])")
_LANDMARK: Final = re.compile(r" aria-labelledby=\"cda-[^\"]*\"")
_NAMED: Final = re.compile(r"( id=\"|href=\"#)(?=cda-)")
_LABEL: Final = re.compile(r"( aria-label=\")")

_TAGS: Final = {
    State.WAITING: "info",
    State.PARTLY: "info",
    State.OPENED: "ok",
    State.RECALLED: "stop",
    State.OVER: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A submission or a link in a list."""

    id: str
    title: str
    about: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An agency to which one can submit."""

    code: str
    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The first page."""

    submissions: tuple[Line, ...]
    shares: tuple[Line, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to tick or pick."""

    value: str
    name: str
    about: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Where one chooses."""

    agency: str
    name: str
    purposes: tuple[Choice, ...]
    documents: tuple[Choice, ...]
    days: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One document exactly as it goes: `article` in words, `sha256` of its very octets."""

    key: str
    title: str
    about: str
    article: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The preview: who gets what, for what, until when."""

    agency: str
    purpose: str
    name: str
    days: int
    facts: tuple[tuple[str, str], ...]
    documents: tuple[Preview, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The receipt."""

    id: str
    number: str
    name: str
    state: str
    tag: str
    facts: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str, str], ...]
    recallable: bool


def listed(
    submissions: Sequence[Submission],
    shares: Sequence[Share],
    takes: Sequence[Taking],
    now: datetime,
) -> Listed:
    """The first page."""
    return Listed(
        submissions=tuple(_line(one, now) for one in submissions),
        shares=tuple(_shared(one, now) for one in shares),
        places=tuple(
            Place(
                code=one.agency.code,
                name=agency_name(one.agency),
                what=" · ".join(purpose_name(each) for each in one.agency.purposes),
            )
            for one in takes
        ),
    )


def form(
    to: Taking, documents: Sequence[Chosen], *, ticked: Sequence[str], purpose: str, days: str
) -> Form:
    """Where one chooses; what was chosen before stays chosen."""
    first = to.agency.purposes[0].code
    return Form(
        agency=to.agency.code,
        name=agency_name(to.agency),
        purposes=tuple(
            Choice(
                value=one.code,
                name=purpose_name(one),
                about=", ".join(one.papers_english if _english() else one.papers),
                on=one.code == (purpose or first),
            )
            for one in to.agency.purposes
        ),
        documents=choices(documents, ticked),
        days=tuple(
            Choice(
                value=str(one),
                name=_("%(days)d일") % {"days": one},
                about="",
                on=str(one) == (days or str(DAYS[-1])),
            )
            for one in DAYS
        ),
    )


def choices(documents: Sequence[Chosen], ticked: Sequence[str]) -> tuple[Choice, ...]:
    """The documents to tick."""
    return tuple(
        Choice(
            value=one.document,
            name=one.title or _("제목 없는 문서"),
            about=f"{one.source} · {one.made}",
            on=one.document in ticked,
        )
        for one in documents
    )


def preview(chosen: Chosen, shown: Document, opened: Opened, place: int) -> Preview:
    """One document; what is too large for a page is shown by its hash as registered.

    `place` is its own on a page where several stand.
    """
    whole = sha256(opened.content).hexdigest() if opened.whole else ""
    return Preview(
        key=chosen.document,
        title=chosen.title or _("제목 없는 문서"),
        about=f"{chosen.source} · {chosen.made} · {in_words(opened.size)}",
        article=_below(shown.article, place),
        sha256=whole,
    )


def _below(article: str, place: int) -> str:
    """The same among others: headings below those of the page, ids and names of its own.

    Of its text no `<` and no `"` is left, so that nothing but its tags is changed.
    """
    lowered = _HEADING.sub(lambda at: f"{at[1]}{min(int(at[2]) + 2, 6)}", article)
    named = _NAMED.sub(rf"\1at{place}-", _LANDMARK.sub("", lowered))
    labelled = _LABEL.sub(rf"\g<1>{place}. ", named)
    return mark_safe(labelled)  # noqa: S308  # As it was: only our own tags changed.


def going(
    to: Taking, purpose: Purpose, days: int, now: datetime, documents: Sequence[Preview]
) -> Going:
    """The preview."""
    return Going(
        agency=to.agency.code,
        purpose=purpose.code,
        name=agency_name(to.agency),
        days=days,
        facts=(
            (_("받는 곳"), agency_name(to.agency)),
            (_("까닭"), purpose_name(purpose)),
            (_("열 수 있는 날"), _last_day(now + timedelta(days=days))),
            (_("문서"), _("%(count)d건") % {"count": len(documents)}),
        ),
        documents=tuple(documents),
    )


def receipt(found: Submission, now: datetime) -> Receipt:
    """The receipt."""
    agency = agencies.known(found.agency)
    state = found.state(now)
    recalled = ((_("회수한 때"), moment(found.recalled)),) if found.recalled else ()
    return Receipt(
        id=str(found.id),
        number=found.number,
        name=agency_name(agency),
        state=state_word(state),
        tag=_TAGS[state],
        facts=(
            (_("접수 번호"), found.number),
            (_("받는 곳"), agency_name(agency)),
            (_("까닭"), purpose_name(agency.purpose(found.purpose))),
            (_("제출한 때"), moment(found.at)),
            (_("열 수 있는 날"), _last_day(found.until)),
            *recalled,
        ),
        documents=tuple(
            (
                one.title or _("제목 없는 문서"),
                f"{one.source} · {one.made}",
                _opened(found, one, now),
            )
            for one in found.documents
        ),
        recallable=found.recallable(now),
    )


def paper(found: Submission, name: str, now: datetime) -> Paper:
    """The receipt as a paper; the hashes are those that are registered."""
    page = receipt(found, now)
    blocks: tuple[Block, ...] = (
        Facts((*page.facts, (_("제출한 사람"), name), (_("지금 상태"), page.state))),
        Heading(_("제출한 문서")),
        Table(
            (_("문서"), _("작성한 곳"), _("상태")),
            tuple(page.documents),
        ),
        Heading(_("등록된 해시(SHA-1)")),
        Facts(tuple((one.title or one.document, one.hash) for one in found.documents)),
        Paragraph(
            _(
                "받는 곳은 고르신 문서와 그 검증 결과만 봅니다."
                " 열기 전에는 마이차트에서 회수할 수 있습니다."
            ),
            small=True,
        ),
    )
    return Paper(
        title=_("제출 접수증"),
        time=now,
        blocks=blocks,
        number=found.number,
        language="en" if _english() else "ko",
    )


def state_word(state: State) -> str:
    """How a submission stands, in a word or two."""
    return {
        State.WAITING: _("아직 열지 않음"),
        State.PARTLY: _("일부를 열었음"),
        State.OPENED: _("모두 열었음"),
        State.RECALLED: _("회수함"),
        State.OVER: _("기한이 지남"),
    }[state]


def agency_name(agency: Agency) -> str:
    """In the reader's language."""
    return agency.english if _english() else agency.name


def purpose_name(purpose: Purpose) -> str:
    """In the reader's language."""
    return purpose.english if _english() else purpose.korean


def _line(one: Submission, now: datetime) -> Line:
    agency, state = agencies.known(one.agency), one.state(now)
    count = _("문서 %(count)d건") % {"count": len(one.documents)}
    return Line(
        id=str(one.id),
        title=agency_name(agency),
        about=f"{count} · {moment(one.at)} · {one.number}",
        state=state_word(state),
        tag=_TAGS[state],
    )


def _shared(one: Share, now: datetime) -> Line:
    count = _("문서 %(count)d건") % {"count": len(one.documents)}
    stands = one.stands(now)
    return Line(
        id=str(one.id),
        title=_("QR·코드로 공유"),
        about=f"{count} · {moment(one.at)}",
        state=_("%(count)d번 열림") % {"count": len(one.openings)} if stands else _("끝남"),
        tag="info" if stands else "warn",
    )


def _opened(found: Submission, one: Chosen, now: datetime) -> str:
    at = found.opened.get(one.document)
    if at is not None:
        return _("%(when)s에 열었음") % {"when": moment(at)}
    state = found.state(now)
    return state_word(state if state in {State.RECALLED, State.OVER} else State.WAITING)


def _last_day(until: datetime) -> str:
    return _("%(day)s까지") % {"day": written(today(until))}


def _english() -> bool:
    return get_language() == "en"
