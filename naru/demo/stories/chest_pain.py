"""Chest pain from the referral to its fee, each thing entered once."""

import json
import re
import tomllib
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import IEUM, PUREUN
from naru.demo.documents import summary_message
from naru.demo.population import PATIENT
from naru.demo.stories import desk
from naru.demo.stories.scene import Scene, Step, Story, must
from naru.demo.visitor import TIMEOUT
from naru.domain.korea import korean_day
from naru.link.message import read_message, send
from naru.ui.clock import now

_SPECIALIST = "강시온"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PATIENCE = 20.0
"""Seconds until the worker has handed a referral to the relay."""


def _opens_times(scene: Scene) -> None:
    page = scene.at("referral-coordinator-pureun").open("/clinic/schedules/new")
    said = dict.fromkeys(_DAYS, "09:00-17:00")
    said |= {"practitioner": _SPECIALIST, "department": page.choice("department", "내과")}
    # From tomorrow: who confirms a time that has come meanwhile is too late.
    said["first"] = f"{korean_day(now()) + timedelta(days=1)}"
    page.press("일정 저장", said | {"minutes": "30"}).must_say(_SPECIALIST)


def _comes(scene: Scene) -> None:
    desk.receives(scene, "reception-ieum", PATIENT)


def _is_written(scene: Scene) -> None:
    with scene.link(IEUM) as link:
        message = read_message(summary_message(korean_day(now())), link.forms)
        send(link, message, key=uuid4(), written=now())


def _is_referred(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum").open("/clinic/patient")
    doctor.press("열기", {"number": PATIENT.chart_number("ieum"), "reason": "outpatient"})
    page = doctor.follow("의뢰 보내기")
    page.press(f"여기로 보내기 {PUREUN.name}")
    page.press("빈 시간 보기", {"department": page.choice("department", "내과")})
    page.press(
        "보내기",
        {
            "slot": page.choice("slot", _SPECIALIST),
            "item": [page.choice("item", one) for one in ("본태성 고혈압", "암로디핀", "페니실린")],
            "name": "상세불명의 흉통",
            "reason": page.choice("reason", "추가 검사"),
            "consent": "consent",
            "asked_by": "clinician",
        },
    )
    number = re.search(r"의뢰 (\S+) 보냄", page.must_say(_SPECIALIST).text())
    must(number, "the referral has no number")
    assert number is not None
    scene.left["referral"], scene.left["sent"] = number[1], page.address


def _is_accepted(scene: Scene) -> None:
    coordinator = scene.at("referral-coordinator-pureun").open("/clinic/referrals")
    coordinator.follow(PATIENT.name, scene.left["referral"]).press("열어 보기")
    coordinator.must_say("상세불명의 흉통").press("받아들이기").must_say("받아들임")


def _keeps_it(scene: Scene) -> None:
    patient = scene.at("patient").open("/portal/appointments")
    patient.must_say(PUREUN.name).must_say(_SPECIALIST)
    patient.press("갈게요").must_say("환자가 확인함")


def _is_answered(scene: Scene) -> None:
    doctor = scene.at("doctor-pureun").open("/clinic/referrals")
    doctor.follow(PATIENT.name, scene.left["referral"]).press("환자가 왔음").must_say("진료 중")
    page = doctor.follow("회신 쓰기")
    said = {"name": "비특이적 흉통", "opinion": page.choice("opinion", "특이 소견이 없습니다")}
    page.press("보내기", said).must_say("마침")


def _is_read(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum").open("/clinic/referrals/sent")
    doctor.follow(PATIENT.name, scene.left["referral"]).press("회신서 열기")
    doctor.must_say("비특이적 흉통")


def _lacks(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum").open(scene.left["sent"]).follow("심평원 제출과 수가")
    doctor.must_say("아직 수가를 청구할 수 없습니다")
    for missing in ("건강보험에 들어", "환자가 동의해야", "의료인이 동의해야"):
        doctor.must_say(missing)
    must(doctor.text().count("빠짐") == len(_ASKED), "something else is missing, or less")


_ASKED = ("보험", "환자 동의", "의료인 동의")


def _is_handed_over(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum")
    doctor.press("환자가 동의했습니다").press("나는 동의합니다")
    doctor.press("보험 적기", {"value": doctor.choice("value", "건강보험")})
    doctor.press("심평원에 제출하기")
    doctor.wait_for("제출됨", _PATIENCE).must_say(scene.left["referral"])
    kept = _at_the_relay(scene, scene.left["referral"])
    must(kept["referralNumber"] == scene.left["referral"], "the relay names another referral")
    doctor.must_say(kept["relayNumber"])
    must("심평원에 제출하기" not in doctor.text(), "it could be handed over twice")
    doctor.press("제출을 확인했습니다").must_say("병원이 확인함")


def _is_proved(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum").must_say("수가를 청구할 수 있습니다")
    proof = doctor.press("청구 증명 받기").octets.decode("ascii")
    doctor.open("/clinic/billing/verify").press("확인하기", {"text": proof})
    doctor.must_say("이 노드가 서명한 청구 증명입니다").must_say(scene.left["referral"])


def _at_the_relay(scene: Scene, number: str) -> dict[str, Any]:
    """What HIRA's relay holds under our number."""
    told = tomllib.loads((scene.data / "relay.toml").read_text("utf-8"))
    key = (scene.data / told["key_file"]).read_text("ascii").strip()
    headers = {"Authorization": f"Bearer {key}"}
    asked = Request(f"{told['url']}/{number}", headers=headers)  # noqa: S310  # The demo's own.
    with urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310  # Same.
        held: dict[str, Any] = json.load(answer)
        return held


STORY = Story(
    key="chest-pain",
    title=_("가슴 통증, 의뢰에서 수가까지 한 번만 적기"),
    lead=_("의뢰와 예약, 회신, 심평원 제출과 청구 증명까지 같은 것을 두 번 적지 않습니다."),
    within=60,
    steps=(
        Step(
            who="referral-coordinator-pureun",
            path="/clinic/schedules/new",
            sentence=_("큰 병원의 진료협력센터가 예약받을 시간을 열었습니다."),
            play=_opens_times,
        ),
        Step(
            who="reception-ieum",
            path="/desk",
            sentence=_("의원의 접수처가 가슴이 아프다는 환자를 접수했습니다."),
            play=_comes,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic",
            sentence=_("의원의 EMR이 오늘 진료의 요약을 남겼습니다."),
            play=_is_written,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic",
            sentence=_("의사가 환자의 동의로, 고른 내용과 예약을 한 번에 보냈습니다."),
            play=_is_referred,
        ),
        Step(
            who="referral-coordinator-pureun",
            path="/clinic/referrals",
            sentence=_("진료협력센터가 의뢰를 열어 보고 받아들였습니다."),
            play=_is_accepted,
        ),
        Step(
            who="patient",
            path="/portal/appointments",
            sentence=_("환자가 예약을 보고 가겠다고 눌렀습니다."),
            play=_keeps_it,
        ),
        Step(
            who="doctor-pureun",
            path="/clinic/referrals",
            sentence=_("환자가 왔고, 전문의가 회신을 보냈습니다."),
            play=_is_answered,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic/referrals/sent",
            sentence=_("의뢰한 의사가 회신을 읽었습니다."),
            play=_is_read,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic/referrals/sent",
            sentence=_("수가 화면이 빠진 세 가지를 알려 주었습니다: 보험, 환자 동의, 의료인 동의."),
            play=_lacks,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic/referrals/sent",
            sentence=_("두 사람이 동의하자 같은 의뢰가 심평원에 한 번 가고, 두 번호가 맞습니다."),
            play=_is_handed_over,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic/billing",
            sentence=_("청구 증명을 받아, 서명과 원장을 확인했습니다."),
            play=_is_proved,
        ),
    ),
)
