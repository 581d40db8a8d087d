"""내 의뢰: a patient sees every referral of theirs, and calls one back."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.consent.errors import ConsentRefused, NotPermitted
from naru.exchange.access import Access
from naru.portal import acts, mandate_presenters, sending_presenters
from naru.portal.consent_views import consent_text, of_whom
from naru.portal.views import ROOM
from naru.referrals import looking
from naru.referrals.errors import NoSuchReferral, NotNow
from naru.ui import consent_form, viewing

LOOK: Final = "own referrals"
CALL_BACK: Final = "referral called back"
"""The transactions of these pages, as the audit names them."""

_CHANGED: Final = _("그 사이에 의뢰가 바뀌어 거두지 못했습니다. 지금 상태를 확인하세요.")
_REFUSED: Final = _("거두지 못했습니다. 아래의 내용을 확인하고 다시 하세요.")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """Every referral with its steps, and what it is to call it back."""
    access, patient = of_whom(request, LOOK)
    return _page(request, access, patient)


@require_POST
@viewing.for_action("hide-document", ROOM)
def call_back(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Call one back; its paper opens no more when the answer is sent."""
    access, patient = of_whom(request, CALL_BACK)
    try:
        acts.call_back(access, patient, referral, consent_form.wording(request))
    except NotNow:
        return _page(request, access, patient, _CHANGED, status=409)
    except (NoSuchReferral, NotPermitted) as refusal:
        raise Http404 from refusal
    except ConsentRefused:
        return _page(request, access, patient, _REFUSED, status=422)
    return redirect("portal-sendings")


def _page(
    request: HttpRequest,
    access: Access,
    patient: UUID,
    refused: str | Promise = "",
    *,
    status: int = 200,
) -> HttpResponse:
    try:
        found = looking.of_patient(access, patient)
    except NotPermitted as refusal:
        raise Http404 from refusal
    shown = {
        "sendings": sending_presenters.sendings(found, access.time),
        "text": consent_text(),
        "refused": refused,
        "behalf": mandate_presenters.behalf(access, patient),
    }
    return render(request, "portal/sendings.html", shown, status=status)
