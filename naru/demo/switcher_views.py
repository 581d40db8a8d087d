"""Being somebody else at one press: only where nobody is real."""

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from naru.accounts import sessions
from naru.demo import cast, players
from naru.demo.players import Player
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.callers import acting, signing_in
from naru.signin import session as kept
from naru.signin.asking import PLAYED
from naru.ui import places
from naru.ui.clock import now
from naru.ui.names import role_name

BE: Final = "/demo/be"
"""Where one becomes somebody; its routes are there where the process began as a demo."""

_PLACES: Final = {one.key: one.name for one in (*cast.HUBS, *cast.MEMBERS, *cast.BODIES)}


def switcher(request: HttpRequest) -> Mapping[str, object]:
    """A context processor: on a demo every page offers to be somebody else."""
    if not (settings.NARU.demo and is_valid_path(BE)):
        return {}
    return {"switcher": SimpleLazyObject(lambda: _rendered(request))}


@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the players, at work where they work, and go to their first page."""
    player = players.player(request.POST.get("who", "")) if settings.NARU.demo else None
    if player is None:
        raise Http404
    address = str(request.META.get("REMOTE_ADDR", ""))
    browser = kept.browser(request)
    asking = Access(
        transaction=signing_in.SIGN_IN, caller=identify.stranger(address=address), time=now()
    )
    begun = signing_in.by_identity(asking, player.verified, browser)
    session = sessions.session(begun.session, now())
    assert session is not None, "a sign-in stands when it has just begun"
    own = sessions.held(session.account, korean_day(asking.time))
    if own:
        acting_as = signing_in.of_account(session, address=address)
        access = Access(transaction=acting.ACT_AS, caller=acting_as, time=now())
        acting.act_as(access, session, str(own[0].id))
    kept.keep(request, begun)
    request.session[PLAYED] = True
    first = places.of(player.role)[0].path
    response = redirect(kept.safe_next(request, request.POST.get("next", ""), first))
    kept.remember(response, browser)
    return response


def _rendered(request: HttpRequest) -> SafeString:
    groups = [
        (name, tuple((one.key, one.name, role_name(one.role)) for one in who))
        for name, who in groupby(players.players(), _where)
    ]
    return render_to_string("demo/switcher.html", {"groups": groups}, request)


def _where(player: Player) -> str:
    if player.role is Role.PATIENT:
        return _("시민")
    return _(_PLACES[player.at]) if player.at else _("운영기관")
