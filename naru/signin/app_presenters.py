"""What an app asks, in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain import scopes
from naru.domain.scopes import Context
from naru.exchange.callers.authorization import STAYING_SCOPES, Asked

_TYPES: Final = {
    "*": gettext_lazy("모든 진료기록 항목"),
    "Patient": gettext_lazy("이름과 생년월일"),
    "Observation": gettext_lazy("검사 결과와 측정값"),
    "Condition": gettext_lazy("진단"),
    "MedicationRequest": gettext_lazy("처방약"),
    "AllergyIntolerance": gettext_lazy("알레르기"),
    "Immunization": gettext_lazy("예방접종"),
    "Procedure": gettext_lazy("수술과 처치"),
    "Appointment": gettext_lazy("진료 예약"),
    "Encounter": gettext_lazy("진료받은 날과 곳"),
    "DocumentReference": gettext_lazy("문서 목록"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An app and what it wants."""

    name: str
    wants: tuple[str, ...]
    stays: bool
    of_one: bool


def asked(asked: Asked) -> Page:
    """The page."""
    wants = [_words(one) for one in sorted(asked.scopes)]
    return Page(
        name=asked.client.name,
        wants=tuple(dict.fromkeys(one for one in wants if one)),
        stays=bool(STAYING_SCOPES & asked.scopes),
        of_one=asked.patient is not None,
    )


def _words(scope: str) -> str:
    read = scopes.read(scope)
    if read is None:
        return "" if scope.islower() or "/" in scope else _("문서 찾기와 열기")
    named = str(_TYPES[read.type]) if read.type in _TYPES else ""
    name = named[:1].lower() + named[1:] or read.type  # Inside a sentence.
    writes = set(read.letters) & set("cud")
    if read.context is Context.PATIENT or not writes:
        return _("%(what)s 읽기") % {"what": name}
    return _("%(what)s 읽고 쓰기") % {"what": name}
