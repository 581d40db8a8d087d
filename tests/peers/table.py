"""The table of doors and peers, printed after the tests; a plugin, since workers run the tests."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import pytest

_PROPERTY: Final = "peer at door"
_WORDS: Final = {"passed": "ok", "failed": "FAILED", "error": "FAILED", "skipped": "absent"}


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Write each test's peer and door where its report carries them to whoever prints."""
    for item in items:
        for mark in item.iter_markers("peers"):
            if mark.kwargs:
                at = f"{mark.kwargs['door']}\t{mark.kwargs['peer']}"
                item.user_properties.append((_PROPERTY, at))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    results: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for outcome, word in _WORDS.items():
        for report in terminalreporter.getreports(outcome):
            # A module that is left out as a whole has a report of its own kind.
            for name, at in getattr(report, "user_properties", ()):
                if name == _PROPERTY:
                    door, _, peer = str(at).partition("\t")
                    results[door, peer][word] += 1
    if not results:
        return
    terminalreporter.section("door × peer × exchanges")
    for (door, peer), counts in sorted(results.items()):
        told = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        terminalreporter.write_line(f"{door:<12} {peer:<20} {told}")
