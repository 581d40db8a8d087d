"""Who asks at a page: put on each request, worked out only where a page wants to know."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.accounts.values import Session
from naru.domain import roles
from naru.domain.caller import Caller, Role
from naru.domain.roles import RoleKind
from naru.exchange import identify, page_access
from naru.exchange.access import Access
from naru.exchange.callers import signing_in
from naru.exchange.consent import representing
from naru.signin import unsent
from naru.signin.session import ran_out, signed_in
from naru.ui import viewing
from naru.ui.clock import now
from naru.ui.viewing import Admitted, Refused, SignInFirst

CHOOSE: Final = _("교류 시연 화면에서 누구의 화면을 볼지 먼저 고르세요.")
NOT_YOURS: Final = _("로그인한 역할로는 이 화면을 볼 수 없습니다.")
NOT_LINKED: Final = _(
    "아직 진료기록과 이어지지 않았습니다. 담당자가 확인하고 있으면 끝난 뒤 알려 드립니다. "
    "가까운 참여 병원의 접수처에서도 확인할 수 있습니다."
)
NO_PART: Final = _(
    "지금은 그 자격으로 볼 수 없습니다. ‘내 로그인’의 ‘지금의 자격’에서 다시 고르세요."
)

ENDED: Final = _(
    "사망이 적힌 분의 로그인은 끝났습니다. 가족은 진료받은 기관에 사본을 신청합니다"
    "(의료법 제21조제3항). 잘못 적혔으면 그 기관의 개인정보 보호책임자에게 알려 주세요."
)

A_PART: Final = _(
    "기록의 일부만 맡으셔서 이 화면은 볼 수 없습니다. 맡은 문서는 ‘내 기록’에 있습니다."
)

OF_A_PART: Final = frozenset({"see-own-record"})
"""What a representative opens who was let see a part of the record alone."""

OWN_PAGES: Final = frozenset({"manage-own-sign-in", "change-own-sign-in"})
"""What somebody does with their own account, whether or not they are known as a patient."""

NOT_PLAYED: Final = OWN_PAGES | {"read-notices"}
"""What nobody does for the people of the demo's story: it is somebody's who signed in."""

PLAYED: Final = "played"
"""In the session of whoever became somebody at a demo: there is no key that they could show."""

_PLAYED: Final = (Role.PATIENT, Role.OPERATOR, Role.DOCTOR)
"""As whom the demo shows a page that several may open, the first of them; else as any who may."""


class WhoAsks:
    """Middleware: `request.asking` says who asks, and whether they may (see `ui.viewing`).

    It begins the one access of the request, which is made durable here before the answer leaves
    (`exchange/page_access.py`). `request.role` says as what somebody signed in, for navigation
    alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with both on the request; what was asked has its record then."""
        request.role = partial(_role, request)  # type: ignore[attr-defined]  # `ui.viewing.role`.
        request.asking = partial(_asking, request)  # type: ignore[attr-defined]  # `ui.viewing.Asking`.
        response = self.get_response(request)
        action = _action(request)
        if action is not None and page_access.begun(request) is None:
            _asking(request, action)  # Turned away before it was asked: by its method or its form.
        page_access.finish(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note it; Django answers."""
        page_access.failed(request, exception)


def _action(request: HttpRequest) -> str | None:
    """The action by which the page of this address opens, if there is such a page."""
    found = request.resolver_match
    return None if found is None else getattr(found.func, "action", None)


def _role(request: HttpRequest) -> Role | None:
    session = signed_in(request)
    if session is None:
        return None
    if session.post is not None:
        return session.post.role
    return Role.REPRESENTATIVE if session.represented else Role.PATIENT


def _asking(request: HttpRequest, action: str) -> Admitted | SignInFirst | Refused:
    session = signed_in(request)
    if session is not None:
        return _of_session(request, session, action)
    if settings.NARU.demo and action not in NOT_PLAYED:
        found = _of_the_story(request, action)
        if found is not None:
            return _admitted(request, found, action)
        return _refused(request, identify.stranger(address=_address(request)), action, CHOOSE)
    _turned_away(request, identify.stranger(address=_address(request)), action)
    return SignInFirst(back=_kept(request, ran_out(request)))


def _of_session(
    request: HttpRequest, session: Session, action: str
) -> Admitted | SignInFirst | Refused:
    try:
        caller = identify.by_session(session, address=_address(request), now=now())
    except identify.NotIdentified as why:
        dead = isinstance(why, identify.Deceased)
        # Else nobody could choose to act as somebody else again.
        if action in OWN_PAGES and not dead:
            caller = signing_in.of_account(session, address=_address(request))
            return _showed(request, session, caller, action)
        stranger = identify.stranger(address=_address(request))
        return _refused(request, stranger, action, ENDED if dead else NO_PART)
    if not roles.may(caller.role, action):
        return _refused(request, caller, action, NOT_YOURS)
    own = roles.kind(caller.role) is RoleKind.CITIZEN and action not in OWN_PAGES
    if own and caller.patient is None:
        return _refused(request, caller, action, NOT_LINKED)
    if own and action not in OF_A_PART and not _sees_all(caller):
        return _refused(request, caller, action, A_PART)
    return _showed(request, session, caller, action)


def _sees_all(caller: Caller) -> bool:
    """Whether nothing of the patient's is kept from whoever speaks for them."""
    if caller.role is not Role.REPRESENTATIVE or caller.patient is None:
        return True
    asking = Access(transaction="", caller=caller, time=now())
    return representing.sees_all(asking, caller.patient)


def _showed(
    request: HttpRequest, session: Session, caller: Caller, action: str
) -> Admitted | SignInFirst:
    """Whoever has shown what the act asks for; nobody else, whatever they act as."""
    factor = roles.step_up(action)
    played = settings.NARU.demo and request.session.get(PLAYED)
    if factor is not None and not played and not session.showed(factor, now()):
        _turned_away(request, caller, action)
        back = _kept(request, session.account)
        return SignInFirst(path=f"{viewing.SIGN_IN}/confirm/{factor}", back=back)
    return _admitted(request, caller, action)


def _kept(request: HttpRequest, owner: UUID | None) -> str:
    """Where a form that was sent is found again, if it could be kept."""
    if request.method != "POST" or owner is None:
        return ""
    return unsent.PAGE if unsent.keep(request, owner) else ""


def _admitted(request: HttpRequest, caller: Caller, action: str) -> Admitted:
    if request.method == "POST":
        unsent.sent(request)
    page_access.begin(request, action, caller)
    return Admitted(caller=caller)


def _refused(request: HttpRequest, caller: Caller, action: str, why: Promise | str) -> Refused:
    _turned_away(request, caller, action)
    return Refused(why=why)


def _turned_away(request: HttpRequest, caller: Caller, action: str) -> None:
    """Note who was not let in, and to what."""
    page_access.begin(request, action, caller).refused("NotAllowed")


def _of_the_story(request: HttpRequest, action: str) -> Caller | None:
    """The person of the demo's story who does such things; None before one was chosen."""
    role = _played(action)
    address = _address(request)
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


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
