"""Observations of the social history: 흡연상태, 음주상태. KR Core 2.0.0 has no profile of these."""

from typing import Final

from naru.domain.clinical import Drinking, Smoking, SmokingStatus
from naru.formats.fhir.krcore.frame import Frame, moment
from naru.formats.fhir.krcore.observation import to_observation
from naru.formats.fhir.krcore.reading import day, word
from naru.formats.fhir.krcore.systems import LOINC
from naru.formats.fhir.resource import Resource

TOBACCO: Final = "72166-2"
ALCOHOL: Final = "11331-6"

# LOINC's answers to 72166-2, as R4 and the International Patient Summary have them.
_ANSWERS: Final = {
    SmokingStatus.DAILY: ("LA18976-3", "Current every day smoker", "매일 피움"),
    SmokingStatus.SOMETIMES: ("LA18977-1", "Current some day smoker", "가끔 피움"),
    SmokingStatus.FORMER: ("LA15920-4", "Former smoker", "과거에 피움"),
    SmokingStatus.NEVER: ("LA18978-9", "Never smoker", "피운 적 없음"),
    SmokingStatus.SMOKER: ("LA18979-7", "Smoker, current status unknown", "흡연자(정도 모름)"),
    SmokingStatus.UNKNOWN: ("LA18980-5", "Unknown if ever smoked", "모름"),
}
SMOKING: Final = {status: f"흡연: {words}" for status, (_, _, words) in _ANSWERS.items()}
"""The statuses in words."""


def to_smoking(frame: Frame, smoking: Smoking, place: str) -> Resource:
    """Whether the patient smokes, by LOINC's answers."""
    code = {"system": LOINC, "code": TOBACCO, "display": "Tobacco smoking status"}
    told = to_observation(frame, place, "social-history", {"coding": [code], "text": "흡연상태"})
    told["effectiveDateTime"] = moment(smoking.date)
    answer, display, words = _ANSWERS[smoking.status]
    coded = {"system": LOINC, "code": answer, "display": display}
    return told | {"valueCodeableConcept": {"coding": [coded], "text": words}}


def from_smoking(resource: Resource) -> Smoking | None:
    """The smoking status; None where it has no day."""
    on = day(word(resource, "effectiveDateTime"))
    statuses = {answer: status for status, (answer, _, _) in _ANSWERS.items()}
    code = word(resource, "valueCodeableConcept", "coding", "code")
    if on is None:
        return None
    return Smoking(date=on, status=statuses.get(code, SmokingStatus.UNKNOWN))


def to_drinking(frame: Frame, drinking: Drinking, place: str) -> Resource:
    """What the patient drinks, in words."""
    code = {"system": LOINC, "code": ALCOHOL, "display": "History of Alcohol use"}
    told = to_observation(frame, place, "social-history", {"coding": [code], "text": "음주상태"})
    told["effectiveDateTime"] = moment(drinking.date)
    if drinking.description.strip():
        return told | {"valueString": drinking.description}
    return told | {"dataAbsentReason": {"text": "정보 없음"}}


def from_drinking(resource: Resource) -> Drinking | None:
    """What was said of drinking; None where it has no day."""
    on = day(word(resource, "effectiveDateTime"))
    if on is None:
        return None
    return Drinking(date=on, description=word(resource, "valueString"))
