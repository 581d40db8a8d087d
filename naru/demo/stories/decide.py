"""I decide, and the country can prove it: psychiatry, one file, one hub, and equal numbers."""

import re
import time
from contextlib import closing
from typing import Final
from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import IEUM, PUREUN, WEST, Hospital
from naru.demo.documents import PSYCHIATRY, psychiatry_summary
from naru.demo.population import PATIENT
from naru.demo.stories.scene import Scene, Step, Story, WentWrong, must
from naru.demo.visitor import PageBroken, Visitor
from naru.domain.korea import korean_day
from naru.link import NodeRefused
from naru.link.message import read_message, send
from naru.ui.clock import now

DIAGNOSIS: Final = "적응장애"
_MOST_TAPS: Final = 4
_PATIENCE: Final = 40.0
_PAUSE: Final = 1.0
_OPERATOR: Final = "operator-operator"
_CLERK: Final = "agency-clerk-comwel"
_READER: Final = "doctor-pureun"
_COUNTED: Final = re.compile(r"감사기록을 다시 세어 보니 ([\d,]+)건으로 같습니다")


def _is_written(scene: Scene) -> None:
    """Before anything is decided, the other hospital sees it."""
    with closing(scene.link(IEUM)) as link:
        message = read_message(psychiatry_summary(korean_day(now())), link.forms)
        send(link, message, key=uuid4(), written=now())
    must(_sees(scene), "the reader does not see the document before it is taken out")


def _takes_out(scene: Scene) -> None:
    patient = scene.at("patient").open("/portal")
    before = patient.taps
    patient.follow("일부만 빼기")
    patient.press("교류에서 빼기", {"department": patient.choice("department", PSYCHIATRY[1])})
    taps = patient.taps - before
    must(taps <= _MOST_TAPS, f"it took {taps} taps")
    patient.must_say("지금 적용됩니다").must_say(PSYCHIATRY[1]).must_say("원장 영수증")


def _sees_nothing(scene: Scene) -> None:
    must(not _sees(scene), "the reader still sees what was taken out")
    must(_entries(scene, PUREUN), "everything is withheld, not psychiatry alone")


def _submits(scene: Scene) -> None:
    patient = scene.at("patient").open("/portal/deliveries").follow("근로복지공단")
    (first, *_rest) = patient.boxes("document")
    purpose = patient.choice("purpose", "산재 요양급여 신청")
    said: dict[str, str | list[str]] = {"document": [first], "purpose": purpose}
    patient.press("보낼 것 미리 보기", said | {"days": patient.choice("days", "14")})
    patient.must_say("이대로 갑니다").press("이대로 제출하기").must_say("제출했습니다")
    number = re.search(r"접수 번호 (\S+)", patient.text())
    must(number, "the receipt has no number")
    assert number is not None, "it was just looked at"
    scene.left["number"] = number.group(1)


def _receives(scene: Scene) -> None:
    """The clerk has that document with its proofs, and no way to another."""
    clerk = scene.at(_CLERK).open("/console/deliveries").follow(scene.left["number"])
    clerk.must_say("등록된 해시 같음").must_say("원장 같음")
    must(len(clerk.page.findall(".//main//button[@name='as']")) == 1, "not exactly one document")
    clerk.press("화면에서 열기").must_say("등록된 해시 같음")
    must(_is_closed(clerk, "/clinic"), "the clerk sees patients")


def _switches(scene: Scene) -> None:
    """Its members are refused, the other hub's served; then all of them again."""
    operator = scene.at(_OPERATOR).open("/console/spokes")
    off = f"{WEST.name} 멈추기"
    operator.press(off, operator.chosen(off, "훈련입니다"))
    try:
        must(_is_refused(scene, PUREUN), "a member of the hub is served")
        must(_is_closed(scene.at(_READER), "/clinic"), "somebody at a member reads on")
        must(not _is_refused(scene, IEUM), "a member of the other hub is refused")
        scene.at("patient").open("/demo")  # The page of both hospitals stands without one of them.
    finally:
        operator.press(f"{WEST.name} 다시 열기")
    must(not _is_refused(scene, PUREUN), "the hub is on again and its member is refused")


def _counts(scene: Scene) -> None:
    """The numbers go on as everybody's requests do, and are the audit log's each time."""
    first = _counted(scene)
    deadline = time.monotonic() + _PATIENCE
    while _counted(scene) <= first:
        must(time.monotonic() < deadline, "what was just done is not counted")
        time.sleep(_PAUSE)


def _lets_in(scene: Scene) -> None:
    patient = scene.at("patient").open("/portal/consent")
    patient.press(f"다시 교류하기 {PSYCHIATRY[1]}").must_say("다시 교류하게 했습니다")
    must(_sees(scene), "the reader does not see it again")


def _counted(scene: Scene) -> int:
    page = scene.at(_OPERATOR).open("/console/policy")
    found = _COUNTED.search(page.text())
    if found is None:
        raise WentWrong(page.text()[:300])
    return int(found.group(1).replace(",", ""))


def _sees(scene: Scene) -> bool:
    """Whether the doctor's first view shows the diagnosis, asked anew."""
    doctor = scene.at(_READER).open("/clinic/patient")
    reason = doctor.choice("reason", "진료")
    doctor.press("열기", {"number": PATIENT.chart_number(PUREUN.key), "reason": reason})
    return doctor.must_say(PATIENT.name).says(DIAGNOSIS)


def _entries(scene: Scene, hospital: Hospital) -> int:
    with closing(scene.link(hospital)) as link:
        return len(link.find(link.affinity_id(PATIENT.chart_number(hospital.key))))


def _is_refused(scene: Scene, hospital: Hospital) -> bool:
    try:
        _entries(scene, hospital)
    except NodeRefused as refusal:
        return "HTTP 403" in str(refusal)
    return False


def _is_closed(who: Visitor, path: str) -> bool:
    try:
        who.open(path)
    except PageBroken as refusal:
        return str(refusal).startswith("403 ")
    return False


STORY = Story(
    key="decide",
    title=_("내가 정하고, 나라가 증명합니다"),
    lead=_("정신건강의학과는 빼고, 한 건만 공단에 내고, 거점 하나가 멈추어도 숫자는 똑같습니다."),
    within=60,
    steps=(
        Step(
            who="doctor-ieum",
            path="/clinic",
            sentence=_("의원의 정신건강의학과가 진료기록을 남겼고, 대학병원에서도 보입니다."),
            play=_is_written,
        ),
        Step(
            who="patient",
            path="/portal",
            sentence=_(
                "환자가 첫 화면에서 네 번 안에 눌러 정신건강의학과를 뺐고, 증명을 받았습니다."
            ),
            play=_takes_out,
        ),
        Step(
            who=_READER,
            path="/clinic",
            sentence=_("대학병원의 바로 다음 조회에는 정신건강의학과의 것만 보이지 않습니다."),
            play=_sees_nothing,
        ),
        Step(
            who="patient",
            path="/portal/deliveries",
            sentence=_("환자가 문서 한 건을 골라 근로복지공단에 제출했습니다."),
            play=_submits,
        ),
        Step(
            who=_CLERK,
            path="/console/deliveries",
            sentence=_("공단의 담당자는 그 한 건과 검증 결과만 보았습니다."),
            play=_receives,
        ),
        Step(
            who=_OPERATOR,
            path="/console/spokes",
            sentence=_("운영자가 거점 하나를 멈추자 그 협력기관만 거절됐고, 다시 열었습니다."),
            play=_switches,
        ),
        Step(
            who=_OPERATOR,
            path="/console/policy",
            sentence=_("정책 통계를 감사기록에서 다시 세어 한 건도 다르지 않았습니다."),
            play=_counts,
        ),
        Step(
            who="patient",
            path="/portal/consent",
            sentence=_("환자가 다시 교류하게 하자 대학병원에 다시 보입니다."),
            play=_lets_in,
        ),
    ),
)
