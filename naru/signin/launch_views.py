"""Coming from an EMR: whoever the address is for signs in, and goes on to the clinic's page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from naru.accounts.errors import Refused
from naru.accounts.values import Session
from naru.exchange.access import Access
from naru.exchange.callers import acting, clinic_launch, signing_in
from naru.exchange.callers.clinic_launch import Launch, LaunchInvalid, LaunchOfAnother
from naru.signin import session as kept
from naru.signin.views import access_of
from naru.ui import viewing

ROOM = _("진료 프로그램에서 열기")
OVER = _("이 주소는 끝났거나 이미 쓰였습니다. 진료 프로그램에서 환자를 다시 여세요.")
ANOTHER = _(
    "다른 직원을 위한 주소입니다. 진료 프로그램에서 이 환자를 연 사람으로 로그인한 뒤 다시 여세요."
)


@require_GET  # A HEAD would use the address up and open nothing.
@never_cache
def launch(request: HttpRequest) -> HttpResponseBase:
    """Use the address up, have its person sign in, in their post, and go on.

    `/launch` without a value is where they come back to from signing in.
    """
    session = kept.signed_in(request)
    access = access_of(request, clinic_launch.FOLLOW, session)
    try:
        found = _followed(request, access)
        if session is None:
            onward = urlencode({"next": clinic_launch.ADDRESS})
            return redirect(f"{viewing.SIGN_IN}?{onward}")
        _require_whose(found, session)
        if session.acts_as != str(found.post):
            _act_in_post(request, access, session, found)
    except LaunchInvalid as refusal:
        return _refused(request, access, refusal, OVER)
    except Refused as refusal:
        return _refused(request, access, refusal, ANOTHER)
    return redirect("clinic-launch")


def _followed(request: HttpRequest, access: Access) -> Launch:
    text = request.GET.get("launch")
    if text is not None:
        clinic_launch.forget(request.session)
        found = clinic_launch.follow(access, text)
        clinic_launch.keep(request.session, found, access.time)
        return found
    waiting = clinic_launch.kept(request.session, access.time)
    if waiting is None:
        raise LaunchInvalid
    return waiting


def _require_whose(launch: Launch, session: Session) -> None:
    if session.account != launch.account:
        raise LaunchOfAnother


def _act_in_post(request: HttpRequest, access: Access, session: Session, launch: Launch) -> None:
    """In the post for which it was asked; raises NotFound where they hold it no more."""
    acting.act_as(access, session, str(launch.post))
    kept.act_anew(request)
    clinic_launch.keep(request.session, launch, access.time)


def _refused(request: HttpRequest, access: Access, refusal: Refused, why: Promise) -> HttpResponse:
    signing_in.refused(access, refusal)
    clinic_launch.forget(request.session)
    return viewing.not_open(request, ROOM, why)
