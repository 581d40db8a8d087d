"""How long something takes at best.

A busy machine makes anything slow once; only what is slow each time is slow.
"""

import time
from collections.abc import Callable
from typing import Final

AT_ONCE: Final = 0.5
"""The aim is 0.1 seconds; the gate is loose, since other work may share the machine."""
_TRIES: Final = 5


def cpu_seconds(act: Callable[[], object], *, enough: float) -> float:
    """The processor time of the calling thread in the best of some tries.

    `enough` ends the tries: a result below it will do.
    """
    best = float("inf")
    for _ in range(_TRIES):
        begun = time.thread_time()
        act()
        best = min(best, time.thread_time() - begun)
        if best < enough:
            break
    return best
