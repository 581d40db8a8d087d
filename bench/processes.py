"""What processes cost, read from /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def descendants(roots: Iterable[int]) -> set[int]:
    """The processes and all that they started and that still run."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> dict[int, float]:
    """User and system time of each process of the trees so far."""
    spent = {}
    for pid in descendants(roots):
        if fields := _stat(pid):
            spent[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return spent


def pss_megabytes(roots: Iterable[int]) -> float:
    """The memory of the trees, what is shared counted once."""
    total = 0
    for pid in descendants(roots):
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        total += next(
            int(line.split()[1]) for line in rollup.read_text().splitlines() if "Pss:" in line
        )
    return total / 1024


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
