"""Sharing by QR or code (공유): making a link, its access list, and taking it back."""

from typing import Final
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.deliveries import choosing, sharing
from naru.deliveries.errors import DeliveryRefused, NotTheirs
from naru.deliveries.sharing import Sharing
from naru.deliveries.values import Share
from naru.exchange.access import Access
from naru.portal import share_presenters as presenters
from naru.portal.consent_views import of_whom
from naru.portal.delivery_views import ROOM
from naru.ui import viewing

LOOK: Final = "own shared links"
SHARE: Final = "share documents"
REVOKE: Final = "revoke shared link"
"""The transactions, as the audit names them."""

_REFUSED: Final = _("문서를 하나에서 스무 건까지, 모두 16 MB 안에서 고르세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("direct-delivery", ROOM)
def new(request: HttpRequest) -> HttpResponseBase:
    """Choose what is shown, for how long and how often; the same form twice makes one link."""
    access, patient = of_whom(request, SHARE)
    if request.method != "POST":
        return _form(request, access, patient)
    try:
        made = sharing.share(access, patient, _sharing(request))
    except (DeliveryRefused, ConsentRefused, ValueError):
        return _form(request, access, patient, _REFUSED)
    return redirect("portal-share", made.id)


@require_safe
@viewing.for_action("direct-delivery", ROOM)
def one(request: HttpRequest, link: UUID) -> HttpResponse:
    """The QR and the code while it opens, and who has opened it."""
    access, patient = of_whom(request, LOOK)
    try:
        found = sharing.own(access, patient, link)
    except NotTheirs as nobody:
        raise Http404 from nobody
    page = presenters.shared(found, access.time, _links(request, found))
    return render(request, "portal/share.html", {"page": page})


@require_POST
@viewing.for_action("direct-delivery", ROOM)
def revoke(request: HttpRequest, link: UUID) -> HttpResponseBase:
    """Take it back at once."""
    access, patient = of_whom(request, REVOKE)
    try:
        sharing.revoke(access, patient, link)
    except (NotTheirs, ConsentRefused) as nobody:
        raise Http404 from nobody
    return redirect("portal-share", link)


def _form(
    request: HttpRequest, access: Access, patient: UUID, refused: str | Promise = ""
) -> HttpResponse:
    page = presenters.form(
        choosing.sendable(access, patient),
        ticked=request.POST.getlist("document"),
        hours=request.POST.get("hours", ""),
        times=request.POST.get("times", ""),
    )
    shown = {"page": page, "refused": refused, "once": uuid4()}
    return render(request, "portal/share_form.html", shown, status=422 if refused else 200)


def _sharing(request: HttpRequest) -> Sharing:
    """What the form says; raises ValueError."""
    return Sharing(
        documents=tuple(request.POST.getlist("document")),
        hours=int(request.POST.get("hours", "0")),
        times=int(request.POST.get("times", "0")),
        with_passcode=request.POST.get("open") != "yes",
        once=UUID(request.POST.get("once", "")),
    )


def _links(request: HttpRequest, found: Share) -> presenters.Links:
    return presenters.Links(
        manifest=request.build_absolute_uri(f"/shl/{found.address}"),
        viewer=request.build_absolute_uri("/shared"),
    )
