"""A ten-month-old is transferred at three in the morning."""

import re
from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import IEUM, PUREUN
from naru.demo.documents import infant_summary
from naru.demo.population import INFANT, MOTHER
from naru.demo.stories import desk
from naru.demo.stories.scene import Scene, Step, Story, must
from naru.link.message import read_message, send
from naru.ui.clock import now


def _mother_consents(scene: Scene) -> None:
    receipt = desk.consents(scene, "reception-ieum", INFANT, seen_by="정은결", guardian=MOTHER)
    receipt.must_say(INFANT.name).must_say(MOTHER.name)
    desk.receives(scene, "reception-ieum", INFANT)


def _is_measured(scene: Scene) -> None:
    with scene.link(IEUM) as link:
        time = now()
        send(link, read_message(infant_summary(time), link.forms), key=uuid4(), written=time)


def _is_sent(scene: Scene) -> None:
    doctor = scene.at("doctor-ieum").open("/clinic/patient")
    doctor.press("열기", {"number": INFANT.chart_number("ieum"), "reason": "emergency"})
    page = doctor.must_say("아목시실린").follow("응급 전원")
    page.press(f"여기로 보내기 {PUREUN.name}")
    picked = ("78/44", "급성 세기관지염", "아목시실린")
    page.press(
        "보내기",
        {
            "department": page.choice("department", "응급의학과"),
            "item": [page.choice("item", one) for one in picked],
            "consciousness": page.choice("consciousness", "말에 반응"),
            "treatment": page.choice("treatment", "산소 투여"),
            "means": page.choice("means", "구급차"),
            "reason": page.choice("reason", "더 높은 단계"),
            "opinion": page.choice("opinion", "기도를 확보"),
            "consent": "representative",
        },
    )
    number = re.search(r"응급 전원 (\S+)", page.text())
    must(number, "the transfer has no number")
    assert number is not None
    scene.left["transfer"] = number[1]


def _is_seen(scene: Scene) -> None:
    nurse = scene.at("emergency-nurse-pureun").open("/clinic/referrals")
    nurse.follow(INFANT.name, scene.left["transfer"]).press("열어 보기")
    for measured in ("178", "39.4", "89", "58", "아목시실린", "산소 투여"):
        nurse.must_say(measured)
    nurse.press("받아들이기").must_say("받아들임")


def _mother_sees(scene: Scene) -> None:
    mother = scene.at("mother").open("/portal/representatives")
    mother.press(f"{INFANT.name} 님의 기록 보기").open("/portal/accesses")
    mother.must_say(INFANT.name)
    told = re.search(
        rf"{PUREUN.name} [^‘]*‘전원소견서’ 문서 열람 누가: 응급실 간호사", mother.text()
    )
    must(told, f"the mother is not told who opened it: {mother.text()[:600]}")


STORY = Story(
    key="infant",
    title=_("새벽 세 시, 열 달 된 아이의 전원"),
    lead=_("차트의 활력징후가 구급차보다 먼저 응급실에 닿고, 어머니는 누가 보았는지 압니다."),
    within=60,
    steps=(
        Step(
            who="reception-ieum",
            path="/desk",
            sentence=_("어머니가 가족관계증명서를 보이고 아이를 대신해 동의하고, 접수했습니다."),
            play=_mother_consents,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic",
            sentence=_("의원의 EMR이 방금 잰 활력징후와 진단을 남겼습니다."),
            play=_is_measured,
        ),
        Step(
            who="doctor-ieum",
            path="/clinic",
            sentence=_("의사가 그 활력징후를 골라 다시 적지 않고 응급 전원을 보냈습니다."),
            play=_is_sent,
        ),
        Step(
            who="emergency-nurse-pureun",
            path="/clinic/referrals",
            sentence=_("아이가 오기 전에 응급실 간호사가 활력징후를 보고 받아들였습니다."),
            play=_is_seen,
        ),
        Step(
            who="mother",
            path="/portal/representatives",
            sentence=_("어머니가 아이의 교류 이력에서 응급실이 본 것을 보았습니다."),
            play=_mother_sees,
        ),
    ),
)
