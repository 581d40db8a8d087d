from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.consent.errors import ConsentRefused, NotPermitted
from naru.console import withdrawal_presenters as presenters
from naru.exchange.access import Access
from naru.exchange.consent import cases as consent_cases
from naru.exchange.page_access import access_of
from naru.ui import viewing

ROOM = _("운영")

CASES: Final = "consent cases"
"""The transaction, as the audit names it."""


@require_safe
@viewing.for_action("handle-withdrawal", ROOM)
def withdrawals(request: HttpRequest) -> HttpResponse:
    """What is to be done because of withdrawals and objections, and by when."""
    return _shown(request)


@require_POST
@viewing.for_action("handle-withdrawal", ROOM)
def note(request: HttpRequest, case: UUID) -> HttpResponse:
    """Note what was done about a case, and close it if that was all."""
    access, close = _access(request), request.POST.get("close") == "yes"
    try:
        consent_cases.note(access, case, request.POST.get("words", ""), close=close)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except ConsentRefused:
        return _shown(request, str(_("무엇을 했는지 적어 주세요. 닫힌 사건에는 적을 수 없습니다.")))
    return redirect("console-withdrawals")


def _shown(request: HttpRequest, refused: str = "") -> HttpResponse:
    found = consent_cases.waiting(_access(request))
    shown = {"duties": presenters.duties(found), "refused": refused}
    return render(request, "console/withdrawals.html", shown, status=422 if refused else 200)


def _access(request: HttpRequest) -> Access:
    return access_of(request, CASES)
