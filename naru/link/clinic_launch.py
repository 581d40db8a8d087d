"""`$clinic-launch`: the node's page for clinicians opens with the EMR's patient chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.visit_reasons import VisitReason
from naru.link import fhir, iti71_token
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, NodeRefused

_LAUNCH: Final = "clinic-launch"
_UNKNOWN: Final = (
    "열 수 없습니다. 환자 등록번호가 교류 시스템에 등록되어 있는지, "
    "직책 번호가 지금 일하는 우리 병원 진료 직원의 것인지 확인하십시오."
)
_FORBIDDEN: Final = "이 기관이나 사람은 진료 화면을 열 수 없습니다. 관리자에게 알리십시오."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicLaunch:
    """What to open in the person's browser, once, and until when it opens anything."""

    address: str
    ends: datetime


def launch(
    connections: Connections, config: LinkConfig, mrn: str, post: UUID, reason: VisitReason
) -> ClinicLaunch:
    """Ask for the address. Raises NodeRefused, NodeUnreachable."""
    given = [
        fhir.identified("patient", Identifier(mrn, config.patient_id_authority)),
        {"name": "post", "valueId": str(post)},
        {"name": "reason", "valueCode": reason.value},
    ]
    bears = iti71_token.bearing(connections, config, _LAUNCH)
    at = fhir.below(config.fhir, f"Patient/${_LAUNCH}")
    try:
        answer = fhir.post(
            connections, at, {"resourceType": "Parameters", "parameter": given}, bears
        )
    except NodeRefused as refused:
        if "not-found" in refused.codes:
            refused.sentence = _UNKNOWN
        elif "forbidden" in refused.codes:
            refused.sentence = _FORBIDDEN
        raise
    return _told(fhir.parameters(answer))


def _told(told: Mapping[str, Mapping[str, str]]) -> ClinicLaunch:
    try:
        return ClinicLaunch(
            address=told["address"]["valueUrl"],
            ends=datetime.fromisoformat(told["ends"]["valueInstant"]),
        )
    except (KeyError, TypeError, ValueError):
        raise AnswerNotUnderstood("the answer has no address to open") from None
