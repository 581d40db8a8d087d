"""What stands on every page: the places one can go to, and what kind of node this is."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind
from naru.ui import places, viewing
from naru.ui.names import role_name


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `here` where the reader already is."""

    path: str
    name: str | Promise
    here: bool


START: Final = ("/", _("처음"))
PUBLIC: Final = (START, ("/participants", _("참여 현황")))
DEMO: Final = ("/demo", _("교류 시연"))
ROOMS: Final = (
    ("/portal", _("환자 포털")),
    ("/clinic", _("진료실")),
    ("/desk", _("접수처")),
    ("/console", _("운영")),
)
MOST: Final = 5
"""As many as fit beside each other at the foot of a phone; the start page has them all."""


def frame(request: HttpRequest) -> dict[str, object]:
    """A context processor: `places`, `node_flag`, and as what somebody is signed in."""
    role = viewing.role(request)
    return {
        "places": _places(request.path, role),
        "node_flag": node_flag(),
        "signed_in": role is not None,
        "at_work_as": _at_work_as(role),
    }


def node_flag() -> str | Promise:
    """The words that every page of a node carries where its records are not real ones."""
    if settings.NARU.demo:
        return _("데모 · 가상의 사람과 병원")
    return _("시험용 노드 · 동의 없이 열립니다") if settings.NARU.sandbox else ""


def _places(path: str, role: Role | None) -> tuple[Place, ...]:
    if role is not None:
        shown = (START, *((one.path, one.name) for one in places.of(role)))[:MOST]
    elif settings.NARU.demo:
        shown = (DEMO, *ROOMS)
    else:
        shown = tuple(one for one in PUBLIC if is_valid_path(one[0]))
    here = max((where for where, _name in shown if _is_in(path, where)), key=len, default="")
    return tuple(Place(where, name, where == here) for where, name in shown)


def _is_in(path: str, where: str) -> bool:
    return path == where or (where != START[0] and path.startswith(f"{where}/"))


def _at_work_as(role: Role | None) -> str:
    """Said beside the navigation, so that nobody takes one hat for another; nothing for oneself."""
    if role is None or roles.kind(role) is RoleKind.CITIZEN:
        return ""
    return role_name(role)
