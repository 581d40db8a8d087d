"""The stylesheet's colours, computed as WCAG 2.2 computes them (1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "naru/ui/static/ui/naru.css").read_text("utf-8")
PALETTES = {
    "dark" if indent else name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for indent, name, block in re.findall(
        r"^( *):root(\.contrast-high|) \{\n(.*?)^\1\}", CSS, re.MULTILINE | re.DOTALL
    )
}
WORDS = [
    *((ink, "surface") for ink in ("ink", "ink-2", "ink-3", "act")),
    *((ink, "ground") for ink in ("ink", "ink-2", "ink-3", "act")),
    *((state, f"{state}-ground") for state in ("ok", "warn", "stop")),
    ("act-deep", "act-ground"),
    ("code", "code-ground"),
    ("surface", "act"),
    ("surface", "act-deep"),
]
EDGES = [("edge", "surface"), ("act", "surface"), ("act", "ground"), ("surface", "edge")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, palette: str = "") -> float:
    colours = (PALETTES[palette][one], PALETTES[palette][other])
    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", ["", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out_from_their_ground(ink: str, ground: str, palette: str) -> None:
    assert contrast(ink, ground, palette) >= 4.5


@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_where_a_high_contrast_is_chosen_they_stand_out_further(ink: str, ground: str) -> None:
    assert contrast(ink, ground, ".contrast-high") >= 7


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_what_can_be_used_has_an_edge_that_is_seen(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= 3
    assert contrast(edge, ground, "dark") >= 3
    assert contrast(edge, ground, ".contrast-high") >= 4.5


def test_the_dark_palette_says_every_colour_anew() -> None:
    assert PALETTES["dark"].keys() == PALETTES[""].keys()


def test_nothing_is_fetched_from_elsewhere() -> None:
    static = Path(__file__).parents[2] / "naru/ui/static"
    texts = [one.read_text("utf-8") for one in static.rglob("*.*") if one.suffix != ".png"]

    links = re.findall(r"(?:https?:)?//[a-z][\w.]+", "\n".join(texts))

    assert [link for link in links if link != "http://www.w3.org"] == []


def test_no_rule_hides_in_a_block_that_was_left_open() -> None:
    """Rules begin at the line's start outside every block; one inside is a lost brace."""
    deep, lost = 0, []
    for line in re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL).splitlines():
        if deep and line[:1] not in {"", " ", "}"}:
            lost.append(line)
        deep += line.count("{") - line.count("}")

    assert (lost, deep) == ([], 0)
