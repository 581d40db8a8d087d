"""One app for the hospitals of a group: choose one, and see what is of it, in its own colours."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.accounts.errors import NotFound
from naru.exchange.charts import group_portal
from naru.exchange.institutions import registers
from naru.portal import hospital_presenters as presenters
from naru.portal.consent_views import of_whom
from naru.ui import viewing

ROOM = _("우리 병원")
HOSPITAL: Final = "own hospital"
"""The transaction, as the audit names it."""

_CHOSEN: Final = "portal-hospital"
_DAY: Final = "max-age=86400"


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def hospital(request: HttpRequest) -> HttpResponse:
    """The chosen hospital's part of the record, and the others of the group to choose."""
    access, patient = of_whom(request, HOSPITAL)
    kept = request.session.get(_CHOSEN)
    try:
        found = group_portal.of_patient(access, patient, UUID(kept) if kept else None)
    except NotFound:  # A hospital that left the group, or was chosen for somebody else.
        found = group_portal.of_patient(access, patient, None)
        access.errors.clear()
    return render(request, "portal/hospital.html", {"page": presenters.page(found)})


@require_POST
@viewing.for_action("see-own-matters", ROOM)
def choose(request: HttpRequest) -> HttpResponse:
    """Another hospital of the group, from the next page on."""
    access, patient = of_whom(request, HOSPITAL)
    try:
        wanted = UUID(request.POST.get("hospital", ""))
        group_portal.of_patient(access, patient, wanted)
    except (ValueError, NotFound) as wrong:
        raise Http404 from wrong
    request.session[_CHOSEN] = str(wanted)
    return redirect("portal-hospital")


@require_safe
def colours(request: HttpRequest, hospital: UUID) -> HttpResponse:
    """A hospital's colour, in place of ours; not in the dark, for which it was not chosen."""
    del request
    brand = registers.brand_of(hospital)
    if brand is None:
        raise Http404
    rule = f":root {{ --act: {brand.colour}; --act-deep: {brand.colour}; }}"
    sheet = f"@media print, (prefers-color-scheme: light) {{ {rule} }}\n"
    return HttpResponse(sheet, content_type="text/css", headers={"Cache-Control": _DAY})


@require_safe
def logo(request: HttpRequest, hospital: UUID) -> HttpResponse:
    """A hospital's logo."""
    del request
    brand = registers.brand_of(hospital)
    if brand is None or not brand.logo:
        raise Http404
    return HttpResponse(brand.logo, content_type="image/png", headers={"Cache-Control": _DAY})
