from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from naru.clinic import acts, import_files, taking_out
from naru.clinic.choosing import ROOM, whom
from naru.domain.records import NotHeld, TooMany
from naru.domain.xds import DocumentRequest
from naru.exchange.access import together
from naru.exchange.charts import whole_record
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.page_access import access_of
from naru.ui import viewing

_XML = frozenset({"text/xml", "application/xml"})
_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"}


@require_POST
@viewing.for_action("see-patient", ROOM)
def import_record(request: HttpRequest) -> HttpResponse:
    """The record as a file for the EMR, `as` FHIR or CDA; the taking is recorded as an opening."""
    form = request.POST.get("as", "")
    if form not in {"fhir", "cda"}:
        raise Http404
    if whom(request) is None:
        return redirect("clinic-patient")
    if question := taking_out.asked(request):
        return question
    return _fhir(request) if form == "fhir" else _cda(request)


def _fhir(request: HttpRequest) -> HttpResponse:
    access, chosen = access_of(request, "FHIR everything"), whom(request)
    assert chosen is not None
    acts.asking(access, chosen[1])
    types = settings.READERS.record_types
    try:
        whole = whole_record.whole_record(access, chosen[1], types)
    except (NotHeld, TooMany) as refused:
        raise Http404 from refused
    octets = import_files.fhir(whole, access.time, settings.NARU.pages_url)
    return _file(octets, "application/fhir+json", "json")


def _cda(request: HttpRequest) -> HttpResponse:
    access, chosen = access_of(request, acts.OPEN), whom(request)
    assert chosen is not None
    acts.asking(access, chosen[1])
    with together(access):
        found = [one for one in reversed(acts.find(access, chosen[1])) if one.mime_type in _XML]
        asked = [
            DocumentRequest(
                repository_unique_id=one.repository_unique_id or "",
                document_unique_id=one.unique_id,
            )
            for one in found
        ]
        opened = retrieve(access, asked).documents
        octets = import_files.cda(found, opened, access.time)
    return _file(octets, "application/zip", "zip")


def _file(octets: bytes, media_type: str, ending: str) -> HttpResponse:
    name = {"Content-Disposition": f'attachment; filename="record.{ending}"'}
    return HttpResponse(octets, content_type=media_type, headers=_HEADERS | name)
