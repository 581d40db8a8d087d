"""How the exchange goes, in words: a sentence of what to look at, then numbers with their time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain.consent_text import ConsentText
from naru.domain.korea import korean_day
from naru.domain.operation import Expiry, Runs
from naru.statistics.capacity import Capacity
from naru.statistics.flow import HOURS, MINUTES, Failures, Flow, Stream
from naru.statistics.traffic import Health, Pulse, Pulses
from naru.ui import charts
from naru.ui.charts import Reading
from naru.ui.clock import clock, moment, span
from naru.ui.parts import Column, Figure, Table
from naru.ui.templatetags.ui import tag
from naru.ui.transactions import standard, transaction_name

SOON: Final = timedelta(days=30)
SHOWN: Final = 100
"""Rows of a table at most; the page says how many there are."""

MIB: Final = 1024**2
GIB: Final = 1024**3

_HEALTH: Final[Mapping[Health, tuple[str, str | Promise]]] = {
    Health.SILENT: ("stop", gettext_lazy("평소와 달리 조용함")),
    Health.UNKNOWN: ("", gettext_lazy("아직 모름")),
    Health.NEVER: ("warn", gettext_lazy("교류한 적 없음")),
    Health.BUSY: ("ok", gettext_lazy("교류 중")),
    Health.RESTING: ("", gettext_lazy("쉬는 시간")),
}
_RUNS: Final[Mapping[Runs, str | Promise]] = {
    Runs.AUTHORITY: gettext_lazy("노드의 인증기관"),
    Runs.SERVER: gettext_lazy("서버 인증서"),
    Runs.CLIENT: gettext_lazy("노드가 내보이는 인증서"),
    Runs.KEYS: gettext_lazy("자료를 암호화하는 열쇠"),
    Runs.INSTITUTION: gettext_lazy("기관 인증서"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of such a page; where there is no table, why."""

    id: str
    title: str
    table: Table | None = None
    what: str = ""
    why: str = ""
    note: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of operations."""

    title: str
    heading: str
    lead: str
    sections: tuple[Section, ...]


def operations(pulses: Pulses, flow: Flow) -> Page:
    """Who is silent, and these minutes."""
    silent = sum(one.health is Health.SILENT for one in pulses.pulses)
    as_of = moment(pulses.as_of) if pulses.as_of else ""
    heading = _("평소와 달리 조용한 기관이 %(count)d곳 있습니다") % {"count": silent}
    lead = _("%(as_of)s까지의 접근기록을 센 것입니다.") % {"as_of": as_of}
    return Page(
        title=_("교류 상황"),
        heading=heading if silent else _("기관들이 평소처럼 교류하고 있습니다"),
        lead=lead if as_of else _("아직 세지 않았습니다. 노드가 일하기 시작하면 나타납니다."),
        sections=(_pulses(pulses.pulses), _flow(flow)),
    )


def errors(found: Failures) -> Page:
    """What went wrong, by its code."""
    rows = tuple(
        (
            one.code,
            f"{one.count:,}",
            f"{one.serious:,}",
            f"{one.institutions:,}",
            ", ".join(map(transaction_name, one.transactions)),
            moment(one.last),
        )
        for one in found.failures[:SHOWN]
    )
    columns = (
        Column(_("코드")),
        Column(_("건수"), number=True),
        Column(_("노드 장애"), number=True),
        Column(_("기관"), number=True),
        Column(_("어떤 일에서")),
        Column(_("마지막")),
    )
    serious = sum(one.serious for one in found.failures)
    return Page(
        title=_("오류"),
        heading=_("노드의 장애가 %(count)d건 있습니다") % {"count": serious}
        if serious
        else _("지난 하루 동안 노드의 장애가 없습니다"),
        lead=_("%(since)s부터 %(requests)s건의 접근기록에서 찾았습니다.")
        % {"since": moment(found.since), "requests": f"{found.requests:,}"},
        sections=(
            Section(
                id="codes",
                title=_("코드별 (%(hours)d시간)") % {"hours": HOURS},
                table=Table(_("오류"), columns, rows, unseen_caption=True) if rows else None,
                what=_("오류가 없습니다"),
                why=_("거절과 장애가 생기면 코드별로 여기에 나타납니다."),
                note="" if found.whole else _("기록이 많아 새로운 것부터 세었습니다."),
            ),
        ),
    )


def capacity(found: Capacity | None, ends: Sequence[Expiry], now: datetime) -> Page:
    """What runs out."""
    late = [one for one in ends if one.ends is None or one.ends < now + SOON]
    if found is not None and found.left is not None and found.left < SOON.days:
        heading = _("디스크가 약 %(days)d일 뒤에 찹니다") % {"days": found.left}
    elif late:
        heading = _("곧 만료되는 것이 %(count)d가지 있습니다") % {"count": len(late)}
    else:
        heading = _("곧 만료되거나 부족해질 것이 없습니다")
    room = () if found is None else (_room(found),)
    return Page(
        title=_("남은 용량"),
        heading=heading,
        lead=_("%(as_of)s에 확인했습니다.") % {"as_of": moment(now)},
        sections=(*room, _ends(ends, now)),
    )


def consent_texts(found: Sequence[ConsentText], now: datetime) -> Page:
    """Every version, the newest first."""
    day = korean_day(now)
    rows = tuple(
        (
            _whole(one.wording.version),
            one.wording.language,
            _whole(span(one.effective, one.until)),
            tag("ok", _("시행 중")) if one.in_force(day) else tag("", _("쓰지 않음")),
            tag("warn", _("공식 검토 전")) if one.status == "unofficial" else one.status,
            format_html('<span class="mono">{}</span>', one.wording.sha256),
        )
        for one in found
    )
    columns = (
        Column(_("판")),
        Column(_("언어")),
        Column(_("시행하는 날")),
        Column(_("상태")),
        Column(_("지위")),
        Column("SHA-256"),
    )
    in_force = sum(one.in_force(day) for one in found)
    return Page(
        title=_("동의문"),
        heading=_("지금 쓰는 동의문은 %(count)d개입니다") % {"count": in_force},
        lead=_("사람이 서명한 동의문은 판과 해시가 남아 있어 언제든 대조할 수 있습니다."),
        sections=(
            Section(
                id="texts",
                title=_("동의문의 판"),
                table=Table(_("동의문"), columns, rows, unseen_caption=True) if rows else None,
                what=_("동의문이 없습니다"),
                why=_("판을 올리면 여기에 나타납니다."),
            ),
        ),
    )


def _whole(text: str) -> SafeString:
    return format_html('<span class="whole">{}</span>', text)


def _pulses(found: Sequence[Pulse]) -> Section:
    rows = tuple(
        (
            one.institution.name,
            _health(one.health),
            moment(one.last)[:16] if one.last else "–",
            _("%(count)s건") % {"count": f"{one.today:,}"},
            _("%(count)s건") % {"count": f"{one.expected:,.1f}".removesuffix(".0")},
        )
        for one in found[:SHOWN]
    )
    columns = (
        Column(_("기관")),
        Column(_("상태")),
        Column(_("마지막 교류")),
        Column(_("24시간 요청"), number=True),
        Column(_("그 뒤 예상한 요청"), number=True),
    )
    more = len(found) - len(rows)
    return Section(
        id="health",
        title=_("교류로 본 기관 상태"),
        table=Table(_("기관"), columns, rows, unseen_caption=True, compact=True) if rows else None,
        what=_("보여 줄 기관이 없습니다"),
        why=_("참여하는 기관의 교류를 세면 여기에 나타납니다."),
        note=_("먼저 볼 기관 %(shown)d곳입니다. %(more)d곳이 더 있습니다.")
        % {"shown": len(rows), "more": more}
        if more
        else "",
    )


def _health(health: Health) -> SafeString:
    state, word = _HEALTH[health]
    return tag(state, str(word))


def _flow(flow: Flow) -> Section:
    rows = tuple(
        (
            format_html("{} <span class='mono'>{}</span>", transaction_name(one.transaction),
                        standard(one.transaction)),
            _course(number, one, flow.until),
            f"{one.total:,}",
            f"{one.refused:,}",
        )
        for number, one in enumerate(flow.streams[:SHOWN])
    )  # fmt: skip
    columns = (
        Column(_("일")),
        Column(_("분 단위")),
        Column(_("건수"), number=True),
        Column(_("거절·실패"), number=True),
    )
    return Section(
        id="flow",
        title=_("지난 %(minutes)d분 (%(until)s까지)")
        % {"minutes": MINUTES, "until": clock(flow.until)},
        table=Table(_("지금의 흐름"), columns, rows, unseen_caption=True, compact=True)
        if rows
        else None,
        what=_("지난 몇 분 동안 오간 것이 없습니다"),
        why=_("요청이 오면 여기에 그려집니다. 새로 고치면 다시 셉니다."),
        note="" if flow.whole else _("기록이 많아 새로운 것부터 세었습니다."),
    )


def _course(number: int, stream: Stream, until: datetime) -> SafeString:
    first = until - timedelta(minutes=MINUTES)
    readings = [
        Reading(first + timedelta(minutes=at), float(count), str(count))
        for at, count in enumerate(stream.minutes)
    ]
    told = ", ".join(map(str, stream.minutes))
    name = transaction_name(stream.transaction)
    return charts.sparkline(readings, None, name=f"flow-{number}", title=name, told=told)


def _room(found: Capacity) -> Section:
    now, days = found.now, found.left
    pace = _("하루 %(size)s 늘어남") % {"size": _size(found.pace)} if found.pace else ""
    none = _("아직 모름") if found.pace is None else _("늘지 않음")
    left = none if days is None else _("%(days)s일") % {"days": f"{days:,}"}
    whole = _("전체 %(size)s") % {"size": _size(now.total)}
    return Section(
        id="room",
        title=_("디스크와 데이터베이스"),
        figures=(
            Figure(_("남은 디스크"), _size(now.free), told=whole),
            Figure(_("찰 때까지"), left, told=pace),
            Figure(_("데이터베이스"), _size(now.database)),
            Figure(_("문서"), _size(now.documents)),
        ),
    )


def _ends(ends: Sequence[Expiry], now: datetime) -> Section:
    rows = tuple(
        (
            f"{_RUNS[one.kind]} {one.name}",
            f"{korean_day(one.ends)}" if one.ends else _("읽을 수 없음"),
            _left(one, now),
        )
        for one in ends[:SHOWN]
    )
    columns = (Column(_("이름")), Column(_("만료일")), Column(_("남은 날")))
    return Section(
        id="ends",
        title=_("만료를 앞둔 인증서와 열쇠"),
        table=Table(_("끝나는 것"), columns, rows, unseen_caption=True) if rows else None,
        what=_("곧 만료되는 인증서가 없습니다"),
        why=_("만료 60일 전부터 여기에 나타납니다."),
    )


def _left(one: Expiry, now: datetime) -> SafeString:
    if one.ends is None:
        return tag("stop", _("살펴볼 것"))
    days = (one.ends - now).days
    state = "stop" if days < 0 else "warn" if one.ends < now + SOON else "ok"
    return tag(state, _("지남") if days < 0 else _("%(days)s일") % {"days": f"{days:,}"})


def _size(octets: float) -> str:
    if octets < GIB:
        return f"{octets / MIB:,.1f} MiB"
    return f"{octets / GIB:,.1f} GiB"
