"""One's own account, blocked: whoever was just verified opens it again."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from naru.accounts.errors import Refused
from naru.accounts.values import VerifiedPerson
from naru.exchange.callers import blocking, signing_in
from naru.signin import session as kept
from naru.signin.views import access_of, welcome
from naru.ui.clock import moment


@require_safe
@never_cache
def blocked(request: HttpRequest) -> HttpResponse:
    """That the account is blocked, since when and why, and how it opens."""
    access_of(request, blocking.STATE)
    found = blocking.blocked(_verified(request))
    if found is None:
        raise Http404
    told = {"since": moment(found.at), "opens": found.cause.person_opens}
    return render(request, "signin/blocked.html", told)


@require_POST
@never_cache
def open_own(request: HttpRequest) -> HttpResponseBase:
    """Open it, and sign in."""
    access = access_of(request, blocking.OPEN)
    person, browser = _verified(request), kept.browser(request)
    try:
        begun = signing_in.open_own(access, person, browser)
    except Refused as refusal:
        signing_in.refused(access, refusal)
        words = _("본인이 혼자 열 수 있는 잠금이 아닙니다. 상담센터에 계정 번호를 알려 주세요.")
        told = {"what": _("열지 않았습니다"), "why": words}
        return render(request, "ui/trouble.html", told, status=403)
    return welcome(request, begun, browser, "/account")


def _verified(request: HttpRequest) -> VerifiedPerson:
    found = kept.blocked_person(request)
    if found is None:
        raise Http404
    return found
