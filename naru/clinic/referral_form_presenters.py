"""The form that sends a referral, in words: what can be picked, said and booked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.clinic import receivers
from naru.clinic.receivers import Receiver
from naru.clinic.referral_forms import VITALS, Given
from naru.clinic.referral_words import KINDS, Choice, Words, choices, minute, name
from naru.domain.clinical import Medication, TestResult, VitalSigns
from naru.domain.departments import DepartmentSystem, canonical, table
from naru.domain.past_history import day_of
from naru.domain.referral_content import Offered
from naru.domain.referral_papers import LETTER, REPLY
from naru.domain.referrals import Kind
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients
from naru.scheduling import queries as scheduling

SLOTS: Final = 12
AHEAD: Final = timedelta(days=30)

FIELDS: Final[dict[str, Words]] = {
    "diagnoses": gettext_lazy("진단"),
    "medications": gettext_lazy("약"),
    "test_results": gettext_lazy("검사 결과"),
    "procedures": gettext_lazy("수술·처치"),
    "allergies": gettext_lazy("알레르기"),
    "vital_signs": gettext_lazy("활력징후"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one kind that can be ticked."""

    id: str
    title: Words
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departments:
    """The departments that can be chosen: those that the receiver has, and all others."""

    own: tuple[Choice, ...]
    others: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form that sends, with what was given.

    `chooses`: it goes to a receiver of one's choice, `receiver` once one is chosen who may be sent
    it. `to` is whom a reply answers.
    """

    kind: str
    title: Words
    patient: str
    given: Given
    wrong: tuple[tuple[str, Words], ...]
    groups: tuple[Group, ...]
    reasons: tuple[Choice, ...]
    opinions: tuple[Choice, ...]
    chooses: bool
    receiver: Receiver | None
    departments: Departments
    slots: tuple[Choice, ...]
    asked_for_slots: bool
    vitals: tuple[tuple[str, Words, str], ...]
    consciousness: tuple[Choice, ...]
    treatments: tuple[Choice, ...]
    means: tuple[Choice, ...]
    to: str = ""

    @property
    def errors(self) -> dict[str, Words]:
        """What is wrong, by field."""
        return dict(self.wrong)


def form(  # The parts of one page, all named.
    given: Given,
    patient: UUID,
    own: UUID,
    now: datetime,
    *,
    offered: Iterable[Offered],
    wrong: Mapping[str, Words],
    to: UUID | None = None,
) -> Form:
    """The form, with what was given and what is wrong with it."""
    listed = Kind.REFERRAL.value if given.kind == LETTER else given.kind
    reply = given.kind == REPLY
    chooses = given.kind not in {REPLY, LETTER}
    receiver = chosen(given.to, own, now) if chooses else None
    slots = _slots(receiver, given, now)
    return Form(
        kind=given.kind,
        title=KINDS[given.kind],
        patient=full_name(patients.demographics(patient)),
        given=given,
        wrong=tuple(wrong.items()),
        groups=_groups(offered, given),
        reasons=() if reply else choices(listed, given.reasons),
        opinions=choices("reply" if reply else "opinion", given.opinions),
        chooses=chooses,
        receiver=receiver,
        departments=departments(receiver, given.department),
        slots=slots or (),
        asked_for_slots=slots is not None,
        vitals=tuple((code, word, given.vitals.get(code, "")) for code, word in VITALS.items()),
        consciousness=choices("consciousness", frozenset({given.consciousness})),
        treatments=choices("treatment", given.treatments),
        means=choices("means", frozenset({given.means})),
        to=name(to, now) if to else "",
    )


def chosen(to: str, own: UUID, now: datetime, but: Collection[UUID] = ()) -> Receiver | None:
    """The receiver that was chosen; None for nobody, and for whoever may not be sent anything."""
    try:
        return receivers.receiver(UUID(to), own, now, but)
    except ValueError:
        return None


def departments(receiver: Receiver | None, department: str) -> Departments:
    """Every department, as documents write it; first those that the receiver has."""
    held = receiver.departments if receiver else ()
    scheme = table().schemes[DepartmentSystem.HIRA]
    english = get_language() == "en"
    wanted = canonical(department) if department else ""
    every = [
        Choice(code=code, words=one.english if english else one.korean, chosen=code == wanted)
        for one in table().departments
        if (digits := one.codes.get(DepartmentSystem.HIRA))
        for code in [f"{digits}^^{scheme}"]
    ]
    return Departments(
        own=tuple(one for one in every if one.code in held),
        others=tuple(one for one in every if one.code not in held),
    )


def _slots(receiver: Receiver | None, given: Given, now: datetime) -> tuple[Choice, ...] | None:
    """The next free times of the receiver's department; None where none was chosen yet."""
    if receiver is None or not given.department:
        return None
    free = scheduling.free(receiver.id, given.department, now, now + AHEAD)[:SLOTS]
    return tuple(
        Choice(
            code=str(one.slot.name),
            words=minute(one.slot.start),
            chosen=str(one.slot.name) == given.slot,
            told=one.slot.schedule.practitioner,
        )
        for one in free
    )


def _groups(offered: Iterable[Offered], given: Given) -> tuple[Group, ...]:
    found: dict[str, list[Choice]] = {}
    for each in offered:
        words, told = _thing(each.value)
        choice = Choice(code=each.id, words=words, told=told, chosen=each.id in given.items)
        found.setdefault(each.field, []).append(choice)
    return tuple(
        Group(id=field, title=title, choices=tuple(found[field]))
        for field, title in FIELDS.items()
        if field in found
    )


def _thing(value: object) -> tuple[str, str]:
    """What a thing of the chart is called, and what is said beside it."""
    day = day_of(value).isoformat()
    if isinstance(value, VitalSigns):
        pressure = f"{value.systolic}/{value.diastolic} mmHg" if value.systolic else ""
        pulse = f"{value.heart_rate}" if value.heart_rate else ""
        return " · ".join(filter(None, (pressure, pulse))) or _("활력징후"), day
    more = ""
    if isinstance(value, Medication):
        more = " ".join(filter(None, (value.dose, value.usage)))
    elif isinstance(value, TestResult):
        more = f"{value.result} {value.unit}".strip()
    return str(getattr(value, "name", "")), " · ".join(filter(None, (more, day)))
