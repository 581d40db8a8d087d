"""Small numbers that are not told to the public, and those that would give them away."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def told(line: Mapping[Key, int], small: int) -> dict[Key, int | None]:
    """The numbers of a line whose total is published; None for one that is not told.

    Not told is what lies between 0 and `small`. Where the numbers that are not told would follow
    from the total, or add up to less than `small`, the next smallest are not told either.
    """
    hidden = {key for key, number in line.items() if 0 < number < small}
    rest = sorted((number, at, key) for at, (key, number) in enumerate(line.items()) if number)
    for _number, _at, key in rest:
        if not hidden or (len(hidden) > 1 and sum(line[one] for one in hidden) >= small):
            break
        hidden.add(key)
    return {key: None if key in hidden else number for key, number in line.items()}


def total(line: Mapping[Key, int], shown: Mapping[Key, int | None], small: int) -> int | None:
    """The line's total; None where it would tell what is hidden in it."""
    hidden = [number for key, number in line.items() if shown[key] is None]
    if hidden and (len(hidden) == 1 or sum(hidden) < small):
        return None
    return sum(line.values())
