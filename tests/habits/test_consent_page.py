"""docs/consent.md says what the rules do: it is written from their own data."""

import json
import runpy
from pathlib import Path

from naru.consent.explained import table
from naru.consent.policy import policy

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "scripts" / "consent_page.py"
WORDS = PROJECT / "naru" / "consent" / "data" / "switches.json"


def test_the_page_is_that_of_the_data() -> None:
    written = (PROJECT / "docs" / "consent.md").read_text(encoding="utf-8")

    assert written == runpy.run_path(str(SCRIPT))["page"](), f"run .venv/bin/python {SCRIPT.name}"


def test_every_switch_and_question_has_its_words_and_its_answer() -> None:
    said = json.loads(WORDS.read_text(encoding="utf-8"))
    answers = table(policy())

    assert [one["code"] for one in said["switches"]] == list(answers)
    for answered in answers.values():
        assert [one["code"] for one in said["questions"]] == list(answered)
    assert {int(rule) for rule in said["rules"]} == {one.rule for one in policy().bases}


def test_each_switch_changes_an_answer() -> None:
    answers = table(policy())
    same = [name for name, one in answers.items() if one == answers["grant"]]

    assert same == ["grant", "include"]
