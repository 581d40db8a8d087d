"""The bar of each room: at the foot of a phone and the head of a desk's screen, at most five."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.urls import Resolver404, get_urlconf, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind
from naru.ui import places


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of a bar, by a name that fits below a thumb; `sign` is drawn beside it.

    `also` are addresses elsewhere that are reached from it, and belong to it.
    """

    path: str
    name: str | Promise
    sign: str = ""
    also: tuple[str, ...] = ()


MOST: Final = 5
"""As many as fit beside each other at the foot of a phone."""

START: Final = Stop("/", _("처음"), "home")
PUBLIC: Final = (
    START,
    Stop("/find", _("기관 찾기"), "find"),
    Stop("/participants", _("참여 현황"), "list"),
    Stop("/statistics", _("통계"), "chart"),
    Stop("/faq", _("자주 묻는 질문"), "question"),
)
PORTAL: Final = (
    Stop("/portal", _("홈"), "home"),
    Stop("/portal/records", _("내 기록"), "record",
         ("/portal/results", "/portal/download", "/portal/document")),
    Stop("/portal/accesses", _("교류 이력"), "clock"),
    Stop("/portal/consent", _("동의"), "shield", ("/portal/wishes", "/portal/programmes")),
    Stop("/portal/deliveries", _("제출·공유"), "send", ("/portal/shares",)),
)  # fmt: skip
CLINIC: Final = (
    Stop("/clinic", _("환자"), "person"),
    Stop("/clinic/referrals", _("받은 의뢰"), "inbox"),
    Stop("/clinic/referrals/sent", _("보낸 의뢰·회송"), "send", ("/clinic/referrals/new",)),
    Stop("/clinic/appointments", _("예약"), "calendar", ("/clinic/schedules",)),
    START,
)

SIGNS: Final = {
    "/apps": "app",
    "/clinic/appointments": "calendar",
    "/clinic/schedules": "clock",
    "/console": "node",
    "/console/accesses": "shield",
    "/console/accesses/inbox": "inbox",
    "/console/accounts": "person",
    "/console/audit": "shield",
    "/console/calls": "call",
    "/console/dead": "alarm",
    "/console/deliveries": "record",
    "/console/emergencies": "alarm",
    "/console/inbox": "inbox",
    "/console/operations": "chart",
    "/console/policy": "chart",
    "/console/programmes": "record",
    "/console/received": "inbox",
    "/console/report": "record",
    "/console/staff": "person",
    "/console/tickets": "question",
    "/desk": "person",
}
"""What is drawn beside the places that can stand at the foot of a phone; a list beside others."""


def of(role: Role | None) -> tuple[Stop, ...]:
    """What somebody in this role may open, in the order of their room; all public pages for None.

    A page that this node does not have is left out.
    """
    if role is None:
        return tuple(one for one in PUBLIC if opens(one.path, None))
    row = roles.role_table().roles[role]
    if row.kind is RoleKind.CITIZEN:
        return tuple(one for one in PORTAL if opens(one.path, role))
    if row.treats:
        return tuple(one for one in CLINIC if opens(one.path, role))
    return (
        START,
        *(Stop(one.path, one.name, SIGNS.get(one.path, "list")) for one in places.of(role)),
    )


def opens(path: str, role: Role | None) -> bool:
    """Whether there is such a page here, and it is public or opens by what this role may do."""
    there, action = _page(path, get_urlconf() or settings.ROOT_URLCONF)
    return there and (not action or (role is not None and roles.may(role, action)))


@cache
def _page(path: str, urlconf: str) -> tuple[bool, str]:
    """Whether there is a page, and by which action it opens (`viewing.for_action`)."""
    try:
        found = resolve(path, urlconf)
    except Resolver404:
        return False, ""
    return True, getattr(found.func, "action", "")
