"""One of my own documents, to be read and kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from naru.domain.xds import DocumentRequest
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients
from naru.portal import acts, consent_presenters
from naru.portal.consent_views import of_whom
from naru.ui import viewing
from naru.viewer.opening import open_document
from naru.viewer.showing import document, form_asked, handed_out

ROOM = _("마이차트")


@require_POST
@viewing.for_action("see-own-record", ROOM)
def open_one(request: HttpRequest) -> HttpResponse:
    """Open one document; `as` asks for it as a file. Its number is never in an address."""
    access, patient = of_whom(request, acts.OPEN)
    asked = DocumentRequest(
        repository_unique_id=request.POST.get("repository", ""),
        document_unique_id=request.POST.get("document", ""),
    )
    form = form_asked(request)
    opened = open_document(access, asked)
    if form:
        return handed_out(opened, form)
    name = full_name(patients.demographics(patient))
    behalf = consent_presenters.on_behalf(name, acts.represents(access, patient))
    shown = {"page": document(opened), "behalf": behalf}
    return render(request, "portal/document.html", shown)
