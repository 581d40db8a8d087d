"""After signing in anew: what was being sent stands there, to be sent with one press."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from naru.domain import roles
from naru.signin import session as kept_session
from naru.signin import unsent
from naru.ui import viewing


@require_safe
@never_cache
@viewing.for_action("manage-own-sign-in", _("보내던 내용"))
def show(request: HttpRequest) -> HttpResponse:
    """What is to be sent yet, for whoever was sending it; else on to the start page."""
    session = kept_session.signed_in(request)
    found = unsent.of(request, session.account) if session is not None else None
    if found is None:
        return redirect("/")
    back = urlsplit(found.back).path
    told = {
        "unsent": found,
        "what": _what(found.path),
        "back": back if back.startswith("/") and not back.startswith("//") else "/",
        "said": [value for _name, value in found.fields if " " in value or not value.isascii()],
    }
    return render(request, "signin/unsent.html", told)


def _what(path: str) -> str:
    """What was being done, in the words of the table of roles."""
    try:
        action = roles.role_table().actions.get(getattr(resolve(path).func, "action", ""))
    except Resolver404:
        action = None
    if action is None:
        return ""
    return action.korean if get_language() == "ko" else action.english
