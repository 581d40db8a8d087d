"""What the sender's EMR writes: the referral of the story, as `naru link send` reads it."""

import json
from datetime import date

from naru.demo.cast import IEUM, PUREUN, Hospital
from naru.demo.population import PATIENT


def referral_message(day: date) -> bytes:
    """`referral.json` beside the sender's link (its schema is the link's)."""
    content = {
        "kind": "referral",
        "to": _institution(PUREUN),
        "referral": {
            "patient": _patient(),
            "author": _author(),
            "encounter": {"date": f"{day}"},
            "reason": "3주 전부터 오르막에서 가슴이 답답하고 쉬면 나아집니다. "
            "관상동맥 평가를 부탁드립니다.",
            "diagnoses": [{"date": f"{day}", "code": "R07.4", "name": "상세불명의 흉통"}],
            "medications": [
                {
                    "time": f"{day}",
                    "code": "TEST-M01",
                    "name": "암로디핀 5 mg",
                    "dose": "1",
                    "times": "1",
                    "days": "30",
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
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def consent_message(day: date) -> bytes:
    """`consent.json`: what the reception desk hands over when the patient has signed."""
    content = {"kind": "consent", "patient": _patient(), "from_date": f"{day}"}
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _patient() -> dict[str, str]:
    return {
        "mrn": PATIENT.chart_number(IEUM.key),
        "name": PATIENT.name,
        "birth_date": f"{PATIENT.born}",
        "sex": PATIENT.gender.value,
    }


def _author() -> dict[str, object]:
    code, name = IEUM.department
    return {
        "id": "TEST-D001",
        "name": "이도윤",
        "department": {"code": code, "name": name},
        "telephone": IEUM.telephone,
    }


def _institution(hospital: Hospital) -> dict[str, str]:
    return {
        "name": hospital.name,
        "oid": hospital.oid,
        "code": hospital.code,
        "telephone": hospital.telephone,
    }
