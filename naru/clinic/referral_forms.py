"""What a form of a referral says, as it was given; wrong or not, nothing of it is lost."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from naru.domain.clinical import (
    Appointment,
    Content,
    Diagnosis,
    PatientState,
    Procedure,
    ReturnReason,
    Transfer,
    VitalSigns,
)
from naru.domain.departments import name_of
from naru.domain.korea import korean_day
from naru.domain.referral_papers import LETTER, REPLY
from naru.domain.referrals import AskedBy, Basis, Kind, Referral
from naru.domain.scheduling import InvalidSchedule, SlotName
from naru.referrals.policy import policy
from naru.referrals.sending import MOST_WORDS, Draft

COMPOSED: Final = (*(one.value for one in Kind), LETTER, REPLY)
"""What a page can compose."""

VITALS: Final = {
    "systolic": _("수축기 혈압 (mmHg)"),
    "diastolic": _("이완기 혈압 (mmHg)"),
    "heart_rate": _("맥박 (회/분)"),
    "respiratory_rate": _("호흡 (회/분)"),
    "temperature": _("체온 (℃)"),
    "oxygen_saturation": _("산소포화도 (%)"),
}
_LONGEST: Final = {"outside": 200, "code": 20, "name": 200}
"""Characters of what is typed beside the texts."""

_LARGEST: Final = Decimal(400)
"""No vital sign is larger in these units."""

_MEASURED: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
"""As a device shows it: what Python takes for a number too, as `1_0`, is a slip of the finger."""

_VITALS_OF_THE_CHART: Final = "vital_signs-"
"""How what was measured before and is picked is called; it keeps the time of its measuring."""

SENTENCES: Final[dict[str, str | Promise]] = {
    "to": _("받을 기관을 골라 주세요."),
    "department": _("진료과를 골라 주세요."),
    "outside": _("받을 기관의 이름을 적어 주세요."),
    "consent": _("환자가 보내는 데 동의했는지 표시해 주세요."),
    "vitals": _("활력징후를 숫자로 하나 이상 적거나, 차트의 것을 골라 주세요."),
    "words": _("글이 너무 깁니다. 4,000자까지 적을 수 있습니다."),
    "opinion": _("소견을 고르거나 적어 주세요."),
    "treatment": _("처치를 하나 이상 골라 주세요."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A form as it came; a new one where nothing did. `suggested`: its items were ticked by us."""

    kind: str
    once: UUID
    to: str = ""
    department: str = ""
    outside: str = ""
    slot: str = ""
    items: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    reason_text: str = ""
    opinions: frozenset[str] = frozenset()
    opinion_text: str = ""
    asked_by: str = AskedBy.CLINICIAN.value
    consent: str = ""
    despite: bool = False
    code: str = ""
    name: str = ""
    vitals: dict[str, str] = field(default_factory=dict)
    consciousness: str = ""
    treatments: frozenset[str] = frozenset()
    means: str = ""
    suggested: bool = False


def given(data: QueryDict, kind: str) -> Given:
    """What came. Whoever is chosen on the page of receivers comes with their department."""
    to, _blank, department = data.get("to", "").partition(" ")
    return Given(
        kind=kind,
        once=_uuid(data.get("once", "")) or uuid4(),
        to=to,
        department=department or data.get("department", ""),
        outside=data.get("outside", "").strip(),
        slot=data.get("slot", ""),
        items=frozenset(data.getlist("item")),
        reasons=frozenset(data.getlist("reason")),
        reason_text=data.get("reason_text", "").strip(),
        opinions=frozenset(data.getlist("opinion")),
        opinion_text=data.get("opinion_text", "").strip(),
        asked_by=data.get("asked_by", AskedBy.CLINICIAN.value),
        consent=data.get("consent", ""),
        despite=data.get("despite") == "on",
        code=data.get("code", "").strip(),
        name=data.get("name", "").strip(),
        vitals={one: data.get(one, "").strip() for one in VITALS},
        consciousness=data.get("consciousness", ""),
        treatments=frozenset(data.getlist("treatment")),
        means=data.get("means", ""),
    )


def addressed(form: Given, about: Referral) -> Given:
    """A form that is answered to whoever sent the referral, unless another is chosen."""
    return replace(form, to=str(about.sender), department=form.department or about.department)


def wrong(form: Given) -> dict[str, str | Promise]:
    """What has to be put right, by the field's name; nothing where it can be sent."""
    faults = []
    if form.kind == LETTER:
        faults += ["outside"] if not form.outside else []
    elif form.kind != REPLY:
        faults += ["to"] if _uuid(form.to) is None else []
        faults += ["department"] if not name_of(form.department) else []
    if form.kind != REPLY and form.consent not in set(Basis):
        faults.append("consent")
    faults += [one for one, most in _LONGEST.items() if len(getattr(form, one)) > most]
    if any(len(text) > MOST_WORDS for text in (form.reason_text, form.opinion_text)):
        faults.append("words")
    if form.kind == Kind.EMERGENCY_TRANSFER:
        faults += _wrong_of_transfer(form)
    return {one: _sentence(one, form) for one in faults}


def _sentence(fault: str, form: Given) -> str | Promise:
    """A field that says too much is told apart from one that says nothing."""
    longest = _LONGEST.get(fault)
    if longest is not None and len(getattr(form, fault)) > longest:
        return _t("글이 너무 깁니다. %d자까지 적을 수 있습니다.") % longest
    return SENTENCES[fault]


def _wrong_of_transfer(form: Given) -> list[str]:
    numbers = [_number(text) for text in form.vitals.values() if text]
    measured = numbers or any(one.startswith(_VITALS_OF_THE_CHART) for one in form.items)
    return [
        *(["vitals"] if not measured or None in numbers else []),
        *(["opinion"] if not _opinion(form) else []),
        *(["treatment"] if not form.treatments else []),
    ]


def draft(form: Given, patient: UUID, now: datetime, about: UUID | None = None) -> Draft:
    """What is to be sent, of a form in which nothing is wrong."""
    letter = form.kind == LETTER
    return Draft(
        once=form.once,
        kind=Kind.REFERRAL if letter else Kind(form.kind),
        patient=patient,
        receiver=None if letter else _uuid(form.to),
        department=form.department,
        ticked=form.items,
        said=said(form, now),
        asked_by=AskedBy(form.asked_by) if form.asked_by in set(AskedBy) else AskedBy.CLINICIAN,
        basis=Basis(form.consent),
        despite_exclusions=form.despite,
        outside=form.outside if letter else "",
        about=about,
    )


def said(form: Given, now: datetime) -> Content:
    """What was said for this paper alone: phrases first, then what was written."""
    day = korean_day(now)
    diagnoses = (Diagnosis(date=day, code=form.code, name=form.name),) if form.name else ()
    plain = Content(diagnoses=diagnoses, opinion=_opinion(form))
    match form.kind:
        case Kind.EMERGENCY_TRANSFER:
            return _transfer(form, now, plain)
        case "reply":
            return plain
        case Kind.RETURN:
            kind = next(iter(sorted(form.reasons)), "")
            return Content(
                diagnoses=diagnoses,
                opinion=plain.opinion,
                reason=_reason(form),
                return_reason=ReturnReason(kind=kind) if kind else None,
            )
    return Content(
        diagnoses=diagnoses,
        opinion=plain.opinion,
        reason=_reason(form),
        appointments=_appointments(form),
    )


def _appointments(form: Given) -> tuple[Appointment, ...]:
    """The time that is booked with the sending; a name of no slot is refused there."""
    try:
        slot = SlotName.of(form.slot)
    except InvalidSchedule:
        return ()
    return (Appointment(time=slot.start, content="의뢰와 함께 예약했습니다."),)


def _transfer(form: Given, now: datetime, plain: Content) -> Content:
    numbers = {name: _number(text) for name, text in form.vitals.items()}
    conscious = _phrases("consciousness", frozenset({form.consciousness}))
    signs = VitalSigns(time=now, consciousness=conscious, **numbers)
    measured = conscious or any(one is not None for one in numbers.values())
    state = PatientState(
        consciousness=conscious,
        systolic=signs.systolic,
        diastolic=signs.diastolic,
        temperature=signs.temperature,
        heart_rate=signs.heart_rate,
    )
    day = korean_day(now)
    done = tuple(
        Procedure(date=day, name=one.korean)
        for one in policy().reasons["treatment"]
        if one.code in form.treatments
    )
    return Content(
        vital_signs=(signs,) if measured else (),
        diagnoses=plain.diagnoses,
        procedures=done,
        opinion=plain.opinion,
        reason=_reason(form),
        transfer=Transfer(
            departed=now, means=_phrases("means", frozenset({form.means})), after=state
        ),
    )


def _reason(form: Given) -> str:
    listed = Kind.REFERRAL.value if form.kind == LETTER else form.kind
    return "\n".join(filter(None, (_phrases(listed, form.reasons), form.reason_text)))


def _opinion(form: Given) -> str:
    listed = "reply" if form.kind == REPLY else "opinion"
    return "\n".join(filter(None, (_phrases(listed, form.opinions), form.opinion_text)))


def _phrases(listed: str, chosen: frozenset[str]) -> str:
    # A paper is Korean, whatever the page's language.
    return "\n".join(one.korean for one in policy().reasons[listed] if one.code in chosen)


def _number(text: str) -> Decimal | None:
    found = Decimal(text) if _MEASURED.fullmatch(text) else None
    return found if found is not None and found <= _LARGEST else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
