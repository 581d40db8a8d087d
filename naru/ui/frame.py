"""What stands on every page: the places one can go to, and what kind of node this is."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `here` where the reader already is."""

    path: str
    name: str | Promise
    here: bool


DEMO: Final = ("/demo", _("교류 시연"))
ROOMS: Final = (
    ("/portal", _("환자 포털")),
    ("/clinic", _("진료실")),
    ("/desk", _("접수처")),
    ("/console", _("운영")),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """A context processor: `places` and `node_flag` for the base template."""
    return {"places": _places(request.path), "node_flag": node_flag()}


def node_flag() -> str | Promise:
    """The words that every page of a node carries where its records are not real ones."""
    if settings.NARU.demo:
        return _("데모 · 가상의 사람과 병원")
    return _("시험용 노드 · 동의 없이 열립니다") if settings.NARU.sandbox else ""


def _places(path: str) -> tuple[Place, ...]:
    shown = (DEMO, *ROOMS) if settings.NARU.demo else ROOMS
    return tuple(Place(where, name, path.startswith(where)) for where, name in shown)
