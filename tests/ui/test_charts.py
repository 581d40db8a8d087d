"""Charts are pure functions of values: what they draw, what they say, and what they refuse."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.ui import charts
from naru.ui.charts import Bar, Dot, Range, Reading

SVG = "{http://www.w3.org/2000/svg}"
FIRST = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
VALUES = st.floats(-1e6, 1e6)


def readings(values: list[float], words: str = "") -> list[Reading]:
    return [
        Reading(FIRST + timedelta(days=at), value, words or f"{value} %", "2026-03-02")
        for at, value in enumerate(values)
    ]


def read(svg: str) -> ET.Element:
    return ET.fromstring(
        svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )  # Our own.


@pytest.mark.parametrize("draw", [charts.sparkline, charts.line])
def test_a_course_says_in_words_what_it_draws(draw: object) -> None:
    drawn = read(draw(readings([7.2, 6.8]), Range(4, 5.6), name="c", title="당화", told="낮아짐"))

    assert drawn.get("role") == "img"
    assert [part.text for part in drawn[:2]] == ["당화", "낮아짐"]
    assert drawn.get("aria-labelledby").split() == [part.get("id") for part in drawn[:2]]
    points = drawn.find(f"{SVG}polyline").get("points").split()
    (before, after) = (float(point.split(",")[1]) for point in points)
    assert after > before, "what falls goes down"


def test_the_usual_range_lies_where_its_values_do() -> None:
    drawn = read(charts.line(readings([4.0, 5.6]), Range(4, 5.6), name="c", title="t", told="d"))
    band = drawn.find(f"{SVG}rect")
    marks = [float(one.get("cy")) for one in drawn.iter(f"{SVG}circle")]

    assert float(band.get("y")) == min(marks)
    assert float(band.get("y")) + float(band.get("height")) == pytest.approx(max(marks), abs=0.2)


@given(values=st.lists(VALUES, min_size=1, max_size=30), low=VALUES, words=WORDS)
def test_whatever_comes_stays_inside_and_is_escaped(
    values: list[float], low: float, words: str
) -> None:
    drawn = read(
        charts.line(readings(values, words), Range(low, None), name="c", title=words, told=words)
    )

    assert drawn.find(f"{SVG}title").text in {words, None}
    width, height = map(float, drawn.get("viewBox").split()[2:])
    for circle in drawn.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx")) <= width
        assert 0 <= float(circle.get("cy")) <= height


@given(
    places=st.lists(
        st.tuples(st.floats(124, 132), st.floats(33, 39), WORDS), min_size=1, max_size=30
    )
)
def test_places_lie_as_on_a_map(places: list[tuple[float, float, str]]) -> None:
    dots = [Dot(east, north, name) for east, north, name in places]
    drawn = read(charts.dots(dots, name="m", title="t", told="d"))
    at = [(float(c.get("cx")), float(c.get("cy"))) for c in drawn.iter(f"{SVG}circle")]
    width, height = map(float, drawn.get("viewBox").split()[2:])

    assert all(0 <= x <= width and 0 <= y <= height for x, y in at)
    for one, (x, y) in zip(dots, at, strict=True):
        for other, (their_x, their_y) in zip(dots, at, strict=True):
            assert one.east <= other.east or x >= their_x, "east is right"
            assert one.north <= other.north or y <= their_y, "north is up"


def test_a_bar_is_as_long_as_its_amount() -> None:
    drawn = charts.bars([Bar("<a>", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0")], title="t")

    assert 'width="100.0"' in drawn
    assert 'width="50.0"' in drawn
    assert 'width="0.0"' in drawn
    assert "&lt;a&gt;" in drawn


def test_of_nothing_nothing_is_drawn() -> None:
    assert charts.sparkline([], None, name="a", title="", told="") == ""
    assert charts.line([], None, name="a", title="", told="") == ""
    assert charts.dots([], name="a", title="", told="") == ""
    assert charts.bars([], title="") == ""


def test_a_chart_of_too_much_or_with_a_wrong_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no more than"):
        charts.bars([Bar("a", 1, "1")] * (charts.MOST + 1), title="t")
    with pytest.raises(ValueError, match="id"):
        charts.sparkline(readings([1.0]), None, name='"><b', title="t", told="d")
