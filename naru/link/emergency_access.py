"""`$emergency-access`: a record is opened for a clinician whose patient cannot be asked.

의료법 제21조의2제1항 단서. Who asks is shown by an access token of theirs (ITI-71).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.arrangements import EmergencyCase
from naru.domain.identifiers import Identifier
from naru.link import fhir, iti71_token
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, MessageWrong, NodeRefused

_BEGIN, _END = "emergency-access", "end-emergency-access"
_REFUSED: Final = (
    "응급으로 열 수 없습니다. 묻는 사람이 응급에 열 수 있는 직종인지, 까닭과 시간을 확인하십시오."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    """What was opened: the id by which it is ended, and from when until when it holds."""

    id: UUID
    since: datetime
    until: datetime


def begin(
    connections: Connections,
    config: LinkConfig,
    patient: Identifier,
    case: EmergencyCase,
    reason: str,
    hours: int | None,
) -> EmergencyAccess:
    """Open it for whoever asks now. Raises MessageWrong where nobody is told, NodeRefused."""
    given: list[Mapping[str, object]] = [
        fhir.identified("patient", patient),
        {"name": "case", "valueCode": case.value},
        {"name": "reason", "valueString": reason},
    ]
    if hours is not None:
        given.append({"name": "hours", "valuePositiveInt": hours})
    return _told(_asked(connections, config, _BEGIN, given))


def end(connections: Connections, config: LinkConfig, patient: Identifier, opened: UUID) -> None:
    """Close it before its time. Raises as `begin`."""
    given = [fhir.identified("patient", patient), {"name": "emergency", "valueId": str(opened)}]
    _asked(connections, config, _END, given)


def _asked(
    connections: Connections,
    config: LinkConfig,
    operation: str,
    given: Iterable[Mapping[str, object]],
) -> Mapping[str, object]:
    bears = iti71_token.bearing(connections, config, operation)
    if not bears:
        raise MessageWrong("user", "응급에는 누가 여는지 알려야 합니다 (speaking_for, --user).")
    parameters = {"resourceType": "Parameters", "parameter": list(given)}
    at = fhir.below(config.fhir, f"Patient/${operation}")
    try:
        return fhir.post(connections, at, parameters, bears)
    except NodeRefused as refused:
        if "forbidden" in refused.codes:
            refused.sentence = _REFUSED
        raise


def _told(answer: Mapping[str, object]) -> EmergencyAccess:
    told = fhir.parameters(answer)
    try:
        return EmergencyAccess(
            id=UUID(told["emergency"]["valueId"]),
            since=datetime.fromisoformat(told["since"]["valueInstant"]),
            until=datetime.fromisoformat(told["until"]["valueInstant"]),
        )
    except (KeyError, TypeError, ValueError):
        raise AnswerNotUnderstood("the answer says not until when it holds") from None
