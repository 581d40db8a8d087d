"""Policy statistics and reports in words."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.domain import regions
from naru.statistics.measures import Column as FormColumn
from naru.statistics.measures import measures, report_form
from naru.statistics.months import written
from naru.statistics.regional import AT_NONE
from naru.statistics.services import Compared, PolicyMonth, Report
from naru.ui.clock import moment
from naru.ui.clock import month as written_month
from naru.ui.parts import Column, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The page of policy statistics."""

    heading: str
    as_of: str
    table: Table | None
    tag: str
    compared: str
    differing: tuple[str, ...]


def policy(found: PolicyMonth, compared: Compared) -> Policy:
    """A month by region, and what a recount of the audit log came to."""
    korean = get_language() != "en"
    known = measures().measures
    columns = (
        Column(_("지역")),
        *(Column(one.korean if korean else one.english, number=True) for one in known),
        Column(_("모든 요청"), number=True),
        Column(_("거절·실패"), number=True),
    )
    rows = tuple(
        (
            _region(line.code),
            *(f"{line.measured[one.id]:,}" for one in known),
            f"{line.requests:,}",
            f"{line.refused:,}",
        )
        for line in found.lines
    )
    same = not compared.differing
    if not compared.whole:
        words = _("기록이 많아 감사기록과 모두 대조하지 못했습니다.")
    elif same:
        words = _("감사기록을 다시 세어 보니 %(count)s건으로 같습니다.")
    else:
        words = _("감사기록을 다시 세어 보니 %(count)s건으로 다릅니다.")
    tag = "warn" if not compared.whole else "ok" if same else "stop"
    return Policy(
        heading=_("%(month)s의 접근기록은 %(count)s건입니다")
        % {"month": written_month(found.month), "count": f"{found.requests:,}"},
        as_of=moment(found.as_of) if found.as_of else "",
        table=Table(_("지역별 교류"), columns, rows, unseen_caption=True) if rows else None,
        tag=tag,
        compared=words % {"count": f"{compared.recounted:,}"} if compared.whole else words,
        differing=compared.differing if compared.whole else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The page of a report."""

    heading: str
    as_of: str
    facts: tuple[tuple[str, str], ...]
    status: str
    version: str


def report(found: Report) -> ReportPage:
    """A report in the words of its form."""
    as_of = moment(found.as_of) if found.as_of else ""
    told = row(found)
    form = report_form()
    shown = {one.name: as_of if one.measure == "as_of" else told[one.name] for one in form.columns}
    return ReportPage(
        heading=_("%(month)s에 %(count)s건을 요청했습니다")
        % {"month": written_month(found.month), "count": f"{found.values['requests']:,}"},
        as_of=as_of,
        facts=tuple((_name(one), str(shown[one.name])) for one in form.columns),
        status=form.status,
        version=form.version,
    )


def row(found: Report) -> dict[str, str | int]:
    """What stands in each column of the form, by the column's own name."""
    known = found.institution
    told: dict[str, str | int] = {
        "month": written(found.month),
        "oid": known.oid or "",
        "code": known.code or "",
        "name": known.name,
        "as_of": found.as_of.isoformat() if found.as_of else "",
        **found.values,
    }
    return {one.name: told[one.measure] for one in report_form().columns}


def _name(column: FormColumn) -> str:
    return column.english if get_language() == "en" else column.korean


def _region(code: str) -> str:
    if code == AT_NONE:
        return _("기관에 속하지 않은 사람")
    found = regions.region(code)
    if found is None:
        return _("지역을 알리지 않은 기관")
    return found.english if get_language() == "en" else found.korean
