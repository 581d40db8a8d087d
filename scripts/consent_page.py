"""Writes docs/consent.md, which explains to patients what each switch does, from the rules' data.

Run by hand after a rule, a policy or a text has changed: .venv/bin/python scripts/consent_page.py
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naru.node.settings")

from naru.consent import texts
from naru.consent.explained import table
from naru.consent.policy import policy
from naru.domain.consent_paper import NEEDED, Box

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "consent.md"
WORDS = PROJECT / "naru" / "consent" / "data" / "switches.json"
DAY = date(2026, 11, 22)
"""The day whose text and policy are explained, so that the same data give the same page."""


def page() -> str:
    """The whole page."""
    said = json.loads(WORDS.read_text(encoding="utf-8"))
    return "\n".join([*_text(said), *_switches(said), *_rules(said)]) + "\n"


def _text(said: dict[str, Any]) -> Iterator[str]:
    text = texts.of("ko", on=DAY)
    words = text.words
    yield "# 내 동의와 스위치"
    yield ""
    yield said["about"].format(text=text.wording.version, policy=policy(on=DAY).version)
    yield ""
    yield "## 무엇에 동의하나요"
    yield ""
    yield words.lead
    yield ""
    yield from (f"- 이용 목적. {one}" for one in words.purposes)
    yield from (f"- 제공받는 곳. {one}" for one in words.recipients)
    yield f"- 기간. {words.period}"
    yield f"- 거부할 권리. {words.refusal}"
    yield f"- 주민등록번호와 외국인등록번호. {words.statutory}"
    yield ""
    yield "| 항목 | 내용 | 꼭 필요한가요 | 동의하지 않으면 |"
    yield "|---|---|---|---|"
    for box in Box:
        one, needed = words.boxes[box], "예" if box in NEEDED else "아니요"
        yield f"| {one.title} | {one.items} | {needed} | {one.refused} |"
    yield ""


def _switches(said: dict[str, Any]) -> Iterator[str]:
    words, answers = texts.of("ko", on=DAY), table(policy(on=DAY))
    yield "## 스위치마다 무엇이 바뀌나요"
    yield ""
    for one in said["switches"]:
        where = f" ({one['where']})" if one["where"] else ""
        yield f"- **{one['name']}**{where}: {one['says']}"
    yield ""
    yield said["table"]
    yield ""
    yield "| | " + " | ".join(one["name"] for one in said["questions"]) + " |"
    yield "|---" * (len(said["questions"]) + 1) + "|"
    for switch in said["switches"]:
        row = answers[switch["code"]]
        marks = ("○" if row[one["code"]] else "×" for one in said["questions"])
        yield f"| {switch['name']} | " + " | ".join(marks) + " |"
    yield ""
    for sentence in said["after"]:
        yield sentence.format(days=words.withdrawal_days)
        yield ""
    yield from (f"- {one}" for one in words.words.withdrawal.kept)
    yield ""


def _rules(said: dict[str, Any]) -> Iterator[str]:
    rules = policy(on=DAY)
    values = {one.name: getattr(rules.settings, one.name) for one in fields(rules.settings)}
    yield "## 누가 볼 수 있는지 정하는 규칙"
    yield ""
    yield "위에서부터 차례로 보고, 처음 맞는 규칙을 따릅니다."
    yield ""
    yield "| 규칙 | 뜻 | 근거 | 종류 |"
    yield "|---|---|---|---|"
    for basis in sorted(rules.bases, key=lambda one: one.rule):
        meaning = said["rules"][str(basis.rule)].format(**values)
        kind = "법" if basis.kind.value == "L" else "운영 정책"
        yield f"| {basis.rule} | {meaning} | {basis.basis} | {kind} |"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
