"""The cards of an answer (CDS Hooks 2.0, CDS Service Response): each quotes the old record."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from naru.domain.order_checks import Alert, AlertKind
from naru.domain.past_history import Line, PastHistory, is_current
from naru.formats.fhir.krcore.profiles import OURS

LONGEST_SUMMARY: Final = 139
"""Characters: a summary has fewer than 140."""

MOST_QUOTED: Final = 2_000
"""Characters of an old record's words in a card."""

TOPICS: Final = f"{OURS}/CodeSystem/cds-topics"
_SUMMARIES: Final = {
    AlertKind.ALLERGY: "알러지: {order} — {institution}에 기록된 알러지입니다",
    AlertKind.ALLERGY_CLASS: "같은 계열 알러지: {order} — {institution} 기록",
    AlertKind.SAME_INGREDIENT: "중복 성분: {order} — {institution}에서 처방 중입니다",
    AlertKind.REPEATED_IMAGING: "중복 영상검사: {order} — {days}일 전 {institution}",
    AlertKind.REPEATED_TEST: "중복 검사: {order} — {days}일 전 {institution}",
}
_INDICATORS: Final = {
    AlertKind.ALLERGY: "critical",
    AlertKind.ALLERGY_CLASS: "warning",
    AlertKind.SAME_INGREDIENT: "warning",
    AlertKind.REPEATED_IMAGING: "warning",
    AlertKind.REPEATED_TEST: "info",
}
_OVERRIDES: Final = (
    ("benefit", "이득이 위험보다 큽니다"),
    ("not-applicable", "이 환자에게 해당하지 않습니다"),
    ("needed-again", "다시 필요합니다"),
)
# With what makes a link of a bare address (GitHub Flavored Markdown 6.9) and a sign of an entity.
_MARKS: Final = re.compile(r"[\\`*_{}\[\]()#+!|<>~&@-]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def to_cards(alerts: Iterable[Alert], instance: UUID) -> dict[str, Any]:
    """The answer to a hook about orders; the same alert has the same uuid for one instance."""
    return {"cards": [_card(one, instance) for one in alerts]}


def _card(alert: Alert, instance: UUID) -> dict[str, Any]:
    origin = alert.origin
    summary = _SUMMARIES[alert.kind].format(
        order=alert.order.name or alert.order.number,
        institution=origin.institution,
        days=alert.days,
    )
    told = f"{alert.kind} {alert.order.number} {origin.document} {alert.on} {alert.words}"
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"{instance} {told}")),
        "summary": _cut(summary, LONGEST_SUMMARY),
        "detail": _detail(alert),
        "indicator": _INDICATORS[alert.kind],
        "source": _source(alert.kind, origin.institution),
        "overrideReasons": [
            {"code": code, "system": TOPICS, "display": display} for code, display in _OVERRIDES
        ],
    }


def _detail(alert: Alert) -> str:
    """Markdown in which nothing of the record is markup."""
    origin = alert.origin
    return (
        f"> {plain(_cut(alert.words, MOST_QUOTED))}\n\n"
        f"{alert.on.isoformat()} · {plain(origin.institution)} · {plain(origin.title)}\n\n"
        f"원문: `{origin.document.replace('`', '')}`"
    )


def to_history_card(history: PastHistory, on: date) -> dict[str, Any]:
    """The answer to `patient-view`: allergies and drugs in use; no card where there are none."""
    current = [line for line in history.medications if is_current(line, on)]
    if not history.allergies and not current:
        return {"cards": []}
    lines = [*map(_line, history.allergies), *map(_line, current)]
    return {
        "cards": [
            {
                "summary": f"다른 기관 기록: 알러지 {len(history.allergies)}건, "
                f"지금 쓰는 약 {len(current)}건",
                "detail": "\n".join(lines[:50]),
                "indicator": "warning" if history.allergies else "info",
                "source": _source("past-history", "나루"),
            }
        ]
    }


def _line(line: Line[Any]) -> str:
    said = getattr(line.item, "reaction", "") or getattr(line.item, "usage", "")
    places = ", ".join(plain(one.institution) for one in line.origins)
    more = f" ({plain(_cut(said, MOST_QUOTED))})" if said else ""
    return f"* {plain(line.item.name)}{more} · {line.last.isoformat()} · {places}"


def _source(topic: str, label: str) -> dict[str, Any]:
    return {"label": label or "나루", "topic": {"system": TOPICS, "code": str(topic)}}


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"


def plain(words: str) -> str:
    """Words that Markdown shows as they are, in one line."""
    return _MARKS.sub(r"\\\g<0>", " ".join(words.split()))
