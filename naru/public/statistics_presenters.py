"""Open numbers in words; one that is too small to be told says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.domain import regions
from naru.statistics.measures import Measure, measures
from naru.statistics.months import written
from naru.statistics.open_data import OpenMonth, Series
from naru.ui import charts
from naru.ui.charts import Bar
from naru.ui.clock import moment
from naru.ui.clock import month as written_month
from naru.ui.parts import Column, Figure, Table

DRAWN = "opened"
"""The measure that is drawn over the months: what crossed from one hand to another."""

AT_NONE, UNKNOWN = "-", "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page of open statistics."""

    heading: str
    as_of: str
    month: str
    figures: tuple[Figure, ...]
    bars: SafeString
    table: Table | None
    small: int


def page(found: OpenMonth, series: Series) -> Page:
    """One month, and the months before it."""
    month = written_month(found.month)
    cells = {(one.region, one.measure): one.count for one in found.cells}
    known = measures().measures
    as_of = moment(found.as_of) if found.as_of else ""
    codes = [code for code in dict.fromkeys(one.region for one in found.cells) if code]
    opened = cells.get(("", DRAWN))
    return Page(
        heading=_("%(month)s에 문서를 %(count)s번 열었습니다")
        % {"month": month, "count": f"{opened:,}"}
        if opened
        else _("%(month)s의 교류 통계입니다") % {"month": month},
        as_of=as_of,
        month=written(found.month),
        figures=tuple(
            Figure(
                measure_name(one),
                told_number(cells.get(("", one.id)), found.small),
                told=_("%(month)s · %(as_of)s 기준") % {"month": month, "as_of": as_of},
            )
            for one in known
        )
        if as_of
        else (),
        bars=_bars(series, found.small),
        table=_table(codes, known, cells) if codes else None,
        small=found.small,
    )


def measure_name(one: Measure) -> str:
    """What a measure is called in the reader's language."""
    return one.english if get_language() == "en" else one.korean


def region_name(code: str) -> str:
    """What a region is called; those at no institution and those of no known place too."""
    if code == AT_NONE:
        return _("기관에 속하지 않은 사람")
    found = regions.region(code)
    if found is None:
        return _("지역을 알리지 않은 기관")
    return found.english if get_language() == "en" else found.korean


def told_number(number: int | None, small: int) -> str:
    """The number, or that it is not told."""
    return _("비공개 (%(small)d 미만 보호)") % {"small": small} if number is None else f"{number:,}"


def dictionary(columns: Sequence[str]) -> dict[str, object]:
    """The data dictionary: columns, regions and measures, with where they come from."""
    table = measures()
    meanings = {
        "month": "The month of Korea's calendar in which requests were made, as 2026-11.",
        "region": "The two digits of the 시·도 in which the asking institution lies by now; "
        "all for the whole country, - for people at no institution, ? for places not known.",
        "measure": "One of `measures`: answered requests of its transactions.",
        "count": "How many there were; empty where it is not told.",
        "not_told_below": "A count between 0 and this number is not told, nor any by which it "
        "could be worked out.",
        "as_of": "The moment up to which every access record is counted (ISO 8601, UTC).",
    }
    return {
        "version": table.version,
        "status": table.status,
        "source": "Access records of this node, each counted once. They hold no clinical content.",
        "columns": [{"name": name, "meaning": meanings[name]} for name in columns],
        "regions": [
            {"code": one.code, "ko": one.korean, "en": one.english}
            for one in regions.table().regions
        ],
        "measures": [
            {"id": one.id, "ko": one.korean, "en": one.english, "transactions": sorted(one.of)}
            for one in table.measures
        ],
    }


def _bars(series: Series, small: int) -> SafeString:
    numbers = series.numbers[DRAWN]
    rows = [
        Bar(written_month(month), float(number or 0), told_number(number, small))
        for month, number in zip(series.months, numbers, strict=True)
    ]
    return charts.bars(rows, title=_("월별 문서 열람 횟수"))


def _table(
    codes: Sequence[str],
    known: Sequence[Measure],
    cells: dict[tuple[str, str], int | None],
) -> Table:
    return Table(
        _("지역별 교류"),
        (Column(_("지역")), *(Column(measure_name(one), number=True) for one in known)),
        tuple(
            (
                region_name(code),
                *(_short(cells.get((code, one.id), 0)) for one in known),
            )
            for code in codes
        ),
        unseen_caption=True,
    )


def _short(number: int | None) -> str:
    return _("비공개") if number is None else f"{number:,}"
