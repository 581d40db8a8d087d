"""Who takes part, in numbers that anybody can count again from the rows behind them."""

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.domain.institution import InstitutionKind
from naru.domain.korea import midnight
from naru.exchange.institutions import participation
from naru.exchange.institutions.participation import Participation, Register
from naru.statistics.months import read_day
from naru.ui.clock import moment, now, today
from naru.ui.names import in_language
from naru.ui.parts import Figure

_COLUMNS = ("row", "kind", "name", "oid", "hub_oid")


@require_safe
def participants(request: HttpRequest) -> HttpResponse:
    """The numbers of now, or as a day ended; each with its moment and its rows."""
    at = _moment(request)
    rows = participation.register(at)
    numbers = participation.counted(rows)
    written = _csv(rows)
    context = {
        "figures": _figures(numbers, moment(at)),
        "as_of": moment(at),
        "at": _instant(at),
        "day": f"{today(at)}",
        "today": f"{today(now())}",
        "past": bool(request.GET.get("on")),
        "lines": len(_rows(rows)),
        "digest": hashlib.sha256(written).hexdigest(),
        "repositories": [(in_language(one.name), one.oid) for one in rows.repositories],
    }
    return render(request, "public/participants.html", context)


def _figures(numbers: Participation, as_of: str) -> list[Figure]:
    """Each number with its moment and the rows that it counts."""
    told = (
        (_("거점문서저장소"), numbers.repositories, "repository"),
        (_("거점의료기관"), numbers.hubs, "hub"),
        (_("협력의료기관"), numbers.members, "member"),
    )
    source = _("%(as_of)s · 등록부의 %(kind)s 행 %(number)d개")
    return [
        Figure(name, str(number), told=source % {"as_of": as_of, "kind": kind, "number": number})
        for name, number, kind in told
    ]


@require_safe
def rows_csv(request: HttpRequest) -> HttpResponse:
    """The rows behind the numbers of a moment, one for each institution and repository."""
    found = participation.register(_moment(request))
    answer = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="naru-participants.csv"'
    return answer


@require_safe
def rows_json(request: HttpRequest) -> HttpResponse:
    """The same, with the moment."""
    found = participation.register(_moment(request))
    rows = [dict(zip(_COLUMNS, one, strict=True)) for one in _rows(found)]
    return JsonResponse({"as_of": _instant(found.as_of), "rows": rows})


def _moment(request: HttpRequest) -> datetime:
    """`at`, a moment, or the end of the day `on`; now where neither is one that has passed."""
    present = now()
    try:
        if given := request.GET.get("at"):
            found = datetime.strptime(given, _FORM).replace(tzinfo=UTC)
        elif given := request.GET.get("on"):
            found = midnight(read_day(given)) + timedelta(days=1) - timedelta(microseconds=1)
        else:
            return present
    except (ValueError, OverflowError):
        return present
    return min(found.astimezone(UTC), present)


_FORM = "%Y%m%dT%H%M%S.%fZ"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_FORM)


def _rows(found: Register) -> list[tuple[object, ...]]:
    oids = {one.id: one.oid or "" for one in found.institutions}
    names = {InstitutionKind.HUB: "hub", InstitutionKind.MEMBER: "member"}
    told = [
        (names[one.kind], one.name, one.oid or "", oids.get(one.hub, "") if one.hub else "")
        for one in found.institutions
    ] + [
        ("repository", one.name, one.oid, oids.get(one.institution, ""))
        for one in found.repositories
    ]
    return [(number, *one) for number, one in enumerate(told, start=1)]


def _csv(found: Register) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([number, *map(_plain, row)] for number, *row in _rows(found))
    return text.getvalue().encode()


def _plain(text: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    told = str(text)
    return f"'{told}" if told[:1] in {"=", "+", "-", "@", "\t", "\r"} else told
