"""Who speaks for me and whom I speak for, and what is shown when I cannot be asked."""

from datetime import date
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.domain.arrangements import Relationship
from naru.exchange.charts import own_documents
from naru.exchange.consent import mandates, wishes
from naru.exchange.consent.mandates import Limits
from naru.exchange.page_access import access_of
from naru.portal import acts
from naru.portal import mandate_presenters as presenters
from naru.portal.consent_views import of_whom
from naru.portal.views import ROOM
from naru.ui import mandate_form, viewing

MANDATE: Final = "mandate"
CODE: Final = "own code"
WISH: Final = "own wishes"
"""The transactions of these pages, as the audit names them."""

_REFUSED: Final = _(
    "정하지 못했습니다. 코드가 맞는지, 10분이 지나지 않았는지, 끝나는 날을 적었는지 확인하세요."
)
_NOT_NOW: Final = _("지금은 바꿀 수 없습니다.")


@require_safe
@viewing.for_action("see-own-record", ROOM)
def representatives(request: HttpRequest) -> HttpResponse:
    """Who speaks for me, how I let somebody, and for whom I speak."""
    return _shown(request)


@require_POST
@viewing.for_action("give-mandate", ROOM)
def give(request: HttpRequest) -> HttpResponse:
    """Let whoever shows this code speak for me until a day."""
    access, patient = of_whom(request, MANDATE)
    try:
        relationship = Relationship(request.POST.get("relationship", ""))
        last = date.fromisoformat(request.POST.get("last", ""))
        code = request.POST.get("code", "")
        limits = Limits(
            last=last,
            scope=mandate_form.scope(request),
            sees_only=mandate_form.sees_only(request),
        )
    except ValueError:
        return _shown(request, str(_REFUSED))
    try:
        mandates.give_by_code(access, patient, code, relationship, limits)
    except ConsentRefused:
        return _shown(request, str(_REFUSED))
    return redirect("portal-representatives")


@require_POST
@viewing.for_action("withdraw-consent", ROOM)
def end(request: HttpRequest) -> HttpResponse:
    """End a mandate; it holds when the answer is sent."""
    access, patient = of_whom(request, MANDATE)
    try:
        mandates.end(access, patient, _uuid(request.POST.get("mandate", "")))
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return redirect("portal-representatives")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@viewing.for_action("manage-own-sign-in", ROOM)
def code(request: HttpRequest) -> HttpResponse:
    """A code by which somebody else, or a hospital, can name me as who speaks for a patient."""
    shown = ""
    if request.method == "POST":
        access = access_of(request, CODE)
        shown = mandates.introduce(access)
    return render(request, "portal/code.html", {"code": shown})


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def chosen(request: HttpRequest) -> HttpResponse:
    """What is shown in an emergency, and of sensitive kinds."""
    return _wishes(request)


@require_POST
@viewing.for_action("withdraw-consent", ROOM)
def narrow(request: HttpRequest) -> HttpResponse:
    """Show less: not even in an emergency, or sensitive kinds to nobody."""
    return _wished(request, narrower=True)


@require_POST
@viewing.for_action("give-consent", ROOM)
def widen(request: HttpRequest) -> HttpResponse:
    """Show as much as the law and the policy say, or sensitive kinds too."""
    return _wished(request, narrower=False)


def _wished(request: HttpRequest, *, narrower: bool) -> HttpResponse:
    access, patient = of_whom(request, WISH)
    try:
        match request.POST.get("wish"):
            case "emergency":
                wishes.never_in_emergency(access, patient, never=narrower)
            case "sensitive":
                wishes.show_sensitive(access, patient, show=not narrower)
            case _:
                raise Http404
    except ConsentRefused:
        return _not_now(request)
    return redirect("portal-wishes")


def _wishes(request: HttpRequest) -> HttpResponse:
    access, patient = of_whom(request, WISH)
    try:
        stands = wishes.of_patient(access, patient)
    except ConsentRefused:
        return _not_now(request)
    shown = {"wishes": stands, "behalf": presenters.behalf(access, patient)}
    return render(request, "portal/wishes.html", shown)


def _not_now(request: HttpRequest) -> HttpResponse:
    why = _("이 나이의 환자는 법정대리인이, 대리인은 맡은 기간에만 고를 수 있습니다.")
    return render(request, "ui/trouble.html", {"what": _NOT_NOW, "why": why}, status=403)


def _shown(request: HttpRequest, refused: str = "") -> HttpResponse:
    access, patient = of_whom(request, acts.LOOK)
    given = mandates.of_patient(access, patient)
    narrow = "some" in {request.GET.get("part"), request.POST.get("part")}
    offered = presenters.scope(own_documents.of_patient(access, patient)) if narrow else None
    page = presenters.page(access, patient, given)
    shown = {"page": page, "scope": offered, "refused": refused, "given": request.POST}
    status = 422 if refused else 200
    return render(request, "portal/representatives.html", shown, status=status)


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Http404 from error
