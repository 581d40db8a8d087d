"""A clinician who suspects abuse suspends at once whoever speaks for the patient (rule 2).

The record of these pages names no patient: the patient's own pages list what does, and whom the
flag is about may read them.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from naru.clinic.choosing import ROOM, choose_first, whom
from naru.consent.errors import ConsentRefused
from naru.exchange.consent import mandates
from naru.exchange.page_access import access_of
from naru.ui import viewing

PROTECT: Final = "protection from abuse"
"""The transaction, as the audit names it."""

LONGEST: Final = 200
"""Characters of why."""

_REFUSED: Final = _("적지 못했습니다. 까닭을 적었는지, 지금 진료하는 환자인지 확인하세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("flag-abuse", ROOM)
def protection(request: HttpRequest) -> HttpResponse:
    """Say why; from then on no representative sees or says anything, and nobody of them is told."""
    access, chosen = access_of(request, PROTECT), whom(request)
    if chosen is None:
        return choose_first(request)
    why, refused = request.POST.get("reason", "").strip()[:LONGEST], ""
    if request.method == "POST":
        try:
            mandates.flag_abuse(access, chosen[1], why)
        except ConsentRefused:
            refused = str(_REFUSED)
        else:
            return redirect("clinic-protection")
    try:
        stands = mandates.is_protected(access, chosen[1])
    except ConsentRefused:
        return viewing.not_open(request, ROOM, _REFUSED)
    shown = {"stands": stands, "refused": refused, "reason": why}
    return render(request, "clinic/protection.html", shown, status=422 if refused else 200)
