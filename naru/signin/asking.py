"""Who asks at a page: put on each request, worked out only where a page wants to know."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from naru.domain import roles
from naru.domain.caller import Caller, Role
from naru.domain.roles import RoleKind
from naru.exchange import identify
from naru.ui import viewing
from naru.ui.clock import now
from naru.ui.viewing import Admitted, Refused, SignInFirst

CHOOSE: Final = _("교류 시연 화면에서 누구의 화면을 볼지 먼저 고르세요.")

NOT_YET: Final = _(
    "이 노드에는 아직 로그인이 없습니다. 로그인이 열리기 전에는 아무 기록도 보여 주지 않습니다."
)

_PLAYED: Final = (Role.PATIENT, Role.OPERATOR, Role.DOCTOR)
"""As whom the demo shows a page that several may open, the first of them; else as any who may."""


class WhoAsks:
    """Middleware: `request.asking` says who asks, and whether they may (see `ui.viewing`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `asking` on the request."""
        request.asking = partial(_asking, request)  # type: ignore[attr-defined]  # `ui.viewing.Asking`.
        return self.get_response(request)


def _asking(request: HttpRequest, action: str) -> Admitted | SignInFirst | Refused:
    if not settings.NARU.demo:
        return Refused(why=NOT_YET)
    found = _of_the_story(request, action)
    return Admitted(caller=found) if found else Refused(why=CHOOSE)


def _of_the_story(request: HttpRequest, action: str) -> Caller | None:
    """The person of the demo's story who does such things; None before one was chosen."""
    role = _played(action)
    address = request.META.get("REMOTE_ADDR", "")
    institution = viewing.chosen(request, viewing.INSTITUTION)
    if role is Role.OPERATOR:
        return identify.operator(address=address)
    if roles.kind(role) is RoleKind.CITIZEN:
        patient = viewing.chosen(request, viewing.PATIENT)
        return identify.patient(patient, address=address) if patient else None
    if institution is None:
        return None
    try:
        return identify.at_clinic(institution, role=role, address=address, now=now())
    except identify.NotIdentified:
        return None


def _played(action: str) -> Role:
    able = roles.that_may(action)
    order: tuple[Role, ...] = (*_PLAYED, *Role)
    return next(one for one in order if one in able)
