"""Where each answer is proved: the live screens, of those that this node has."""

from dataclasses import dataclass
from typing import Final

from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Proof:
    """A screen, and whether one signs in to see it."""

    path: str
    name: str | Promise
    own: bool = False


_PROOFS: Final = {
    "protected": (Proof("/privacy", _("지금의 보호 상태")),),
    "what": (
        Proof("/portal/records", _("내 기록"), own=True),
        Proof("/portal/consent/documents", _("오간 문서"), own=True),
    ),
    "since": (Proof("/portal/consent", _("내 동의와 시작한 날"), own=True),),
    "history": (Proof("/portal/accesses", _("내 교류 이력"), own=True),),
    "withdraw": (Proof("/portal/consent", _("동의와 철회"), own=True),),
    "where": (Proof("/find", _("참여 기관 찾기")), Proof("/participants", _("참여 현황"))),
    "agency": (Proof("/portal/deliveries", _("제출·공유"), own=True),),
    "no_phone": (Proof("/find", _("가까운 참여 기관")),),
}


def proofs() -> dict[str, tuple[Proof, ...]]:
    """The screens by the question that they prove."""
    return {
        name: tuple(one for one in each if is_valid_path(one.path))
        for name, each in _PROOFS.items()
    }
