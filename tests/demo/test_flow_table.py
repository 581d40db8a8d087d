"""docs/testing/browser-flows.md names tests that are there, and every flow that is walked."""

import re
from importlib import import_module
from pathlib import Path

from tests.conftest import PROJECT
from tests.demo.browsing import EVERY_WAY

PAGE = (PROJECT / "docs" / "testing" / "browser-flows.md").read_text("utf-8")
WALKED = re.compile(r"^@EVERY_WAY\n(?:[^\n]*\n)*?def (test_\w+)", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)\.py::(test_\w+)` \|")


def in_every_way(file: str, test: str) -> bool:
    """Whether that test is walked in every way; fails where there is none of that name."""
    walked = getattr(import_module(f"tests.demo.{file}"), test)
    return EVERY_WAY.mark in getattr(walked, "pytestmark", [])


def test_each_flow_is_walked_as_the_page_says() -> None:
    every, some = PAGE.split("## In some ways")
    assert [one for one in NAMED.findall(every) if not in_every_way(*one)] == []
    assert [one for one in NAMED.findall(some) if in_every_way(*one)] == []


def test_each_flow_that_is_walked_in_every_way_stands_on_the_page() -> None:
    walked = {
        (file.stem, test)
        for file in Path(__file__).parent.glob("test_*.py")
        for test in WALKED.findall(file.read_text("utf-8"))
    }
    assert walked == set(NAMED.findall(PAGE.split("## In some ways")[0]))
