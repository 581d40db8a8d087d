"""The pages from which people begin, by what `roles.json` allows whoever looks, in their order."""

from dataclasses import dataclass
from typing import Final

from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind


@dataclass(frozen=True, slots=True)
class Beginning:
    """A page, the action by which it opens, its name and what is done there.

    `of_staff` where everybody may, but only those at work have anything to see.
    """

    path: str
    action: str
    name: str | Promise
    told: str | Promise
    of_staff: bool = False


BEGINNINGS: Final = (
    Beginning("/portal", "see-own-matters", _("마이차트"),
              _("내 기록을 본 곳과 지금의 동의를 한눈에 봅니다.")),
    Beginning("/portal/consent", "see-own-matters", _("내 동의"),
              _("동의하고, 철회하고, 진료과나 기관을 뺍니다.")),
    Beginning("/portal/consent/documents", "see-own-record", _("내 기록"),
              _("병원이 남긴 문서를 보고, 숨길 것을 고릅니다.")),
    Beginning("/portal/deliveries", "see-own-matters", _("제출·공유"),
              _("고른 기록을 기관에 내거나, QR과 코드로 한 번 보여 줍니다.")),
    Beginning("/portal/notices", "see-own-matters", _("알림"),
              _("새로 일어난 일을 읽고, 받는 방법을 정합니다.")),
    Beginning("/portal/accesses", "see-own-matters", _("누가 보았나"),
              _("누가 언제 왜 보았는지 자세히 보고, 모르는 열람을 묻습니다.")),
    Beginning("/portal/hospital", "see-own-matters", _("우리 병원"),
              _("한 화면을 함께 쓰는 병원 가운데 한 곳의 것만 봅니다.")),
    Beginning("/clinic", "see-patient", _("진료실"),
              _("환자의 기록을 찾아 엽니다.")),
    Beginning("/portal/appointments", "see-own-matters", _("내 예약"),
              _("진료 예약을 확인하고, 옮기거나 취소합니다.")),
    Beginning("/clinic/appointments", "book-appointment", _("예약"),
              _("하루와 한 주의 예약을 보고, 전화로 온 예약을 잡습니다.")),
    Beginning("/clinic/schedules", "edit-schedule", _("진료 일정"),
              _("누구를 언제 예약할 수 있는지 적습니다.")),
    Beginning("/desk", "register-consent", _("접수처"),
              _("환자를 찾거나 등록하고, 동의와 철회를 접수합니다.")),
    Beginning("/console", "run-node", _("운영"),
              _("노드의 연결 창구와 상태를 봅니다.")),
    Beginning("/console/operations", "administer-institution", _("교류 상황"),
              _("조용한 기관, 지금의 교류와 오류, 곧 만료되는 것을 봅니다.")),
    Beginning("/console/dead", "run-node", _("처리 실패"),
              _("되지 않은 일을 다시 하거나 까닭을 적고 그만둡니다.")),
    Beginning("/console/report", "administer-institution", _("월간 보고"),
              _("기관별로 한 달의 교류와 질을 정해진 서식으로 받습니다.")),
    Beginning("/console/policy", "see-statistics", _("정책 통계"),
              _("지역별·월별 교류를 감사기록과 대조해 봅니다.")),
    Beginning("/console/consent-texts", "run-node", _("동의문"),
              _("서명받은 동의문의 판과 지금 시행 중인 것을 봅니다.")),
    Beginning("/console/terminology", "run-node", _("용어와 코드"),
              _("올린 코드 체계와 판을 보고 용어를 찾습니다.")),
    Beginning("/console/joining", "see-joining", _("참여 절차"),
              _("기관의 참여, 변경, 해지를 다음 단계로 넘깁니다.")),
    Beginning("/console/staff", "administer-staff", _("직원"),
              _("직원을 초대하고, 끝난 근무를 닫습니다.")),
    Beginning("/console/matching", "resolve-matches", _("환자 연결"),
              _("두 기록이 한 사람의 것인지 판단합니다.")),
    Beginning("/console/accesses", "review-accesses", _("열람 점검"),
              _("이달의 열람을 점검하고 서명합니다.")),
    Beginning("/console/accesses/inbox", "review-accesses", _("점검 알림"),
              _("환자의 신고와 살펴볼 열람이 여기로 옵니다.")),
    Beginning("/console/emergencies", "review-emergency", _("응급 열람 검토"),
              _("응급으로 연 기록을 72시간 안에 검토합니다.")),
    Beginning("/console/statutory", "release-statutory", _("법령에 따른 제공"),
              _("법이 정한 요구를 사건마다 적고 내줍니다.")),
    Beginning("/console/links", "resolve-matches", _("계정 연결"),
              _("새 계정이 어느 환자의 것인지 확인합니다.")),
    Beginning("/console/tickets", "answer-ticket", _("문의"),
              _("환자가 틀렸다고 알린 내용에 답합니다.")),
    Beginning("/console/calls", "take-call", _("전화 상담"),
              _("전화하신 분의 상태를 보고, 문의를 남깁니다.")),
    Beginning("/console/deliveries", "receive-delivery", _("제출받은 문서"),
              _("환자가 골라 낸 문서를 한 번씩 열고, 검증 결과를 봅니다.")),
    Beginning("/console/withdrawals", "handle-withdrawal", _("철회와 이의"),
              _("철회 뒤에 할 일을 10일 안에 마칩니다.")),
    Beginning("/console/spokes", "see-joining", _("협력기관"),
              _("거점과 함께하는 기관을 봅니다.")),
    Beginning("/console/clients", "register-client", _("연결 앱"),
              _("사람들이 허락할 수 있는 앱을 등록하고 멈춥니다.")),
    Beginning("/console/audit", "read-audit", _("감사 통계"),
              _("지금의 정책과 숫자를 봅니다. 사람도 기관도 나오지 않습니다.")),
    Beginning("/console/programmes", "see-programme", _("연구와 사업"),
              _("할 수 있는 일과 아직 없는 것을 봅니다.")),
    Beginning("/console/vendor", "run-conformance", _("연계 시험"),
              _("내 앱과 시험 인증서를 보고, 적합성을 시험합니다.")),
    Beginning("/console/received", "read-received-audit", _("받은 감사 메시지"),
              _("다른 시스템이 남긴 감사 메시지를 찾습니다. 사람의 이름은 없습니다.")),
    Beginning("/console/accounts", "see-status", _("계정과 접수"),
              _("번호로 상태를 보고, 계정을 잠급니다. 이름은 없습니다.")),
    Beginning("/console/notices", "run-node", _("알림 전달"),
              _("알림이 전달되었는지 봅니다. 사람의 이름은 없습니다.")),
    Beginning("/console/inbox", "read-notices", _("업무 알림"),
              _("맡은 일에 관한 알림을 읽습니다."), of_staff=True),
    Beginning("/apps", "allow-app", _("앱"),
              _("등록된 앱을 보고 엽니다.")),
)  # fmt: skip


def of(role: Role) -> tuple[Beginning, ...]:
    """Where somebody in this role may begin, on a node that plays the rooms which it does."""
    works = roles.kind(role) is not RoleKind.CITIZEN
    return tuple(
        one
        for one in BEGINNINGS
        if roles.may(role, one.action) and (works or not one.of_staff) and is_valid_path(one.path)
    )
