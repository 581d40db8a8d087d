"""The controls in words; each says what was looked at, and when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain.operation import Control, Layer, State
from naru.ui.clock import moment

_LAYERS: Final[Mapping[Layer, str | Promise]] = {
    Layer.NETWORK: gettext_lazy("1. 통신"),
    Layer.SERVER: gettext_lazy("2. 서버"),
    Layer.APPLICATION: gettext_lazy("3. 프로그램"),
    Layer.DATA: gettext_lazy("4. 데이터"),
    Layer.OPERATION: gettext_lazy("5. 운영과 관제"),
}
_CONTROLS: Final[Mapping[str, tuple[str | Promise, str | Promise]]] = {
    "transport": (
        gettext_lazy("기관과의 통신을 암호로 보호합니다"),
        gettext_lazy("노드 인증서의 만료일을 확인합니다."),
    ),
    "callers": (
        gettext_lazy("인증서를 받은 기관만 연결합니다"),
        gettext_lazy("시험용으로 열린 노드인지 확인합니다."),
    ),
    "folders": (
        gettext_lazy("서버의 다른 사용자는 자료를 볼 수 없습니다"),
        gettext_lazy("자료와 열쇠가 있는 곳의 권한을 확인합니다."),
    ),
    "disk": (
        gettext_lazy("저장 공간이 남아 있습니다"),
        gettext_lazy("디스크에 1 GiB가 넘게 남았는지 확인합니다."),
    ),
    "cookies": (
        gettext_lazy("로그인은 암호로 보호된 주소에서만 이어집니다"),
        gettext_lazy("로그인 쿠키의 설정을 확인합니다."),
    ),
    "consent": (
        gettext_lazy("동의와 진료 관계를 조회마다 판단합니다"),
        gettext_lazy("오늘 적용하는 규칙의 판을 읽습니다."),
    ),
    "keys": (
        gettext_lazy("기록과 이름을 암호화해 둡니다"),
        gettext_lazy("열쇠가 온전하고 오래되지 않았는지 확인합니다."),
    ),
    "audit": (
        gettext_lazy("열람 기록이 고쳐지지 않았습니다"),
        gettext_lazy("가장 새로운 기록의 해시를 다시 계산합니다."),
    ),
    "heads": (
        gettext_lazy("열람 기록의 마지막 해시를 따로 보관합니다"),
        gettext_lazy("따로 보관한 시각을 확인합니다."),
    ),
    "worker": (
        gettext_lazy("밀린 작업이 없습니다"),
        gettext_lazy("마지막으로 기록을 센 시각을 확인합니다."),
    ),
    "forwarding": (
        gettext_lazy("다른 감사 저장소에도 보냅니다"),
        gettext_lazy("보내지 못하고 기다리는 기록을 확인합니다."),
    ),
}
_STATES: Final[Mapping[State, tuple[str, str | Promise]]] = {
    State.WELL: ("ok", gettext_lazy("정상")),
    State.WRONG: ("stop", gettext_lazy("살펴보는 중")),
    State.OFF: ("", gettext_lazy("이 노드에서는 쓰지 않음")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A control, what is looked at, and what was found."""

    name: str
    looked: str
    tag: str
    state: str
    figure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page."""

    heading: str
    as_of: str
    layers: tuple[tuple[str, tuple[Row, ...]], ...]


def page(at: datetime) -> Page:
    """Every control by its layer, looked at now."""
    found = look(at)
    wrong = sum(one.state is State.WRONG for one in found)
    return Page(
        heading=_("살펴볼 보호 장치가 %(count)d가지 있습니다") % {"count": wrong}
        if wrong
        else _("보호 장치가 모두 작동하고 있습니다"),
        as_of=moment(at),
        layers=tuple(
            (str(name), tuple(_row(one) for one in found if one.layer is layer))
            for layer, name in _LAYERS.items()
        ),
    )


def states(at: datetime) -> Counter[State]:
    """How many controls stand how."""
    return Counter(one.state for one in look(at))


def look(at: datetime) -> tuple[Control, ...]:
    """The controls as they stand (`naru.domain.operation`)."""
    return cast("tuple[Control, ...]", settings.LOOK_AT_CONTROLS(at))


def _row(one: Control) -> Row:
    name, looked = _CONTROLS[one.id]
    tag, state = _STATES[one.state]
    return Row(name=str(name), looked=str(looked), tag=tag, state=str(state), figure=_figure(one))


def _figure(one: Control) -> str:
    if not one.figure:
        return ""
    told = {
        "transport": _("인증서 %(figure)s까지"),
        "consent": _("규칙의 판 %(figure)s"),
        "audit": _("기록 %(figure)s개를 다시 계산함"),
        "forwarding": _("기다리는 기록 %(figure)s개"),
    }
    return told[one.id] % {"figure": one.figure}
