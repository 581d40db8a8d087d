"""How many slips of a typist lie between two texts."""


def edits(one: str, other: str, most: int) -> int:
    """Letters left out, put in, changed or swapped with the next; counted as far as `most` + 1."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _differing(one, other)
    if not one or not other:
        return len(one) + len(other)
    if most == 1:
        # What is left differs at both ends: one letter changed, or two swapped, or more than one.
        return 1 if len(one) == len(other) == 1 or (len(one) == 2 and one == other[::-1]) else 2  # noqa: PLR2004  # Same.
    return _distance(one, other, most)


def _differing(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with alike."""
    start, least = 0, min(len(one), len(other))
    while start < least and one[start] == other[start]:
        start += 1
    end = 0
    while end < least - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


def _distance(one: str, other: str, most: int) -> int:
    """Optimal string alignment, row by row, as far as it may still be within `most`."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for y, letter in enumerate(one, start=1):
        row = [y]
        for x, opposite in enumerate(other, start=1):
            least = min(above[x] + 1, row[-1] + 1, above[x - 1] + (letter != opposite))
            if y > 1 and x > 1 and letter == other[x - 2] and one[y - 2] == opposite:
                least = min(least, before[x - 2] + 1)
            row.append(least)
        if min(row) > most and min(above) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)
