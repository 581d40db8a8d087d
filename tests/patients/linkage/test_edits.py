from hypothesis import given
from hypothesis import strategies as st

from naru.patients.linkage.edits import edits

TEXTS = st.text("abc", max_size=5)


def plainly(one: str, other: str) -> int:
    """Optimal string alignment by its definition."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        plainly(one[:-1], other) + 1,
        plainly(one, other[:-1]) + 1,
        plainly(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )
    if one[-2:] == other[-2:][::-1] and len(one) > 1:
        least = min(least, plainly(one[:-2], other[:-2]) + 1)
    return least


@given(TEXTS, TEXTS, st.integers(1, 4))
def test_slips_are_counted_as_defined_as_far_as_asked(one: str, other: str, most: int) -> None:
    assert edits(one, other, most) == min(plainly(one, other), most + 1)


def test_long_texts_are_compared_as_short_ones_are() -> None:
    long = "ab" * 40
    assert edits(long, f"{long[:30]}x{long[30:50]}{long[51:]}", 5) == 2
    assert edits(f"x{long}", f"{long}y", 5) == 2
    assert edits(f"cd{long}ef", f"dc{long}fe", 5) == 2
