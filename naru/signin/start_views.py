"""Where everybody begins: what this node is, or what whoever signed in may do here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from naru.accounts import sessions
from naru.domain.korea import korean_day
from naru.signin import presenters
from naru.signin import session as kept
from naru.ui import places, viewing
from naru.ui.clock import now


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The node's bare address. It shows pages and posts, and nothing of any record."""
    session, role = kept.signed_in(request), viewing.role(request)
    if session is None or role is None:
        return render(request, "signin/front.html")
    time = now()
    posts = sessions.held(session.account, korean_day(time))
    page = presenters.start(session, posts, places.of(role), time)
    return render(request, "signin/start.html", {"page": page})
