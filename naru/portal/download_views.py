"""My record as files: all of it at once; one document is kept from its own page."""

from typing import Final
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from naru.domain.records import TooMany
from naru.exchange.access import Access
from naru.exchange.charts import own_download
from naru.exchange.charts.whole_record import whole_record
from naru.portal import consent_presenters, downloads, mandate_presenters
from naru.portal.consent_views import of_whom
from naru.portal.downloads import AT_ONCE, Download
from naru.portal.views import ROOM
from naru.ui import viewing
from naru.ui.sizes import in_words

LOOK: Final = "own download"
"""The transaction of these pages, as the audit names it."""

_FHIR: Final = "application/fhir+json"
_PARTS: Final = 200


@require_safe
@viewing.for_action("see-own-record", ROOM)
def download(request: HttpRequest) -> HttpResponse:
    """What there is to keep, and as what."""
    access, patient = of_whom(request, LOOK)
    found = own_download.listed(access, patient)
    octets = sum(one.entry.size or 0 for one in found)
    parts = [(at // AT_ONCE, at + 1, min(at + AT_ONCE, len(found))) for at in _steps(len(found))]
    shown = {
        "count": len(found),
        "most": own_download.MOST_DOCUMENTS,
        "size": in_words(octets),
        "parts": parts,
        "behalf": mandate_presenters.behalf(access, patient),
    }
    return render(request, "portal/download.html", shown)


@require_POST
@viewing.for_action("see-own-record", ROOM)
def as_file(request: HttpRequest) -> HttpResponseBase:
    """All of it, as `as` asks: `originals`, `papers` of a `part`, `fhir` or `summary`."""
    access, patient = of_whom(request, LOOK)
    match request.POST.get("as"):
        case "originals":
            kept = own_download.all_documents(access, patient)
            return _zip(downloads.originals(kept, access.time), "records.zip")
        case "papers":
            first = _part(request) * AT_ONCE
            kept = own_download.all_documents(access, patient, first=first, most=AT_ONCE)
            language = "en" if consent_presenters.language().startswith("en") else "ko"
            return _zip(downloads.papers(kept, language, access.time), "records-pdf.zip")
        case "fhir" | "summary" as form:
            base = request.build_absolute_uri("/fhir")
            return _resource(request, access, patient, form, base)
    raise Http404


def _steps(count: int) -> range:
    return range(0, min(count, _PARTS * AT_ONCE), AT_ONCE)


def _part(request: HttpRequest) -> int:
    given = request.POST.get("part", "0")
    if not given.isdecimal() or len(given) > len(str(_PARTS)) or int(given) >= _PARTS:
        raise Http404
    return int(given)


def _zip(made: Download, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if made.size is not None:
        headers["Content-Length"] = str(made.size)
    return StreamingHttpResponse(made.parts, content_type="application/zip", headers=headers)


def _resource(
    request: HttpRequest, access: Access, patient: UUID, form: str, base: str
) -> HttpResponse:
    try:
        whole = whole_record(access, patient, downloads.TYPES)
    except TooMany:
        return render(request, "ui/trouble.html", _too_many(), status=422)
    at = access.time
    if form == "summary":
        octets, name = downloads.summary(whole, base, at), "summary.json"
    else:
        octets, name = downloads.bundle(whole, base, at), "records-fhir.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(octets, content_type=_FHIR, headers=headers)


def _too_many() -> dict[str, str]:
    return {
        "what": _("기록이 많아 한 파일로 만들 수 없습니다"),
        "why": _("문서 원본으로 내려받으세요. 나누어 담아 드립니다."),
    }
