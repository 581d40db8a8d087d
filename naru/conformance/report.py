"""What is told of a run: to people while it runs and at its end, to programs in a file."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from naru.conformance.run import Outcome, Verdict

Say = Callable[[str], None]
MARKS: Final = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.NOT_ATTEMPTED: "?",
    Verdict.NOT_APPLICABLE: "-",
}
_KOREAN: Final = {
    Verdict.PASSED: "통과",
    Verdict.FAILED: "실패",
    Verdict.NOT_ATTEMPTED: "시도하지 못함",
    Verdict.NOT_APPLICABLE: "해당 없음",
}
_COLUMNS: Final = ("test", "section", "position", "step", "transaction", "verdict", "reasons")
EACH: Final = 50
"""Steps after which a sign of life is given."""


class Progress:
    """Tells of each step that did not pass at once, and of the others in bulk."""

    def __init__(self, total: int, say: Say) -> None:
        self._total, self._say, self._done = total, say, 0

    def __call__(self, outcome: Outcome) -> None:
        """Take one outcome."""
        self._done += 1
        if outcome.verdict in {Verdict.FAILED, Verdict.NOT_ATTEMPTED}:
            self._say(line(outcome))
        if self._done % EACH == 0:
            self._say(f"  … {self._done}/{self._total}")


def line(outcome: Outcome) -> str:
    """One outcome on a line of its own."""
    step, reasons = outcome.step, " | ".join(" ".join(one.split()) for one in outcome.reasons)
    name = f"{MARKS[outcome.verdict]} {step.transaction} {step.key} ({step.id})"
    return f"{name}: {_KOREAN[outcome.verdict]} {outcome.verdict.value}: {reasons}".rstrip(": ")


def summary(outcomes: Sequence[Outcome], say: Say) -> None:
    """Each transaction, then whatever did not simply pass, then the counts as the last line."""
    for transaction in dict.fromkeys(one.step.transaction for one in outcomes):
        mine = [one for one in outcomes if one.step.transaction == transaction]
        say(f"{transaction}: {counts(mine)}")
        for outcome in mine:
            if outcome.verdict is not Verdict.PASSED:
                say(f"  {line(outcome)}")
    say(_in_korean(outcomes))
    say(counts(outcomes))


def counts(outcomes: Iterable[Outcome]) -> str:
    """`N passed, N failed, N not attempted, N not applicable`."""
    number = Counter(one.verdict for one in outcomes)
    return ", ".join(f"{number[verdict]} {verdict.value}" for verdict in Verdict)


def _in_korean(outcomes: Iterable[Outcome]) -> str:
    number = Counter(one.verdict for one in outcomes)
    return ", ".join(f"{_KOREAN[verdict]} {number[verdict]}" for verdict in Verdict)


def is_clean(outcomes: Iterable[Outcome]) -> bool:
    """Whether nothing failed and nothing was left unattempted."""
    return not any(one.verdict in {Verdict.FAILED, Verdict.NOT_ATTEMPTED} for one in outcomes)


def write(file: Path, outcomes: Sequence[Outcome]) -> None:
    """All outcomes as JSON, or as TSV where the file's name ends so."""
    text = _tsv(outcomes) if file.suffix == ".tsv" else _json(outcomes)
    file.write_text(text, "utf-8")


def _row(outcome: Outcome) -> dict[str, object]:
    step, key = outcome.step, outcome.step.key
    values = (key.test, key.section, key.position, step.id, step.transaction)
    return dict(zip(_COLUMNS, (*values, outcome.verdict.value, list(outcome.reasons)), strict=True))


def _json(outcomes: Sequence[Outcome]) -> str:
    number = Counter(one.verdict for one in outcomes)
    told = {
        "counts": {verdict.value: number[verdict] for verdict in Verdict},
        "steps": [_row(one) | {"seconds": round(one.seconds, 4)} for one in outcomes],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _tsv(outcomes: Sequence[Outcome]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    rows.writerow(_COLUMNS)
    for one in outcomes:
        row = _row(one) | {"reasons": " | ".join(" ".join(each.split()) for each in one.reasons)}
        rows.writerow(row.values())
    return out.getvalue()
