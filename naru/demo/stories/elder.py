"""An elder's MRI, read in one city, is opened in another on the same day."""

from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import HANBIT
from naru.demo.documents import elder_reading, elder_summary
from naru.demo.population import ELDER
from naru.demo.stories import desk
from naru.demo.stories.scene import ONE_DAY, Scene, Step, Story
from naru.domain.korea import korean_day
from naru.link.message import read_message, send
from naru.ui.clock import now


def _is_read(scene: Scene) -> None:
    with scene.link(HANBIT) as link:
        for written in (elder_summary, elder_reading):
            time = now()
            message = read_message(written(korean_day(time)), link.forms)
            send(link, message, key=uuid4(), written=time)


def _consents(scene: Scene) -> None:
    desk.consents(scene, "reception-hanbit", ELDER, seen_by="서유담")


def _comes(scene: Scene) -> None:
    desk.receives(scene, "reception-pureun", ELDER)


def _is_opened(scene: Scene) -> None:
    doctor = scene.at("doctor-pureun").open("/clinic/patient")
    said = {"number": ELDER.chart_number("pureun"), "reason": "outpatient"}
    doctor.press("열기", said).must_say("뇌 MRI").must_say("클로피도그렐").must_say("131")
    doctor.press("영상의학판독소견서").must_say("출혈은 없습니다").must_say(HANBIT.name)


STORY = Story(
    key="elder",
    title=_("멀리 사는 여든넷, 다른 도시에서 찍은 MRI"),
    lead=_("CD도 퀵서비스도 없이, 그날 찍은 MRI의 판독과 요약을 다른 도시에서 엽니다."),
    within=ONE_DAY,
    steps=(
        Step(
            who="reception-hanbit",
            path="/desk",
            sentence=_("집 가까운 병원의 접수처가 신분증을 보고 교류 동의를 받았습니다."),
            play=_consents,
        ),
        Step(
            who="clinician-hanbit",
            path="/clinic",
            sentence=_("그 병원에서 MRI를 찍고, EMR이 판독과 요약을 남겼습니다."),
            play=_is_read,
        ),
        Step(
            who="reception-pureun",
            path="/desk",
            sentence=_("다른 도시의 병원이 그날 이름과 생년월일로 찾아 접수했습니다."),
            play=_comes,
        ),
        Step(
            who="doctor-pureun",
            path="/clinic",
            sentence=_("그곳의 의사가 판독을 첫 화면에서 보고 그대로 열었습니다."),
            play=_is_opened,
        ),
    ),
)
