"""What stands on every page: the places one can go to, and what kind of node this is."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind
from naru.ui import bars, display, viewing
from naru.ui.bars import Stop
from naru.ui.names import role_name


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `here` where the reader already is."""

    path: str
    name: str | Promise
    sign: str
    here: bool


DEMO: Final = (
    Stop("/demo", _("교류 시연")),
    Stop("/portal", _("환자 포털")),
    Stop("/clinic", _("진료실")),
    Stop("/desk", _("접수처")),
    Stop("/console", _("운영")),
)
"""The rooms as the demo leads through them: whoever looks plays them all."""

_PLAYED: Final = {
    "portal": Role.PATIENT,
    "clinic": Role.DOCTOR,
    "desk": Role.RECEPTION,
    "console": Role.OPERATOR,
}
"""As whom a room of the demo is looked at where nobody has signed in."""


def frame(request: HttpRequest) -> dict[str, object]:
    """A context processor: where one can go, how pages look, and as what somebody is signed in.

    `start` is where one's role begins: on a demo `/` is its story. `places` are the bar and `more`
    what does not fit in it; `rooms` are the demo's. `keepable` is a citizen's page, which may be
    kept on a phone.
    """
    role = viewing.role(request)
    shown = _stops(request.path, role)
    here = _here(request.path, shown)
    fits = len(shown) <= bars.MOST
    rooms = DEMO if settings.NARU.demo else ()
    return {
        "places": _places(shown if fits else shown[: bars.MOST - 1], here),
        "more": () if fits else _places(shown[bars.MOST - 1 :], here),
        "rooms": _places(rooms, _here(request.path, rooms)),
        "display": display.of(request),
        "keepable": _is_in(request.path, "/portal") and request.method == "GET",
        "node_flag": node_flag(),
        "signed_in": role is not None,
        "start": _start(shown) if settings.NARU.demo else "/",
        "at_work_as": _at_work_as(role),
    }


def _start(shown: tuple[Stop, ...]) -> str:
    return next((one.path for one in shown if one.path != bars.START.path), "/account")


def node_flag() -> str | Promise:
    """The words that every page of a node carries where its records are not real ones."""
    if settings.NARU.demo:
        return _("데모 · 가상의 사람과 병원")
    return _("시험용 노드 · 동의 없이 열립니다") if settings.NARU.sandbox else ""


def _stops(path: str, role: Role | None) -> tuple[Stop, ...]:
    if role is not None:
        return bars.of(role)
    if not settings.NARU.demo:
        return bars.of(None)
    played = _PLAYED.get(path.split("/")[1])
    return () if played is None else bars.of(played)


def _here(path: str, shown: tuple[Stop, ...]) -> str:
    """The place whose longest address leads to where the reader is."""
    leading = (
        (len(where), one.path)
        for one in shown
        for where in (one.path, *one.also)
        if _is_in(path, where)
    )
    return max(leading, default=(0, ""))[1]


def _is_in(path: str, where: str) -> bool:
    return path == where or (where != bars.START.path and path.startswith(f"{where}/"))


def _places(shown: tuple[Stop, ...], here: str) -> tuple[Place, ...]:
    return tuple(Place(one.path, one.name, one.sign, one.path == here) for one in shown)


def _at_work_as(role: Role | None) -> str:
    """Said beside the navigation, so that nobody takes one hat for another; nothing for oneself."""
    if role is None or roles.kind(role) is RoleKind.CITIZEN:
        return ""
    return role_name(role)
