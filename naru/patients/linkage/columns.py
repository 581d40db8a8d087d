"""What the records of a set have in common, as columns of numbers that are compared instead."""

import gc
import multiprocessing
from array import array
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from naru.patients.linkage.traits import Traits

Key = Callable[[Traits], Hashable]


def numbered(found: Sequence[Hashable]) -> "array[int]":
    """Each as a number, from 1 in the order of arrival; 0 where it is empty."""
    # Loops that the interpreter runs by itself: among millions they are the most of it.
    distinct = dict.fromkeys(found)
    distinct.pop(None, None)
    distinct.pop("", None)
    numbers = dict(zip(distinct, count(1), strict=False)) | {None: 0, "": 0}
    return array("q", map(numbers.__getitem__, found))


_asked: list[tuple[Sequence[Key], Sequence[Traits]]] = []
"""What the processes that are forked next are to number: it is inherited and not sent."""


def all_numbered(
    keys: Sequence[Key], records: Sequence[Traits], processes: int = 1
) -> "list[array[int]]":
    """A column for each key, by several processes where told."""
    if processes == 1:
        return [numbered(list(map(key, records))) for key in keys]
    _asked.append((keys, records))
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            return pool.map(_one, range(len(keys)), chunksize=1)
    finally:
        _asked.pop()


def _one(n: int) -> "array[int]":
    keys, records = _asked[-1]
    return numbered(list(map(keys[n], records)))


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, of which records have none.

    Among millions it takes most of the time, and what it marks is no longer shared by processes.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
