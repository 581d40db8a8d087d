"""What the hospitals' EMRs write: the documents of the story, as `naru link send` reads them."""

import json
from datetime import date, datetime
from typing import Final

from naru.demo.cast import HANBIT, IEUM, PUREUN, Hospital
from naru.demo.population import ELDER, INFANT, ISLANDER, PATIENT, Person
from naru.domain.korea import KST, korean_day

PSYCHIATRY: Final = ("03", "정신건강의학과")


def referral_message(day: date) -> bytes:
    """`referral.json` beside the sender's link (its schema is the link's)."""
    content = {
        "kind": "referral",
        "to": _institution(PUREUN),
        "referral": {
            "patient": _patient(IEUM),
            "author": _author(IEUM, "TEST-D001", "이도윤"),
            "encounter": {"date": f"{day}"},
            "reason": "3주 전부터 오르막에서 가슴이 답답하고 쉬면 나아집니다. "
            "관상동맥 평가를 부탁드립니다.",
            "diagnoses": [{"date": f"{day}", "code": "TEST-R074", "name": "상세불명의 흉통"}],
            "medications": [
                {
                    "time": f"{day}",
                    "code": "TEST-M01",
                    "name": "암로디핀 5 mg",
                    "dose": "1정",
                    "times": "1회",
                    "days": "30일",
                    "usage": "아침 식후",
                }
            ],
            "test_results": [
                {
                    "time": f"{day}",
                    "name": "트로포닌 I",
                    "result": "0.01 ng/mL",
                    "reference": "< 0.04",
                }
            ],
            "allergies": [
                {"date": "2019-05-14", "kind": "drug", "name": "페니실린", "reaction": "두드러기"}
            ],
            "opinion": "심전도는 정상, 트로포닌은 음성입니다.",
        },
    }
    return _written(content)


def summary_message(day: date) -> bytes:
    """`summary.json` beside the same link: of today's visit, as none before consent may cross."""
    visit = f"{day}"
    content = {
        "kind": "summary",
        "patient": _patient(IEUM),
        "author": _author(IEUM, "TEST-D001", "이도윤"),
        "encounter": {"date": visit},
        "content": {
            "vital_signs": [
                {"time": visit, "height": 162, "weight": 58.5, "systolic": 148}
                | {"diastolic": 92, "temperature": 36.5, "heart_rate": 76}
            ],
            "diagnoses": [{"date": visit, "code": "TEST-I10", "name": "본태성 고혈압"}],
            "medications": [
                {"time": visit, "code": "TEST-M01", "name": "암로디핀 5 mg"}
                | {"dose": "1정", "times": "1회", "days": "30일", "usage": "아침 식후"}
            ],
            "test_results": [
                {"time": visit, "name": "칼륨", "result": "4.1", "unit": "mmol/L"}
                | {"reference": "3.5 - 5.1", "interpretation": "N"}
            ],
            "allergies": [
                {"date": "2019-05-14", "kind": "drug", "name": "페니실린", "reaction": "두드러기"}
            ],
            "smoking": [{"date": visit, "status": "never"}],
            "immunizations": [{"date": visit, "name": "인플루엔자", "dose_number": 1}],
        },
    }
    return _written(content)


def reply_message(day: date, referral: str) -> bytes:
    """`reply.json` beside the receiver's link: the answer to the referral of this uniqueId."""
    root, _, number = referral.partition("^")
    content = {
        "kind": "reply",
        "to": _institution(IEUM),
        "patient": _patient(PUREUN),
        "author": _author(PUREUN, "TEST-D002", "윤가람"),
        "encounter": {"date": f"{day}"},
        "answers": {"id": root, "number": number},
        "content": {
            "diagnoses": [{"date": f"{day}", "code": "TEST-R074", "name": "상세불명의 흉통"}],
            "test_results": [
                {"time": f"{day}", "kind": "imaging", "name": "관상동맥 CT 조영술"}
                | {"result": "의미 있는 협착 없음"}
            ],
            "opinion": "관상동맥에 협착이 없습니다. 혈압약을 그대로 쓰며 지켜보시기를 권합니다.",
        },
    }
    return _written(content)


def island_summary(day: date) -> bytes:
    """What the university hospital's EMR hands over of the islander, who has forgotten it all."""
    visit = f"{day}"
    content = {
        "kind": "summary",
        "patient": _patient(PUREUN, ISLANDER),
        "author": _author(PUREUN, "TEST-D002", "강시온"),
        "encounter": {"date": visit},
        "content": {
            "diagnoses": [{"date": visit, "code": "TEST-I48", "name": "심방세동"}],
            "medications": [
                {"time": visit, "code": "TEST-M07", "name": "아픽사반 5 mg"}
                | {"dose": "1정", "times": "2회", "days": "90일", "usage": "아침·저녁 식후"}
            ],
            "test_results": [
                {"time": visit, "name": "크레아티닌", "result": "1.1", "unit": "mg/dL"}
                | {"reference": "0.5 - 1.1", "interpretation": "N"}
            ],
            "allergies": [
                {"date": "2011-03-02", "kind": "drug", "name": "조영제", "reaction": "호흡곤란"}
            ],
        },
    }
    return _written(content)


def psychiatry_summary(day: date) -> bytes:
    """What the clinic's department of psychiatry hands over of the patient."""
    visit, (code, name) = f"{day}", PSYCHIATRY
    author = _author(IEUM, "TEST-D003", "정은결") | {"department": {"code": code, "name": name}}
    content = {
        "kind": "summary",
        "patient": _patient(IEUM),
        "author": author,
        "encounter": {"date": visit},
        "content": {"diagnoses": [{"date": visit, "code": "TEST-F432", "name": "적응장애"}]},
    }
    return _written(content)


def infant_summary(time: datetime) -> bytes:
    """What the clinic's EMR measured of the infant tonight."""
    visit, measured = f"{korean_day(time)}", f"{time.astimezone(KST):%Y-%m-%dT%H:%M}"
    content = {
        "kind": "summary",
        "patient": _patient(IEUM, INFANT),
        "author": _author(IEUM, "TEST-D001", "이도윤"),
        "encounter": {"date": visit},
        "content": {
            "vital_signs": [
                {"time": measured, "weight": 8.9, "systolic": 78, "diastolic": 44}
                | {"temperature": 39.4, "heart_rate": 178, "respiratory_rate": 58}
                | {"oxygen_saturation": 89}
            ],
            "diagnoses": [{"date": visit, "code": "TEST-J210", "name": "급성 세기관지염"}],
            "allergies": [
                {"date": visit, "kind": "drug", "name": "아목시실린", "reaction": "두드러기"}
            ],
        },
    }
    return _written(content)


def elder_reading(day: date) -> bytes:
    """The reading of the elder's MRI at the hospital in the other city."""
    content = {
        "kind": "radiology-report",
        "patient": _patient(HANBIT, ELDER),
        "author": _author(HANBIT, "TEST-D004", "홍지온"),
        "encounter": {"date": f"{day}"},
        "content": {
            "readings": [
                {"time": f"{day}", "name": "뇌 MRI", "modality": "MR", "radiologist": "홍지온"}
                | {"findings": "좌측 기저핵에 급성기를 지난 작은 경색이 있습니다."}
                | {"conclusion": "아급성 열공성 뇌경색. 출혈은 없습니다."}
            ]
        },
    }
    return _written(content)


def elder_summary(day: date) -> bytes:
    """What the same hospital's EMR hands over beside it."""
    visit = f"{day}"
    content = {
        "kind": "summary",
        "patient": _patient(HANBIT, ELDER),
        "author": _author(HANBIT, "TEST-D004", "홍지온"),
        "encounter": {"date": visit},
        "content": {
            "diagnoses": [{"date": visit, "code": "TEST-I638", "name": "열공성 뇌경색"}],
            "medications": [
                {"time": visit, "code": "TEST-M09", "name": "클로피도그렐 75 mg"}
                | {"dose": "1정", "times": "1회", "days": "30일", "usage": "아침 식후"}
            ],
            "test_results": [
                {"time": visit, "name": "LDL 콜레스테롤", "result": "131", "unit": "mg/dL"}
                | {"reference": "0 - 100", "interpretation": "H"}
            ],
        },
    }
    return _written(content)


def consent_message(day: date) -> bytes:
    """`consent.json`: what the reception desk hands over when the patient has signed."""
    terms = {"boxes": ["personal", "sensitive"]}
    said = {"patient": _patient(IEUM), "from_date": f"{day}", "terms": terms}
    content = {"kind": "consent", **said}
    return _written(content)


def _written(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _patient(hospital: Hospital, person: Person = PATIENT) -> dict[str, str]:
    return {
        "mrn": person.chart_number(hospital.key),
        "name": person.name,
        "birth_date": f"{person.born}",
        "sex": person.gender.value,
        "telephone": person.telephone,
    }


def _author(hospital: Hospital, number: str, who: str) -> dict[str, object]:
    code, name = hospital.department
    return {
        "id": number,
        "name": who,
        "department": {"code": code, "name": name},
        "telephone": hospital.telephone,
    }


def _institution(hospital: Hospital) -> dict[str, str]:
    return {
        "name": hospital.name,
        "oid": hospital.oid,
        "code": hospital.code,
        "telephone": hospital.telephone,
    }
