"""The visit in which a clinician looks at a patient: whom, why, and whom else they opened today.

Kept in the session, sealed with it; the reason is asked once, when the patient is chosen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.domain.visit_reasons import VisitReason
from naru.ui import viewing
from naru.ui.clock import today

REASONS: Final[dict[str, str | Promise]] = {
    VisitReason.OUTPATIENT: _("외래 진료"),
    VisitReason.INPATIENT: _("입원 진료"),
    VisitReason.REFERRAL: _("의뢰·회송 검토"),
    VisitReason.EMERGENCY: _("응급 진료"),
    VisitReason.PREPARATION: _("예약한 진료 준비"),
}
"""What each is called."""

MOST: Final = 8
_REASON, _OPENED = "clinic-reason", "clinic-opened"


@dataclass(frozen=True, slots=True)
class Opened:
    """A patient who was opened today, at what time, and for which reason."""

    patient: UUID
    time: datetime
    reason: str


def begin(request: HttpRequest, patient: UUID, reason: str, now: datetime) -> None:
    """Choose a patient, with the reason for which their record is looked at."""
    assert reason in REASONS
    viewing.choose(request, viewing.PATIENT, patient)
    request.session[_REASON] = [str(patient), reason]
    others = [one for one in opened(request, now) if one.patient != patient]
    kept = [Opened(patient, now, reason), *others][:MOST]
    request.session[_OPENED] = [
        [str(one.patient), one.time.isoformat(), one.reason] for one in kept
    ]


def reason(request: HttpRequest, patient: UUID) -> str:
    """Why this patient's record is looked at, in words."""
    whose, code = request.session.get(_REASON, ["", ""])
    known = REASONS.get(code) if whose == str(patient) else None
    return str(known or _("진료"))


def opened(request: HttpRequest, now: datetime) -> list[Opened]:
    """Whom this sign-in opened today, the last first."""
    kept = [
        Opened(UUID(patient), datetime.fromisoformat(time), reason)
        for patient, time, reason in request.session.get(_OPENED, [])
    ]
    return [one for one in kept if today(one.time) == today(now)]
