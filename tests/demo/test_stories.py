"""The told stories: who is in them, and that each comes out on a running demo in its time."""

from pathlib import Path

import httpx
import pytest

from naru.demo import players
from naru.demo.stories.scene import Story
from naru.demo.stories.told import STORIES, play, story
from tests.demo.conftest import Demo, running

OWN = ("decide",)
"""Stories that change what everybody sees: each on a demo of their own; so is what is told of the
story's own patient (`test_story.py`)."""
ALONE = ("island", "infant", "elder", "vendor")
"""Stories of people whom no other test looks at: played on the demo that all share."""


def test_everybody_of_a_story_is_somebody_whom_a_reader_can_be() -> None:
    assert STORIES
    for told in STORIES:
        for step in told.steps:
            assert players.player(step.who), step.who
            assert step.path.startswith("/"), step.path


def test_the_page_tells_each_and_makes_the_reader_who_does_a_step(demo: Demo) -> None:
    with httpx.Client(base_url=demo.base, follow_redirects=True) as client:
        page = client.get("/demo/stories")
        assert page.status_code == 200
        for told in STORIES:
            assert told.title in page.text
            assert all(step.sentence in page.text for step in told.steps)
        form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "next": "/desk"}
        headers = {"Referer": f"{demo.base}/demo/stories"}
        answer = client.post("/demo/be", data=form | {"who": "reception-ieum"}, headers=headers)
        assert (answer.url.path, answer.status_code) == ("/desk", 200)
        elsewhere = form | {"who": "reception-ieum", "next": "https://other.example/"}
        assert client.post("/demo/be", data=elsewhere, headers=headers).url.host == "localhost"


@pytest.mark.parametrize(
    "told", [one for one in STORIES if one.key in ALONE], ids=lambda one: one.key
)
def test_it_comes_out_in_its_time(told: Story, demo: Demo) -> None:
    lines: list[str] = []
    assert play(told, demo.folder, demo.base, lines.append), "\n".join(lines)
    assert len(lines) == len(told.steps) + 1


@pytest.mark.parametrize("key", OWN)
def test_it_comes_out_on_a_demo_of_its_own(key: str, tmp_path: Path) -> None:
    told, lines = story(key), list[str]()
    assert told is not None
    with running(tmp_path / "data") as demo:
        assert play(told, demo.folder, demo.base, lines.append), "\n".join(lines)
