"""An islander of 82 without a telephone or papers, seen at the health post."""

from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import PUREUN
from naru.demo.documents import island_summary
from naru.demo.population import ISLANDER
from naru.demo.stories import desk
from naru.demo.stories.scene import Scene, Step, Story
from naru.domain.korea import korean_day
from naru.link.message import read_message, send
from naru.ui.clock import now


def _consents(scene: Scene) -> None:
    desk.consents(scene, "reception-pureun", ISLANDER, seen_by="오유진")


def _is_written(scene: Scene) -> None:
    with scene.link(PUREUN) as link:
        message = read_message(island_summary(korean_day(now())), link.forms)
        send(link, message, key=uuid4(), written=now())


def _comes(scene: Scene) -> None:
    desk.receives(scene, "reception-island", ISLANDER)


def _is_seen(scene: Scene) -> None:
    doctor = scene.at("doctor-island").open("/clinic")
    said = {"number": ISLANDER.chart_number("island"), "reason": "outpatient"}
    doctor.press("열기", said).must_say("조영제").must_say("아픽사반")


STORY = Story(
    key="island",
    title=_("전화도 서류도 없는 여든둘 섬 주민"),
    lead=_("뭍의 큰 병원에서 받은 진단과 약, 알레르기를 신분증 하나로 그 자리에서 찾습니다."),
    within=60,
    steps=(
        Step(
            who="reception-pureun",
            path="/desk",
            sentence=_("뭍의 병원 접수처가 신분증을 보고, 입회인 앞에서 교류 동의를 받았습니다."),
            play=_consents,
        ),
        Step(
            who="doctor-pureun",
            path="/clinic",
            sentence=_("그 병원의 EMR이 진료기록요약지를 남겼습니다."),
            play=_is_written,
        ),
        Step(
            who="reception-island",
            path="/desk",
            sentence=_("섬의 보건지소가 이름과 생년월일로 찾아 접수했습니다."),
            play=_comes,
        ),
        Step(
            who="doctor-island",
            path="/clinic",
            sentence=_("보건지소 의사가 조영제 알레르기와 먹는 약을 첫 화면에서 보았습니다."),
            play=_is_seen,
        ),
    ),
)
