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
    mine, theirs = set(one), set(other)
    if len(mine - theirs) > most or len(theirs - mine) > most:
        return most + 1  # A slip takes one such letter away at most.
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
    """Optimal string alignment, a column of its table at a time.

    A bit stands for a letter of `one`, and tells whether the table rises or falls there (Hyyrö,
    Bit-parallel approximate string matching with Damerau edit distance, 2003).
    """
    places: dict[str, int] = {}
    bit = 1
    for letter in one:
        places[letter] = places.get(letter, 0) | bit
        bit <<= 1
    full, last = bit - 1, bit >> 1
    rises, falls, same, before = full, 0, 0, 0
    distance = len(one)
    for letter in other:
        here = places.get(letter, 0)
        swapped = (~same & here) << 1 & before
        same = ((here & rises) + rises ^ rises | here | falls | swapped) & full
        more, less = falls | full & ~(same | rises), same & rises
        if more & last:
            distance += 1
        elif less & last:
            distance -= 1
        more, less = more << 1 | 1, less << 1
        rises, falls, before = (less | ~(same | more)) & full, more & same, here
    return min(distance, most + 1)
