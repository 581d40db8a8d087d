"""Results of tests in words and as a line over time: the value, the last one, the usual range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from naru.domain.clinical import Interpretation, TestResult, When, in_korea
from naru.domain.korea import KST
from naru.domain.past_history import Line, Told, day_of, past_history
from naru.domain.past_history import number as number_of
from naru.domain.reference_ranges import ReferenceRange, reference_range
from naru.exchange.charts.past_history import Gathered
from naru.ui.charts import Range, Reading, line, sparkline
from naru.ui.clock import written
from naru.ui.names import in_language

DRAWN: Final = 24
"""Results of one test that are drawn and listed, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One result of a test."""

    day: str
    value: str
    source: str
    repository: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One test: its newest result beside the one before it, oldest point first."""

    name: str
    value: str
    before: str
    range: str
    change: str
    state: str
    tag: str
    source: str
    when: str
    points: tuple[Point, ...]
    readings: tuple[Reading, ...]
    usual: Range | None
    name_of_drawing: str

    @property
    def sparkline(self) -> SafeString:
        """The course in the space of a word."""
        return self._drawn(sparkline)

    @property
    def chart(self) -> SafeString:
        """The course with its values and days."""
        return self._drawn(line)

    def _drawn(self, draw: Callable[..., SafeString]) -> SafeString:
        if not self.readings:
            return SafeString("")
        first, last = self.readings[0].words, self.readings[-1].words
        told = {"count": len(self.readings), "first": first, "last": last}
        return draw(
            self.readings,
            self.usual,
            name=self.name_of_drawing,
            title=self.name,
            told=_("검사 %(count)d번: 처음 %(first)s, 지금 %(last)s") % told,
        )


def results(gathered: Gathered) -> tuple[Result, ...]:
    """Every test that is told of, the newest first."""
    lines = past_history(gathered.sources).test_results
    return tuple(_result(one, at) for at, one in enumerate(lines, 1))


def changed(gathered: Gathered, most: int) -> tuple[Result, ...]:
    """The newest tests; those that were measured before come first, since they can have changed."""
    found = results(gathered)
    return tuple(sorted(found, key=lambda one: not one.before)[:most])


def _result(found: Line[TestResult], number: int) -> Result:
    told = _each_day(found)
    newest = told[0].item
    stated = reference_range(newest.reference)
    before = told[1].item if len(told) > 1 else None
    points = tuple(_point(one) for one in reversed(told[:DRAWN]))
    state, tag = _state(newest, stated)
    return Result(
        name=newest.name or _("이름 없는 검사"),
        value=_valued(newest),
        before=_valued(before) if before else "",
        range=newest.reference,
        change=_change(newest, before),
        state=state,
        tag=tag,
        source=in_language(told[0].origin.institution) or _("이름 없는 기관"),
        when=_day(day_of(newest)),
        points=points,
        readings=_readings(told[:DRAWN][::-1]),
        usual=_usual(stated),
        name_of_drawing=f"test-{number}-drawn",
    )


def _readings(told: Sequence[Told[TestResult]]) -> tuple[Reading, ...]:
    """What can be drawn, oldest first; one number is no line."""
    found = tuple(
        Reading(when=_moment(one.item.time), value=float(value), words=_valued(one.item), day=day)
        for one in told
        if (value := number_of(one.item.result)) is not None
        for day in (_day(day_of(one.item)),)
    )
    return found if len(found) > 1 else ()


def _usual(stated: ReferenceRange | None) -> Range | None:
    if stated is None:
        return None
    low, high = (None if one is None else float(one) for one in (stated.low, stated.high))
    return Range(low, high)


def _moment(when: When) -> datetime:
    return in_korea(when) if isinstance(when, datetime) else datetime.combine(when, time(), KST)


def _each_day(line: Line[TestResult]) -> list[Told[TestResult]]:
    """Each moment once: two sources that tell the same result tell it of the same moment."""
    by_time = {one.item.time: one for one in reversed(line.told)}
    return sorted(by_time.values(), key=lambda one: day_of(one.item), reverse=True)


def _point(told: Told[TestResult]) -> Point:
    return Point(
        day=_day(day_of(told.item)),
        value=_valued(told.item),
        source=in_language(told.origin.institution) or _("이름 없는 기관"),
        repository=told.origin.repository,
        document=told.origin.document if told.origin.repository else "",
    )


def _valued(item: TestResult) -> str:
    return f"{item.result} {item.unit}".strip()


def _change(newest: TestResult, before: TestResult | None) -> str:
    now, then = number_of(newest.result), number_of(before.result) if before else None
    if now is None or then is None:
        return ""
    if now == then:
        return _("지난번과 같습니다")
    return _("높아졌습니다") if now > then else _("낮아졌습니다")


def _state(item: TestResult, stated: ReferenceRange | None) -> tuple[str, str]:
    """As the report judges it; where it does not, where the value stands to the stated range."""
    judged = {
        Interpretation.NORMAL: (_("참고치 안"), "ok"),
        Interpretation.HIGH: (_("참고치보다 높음"), "warn"),
        Interpretation.LOW: (_("참고치보다 낮음"), "warn"),
        Interpretation.ABNORMAL: (_("참고치 밖"), "warn"),
        Interpretation.CRITICAL: (_("바로 확인이 필요한 값"), "stop"),
    }
    if item.interpretation is not None:
        return judged[item.interpretation]
    value = number_of(item.result)
    if value is None or stated is None:
        return "", ""
    if stated.high is not None and value > stated.high:
        return judged[Interpretation.HIGH]
    if stated.low is not None and value < stated.low:
        return judged[Interpretation.LOW]
    return judged[Interpretation.NORMAL]


def _day(day: date) -> str:
    return written(day)


def empty(gathered: Gathered, *, consented: bool) -> tuple[str, str]:
    """What is said where there is no result, and why."""
    if gathered.sources or gathered.unread:
        return (
            _("기록에 검사 결과가 없습니다"),
            _("병원이 검사 결과를 담아 올리면 나타납니다. 담지 않은 결과는 그 병원에 있습니다."),
        )
    if not consented:
        return (
            _("동의하지 않아 모인 기록이 없습니다"),
            _("교류에 동의하면 그날부터 작성된 기록이 여기에 나타납니다."),
        )
    return (
        _("아직 올라온 기록이 없습니다"),
        _("참여 의료기관이 검사 결과를 담아 올리면 나타납니다."),
    )
