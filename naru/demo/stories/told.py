"""The stories that a demo tells, and how one is played."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from naru.demo.stories import chest_pain, decide, elder, infant, island, vendor
from naru.demo.stories.scene import Scene, Story, WentWrong
from naru.demo.visitor import PageBroken
from naru.link import LinkError

STORIES: Final[tuple[Story, ...]] = (
    island.STORY,
    chest_pain.STORY,
    infant.STORY,
    elder.STORY,
    vendor.STORY,
    decide.STORY,
)


def story(key: str) -> Story | None:
    """The one of that key."""
    return next((one for one in STORIES if one.key == key), None)


def play(told: Story, data: Path, base: str, say: Callable[[str], None]) -> bool:
    """Play a story on a running demo; whether every step came out, within its promised time."""
    scene, began = Scene(data=data, base=base), time.perf_counter()
    say(f"\n  {told.title}")
    with scene.ends:
        if not _steps(told, scene, say):
            return False
    took = time.perf_counter() - began
    if told.within is not None and took > told.within:
        say(f"     {took:.1f}초 걸렸습니다. {told.within}초 안이어야 합니다.")
        return False
    return True


def _steps(told: Story, scene: Scene, say: Callable[[str], None]) -> bool:
    for number, step in enumerate(told.steps, start=1):
        started = time.perf_counter()
        try:
            step.play(scene)
        except (WentWrong, PageBroken, LinkError, OSError) as error:
            say(f"  {number}  아닙니다: {step.sentence}\n     {type(error).__name__}: {error}")
            return False
        say(f"  {number}  {step.sentence}  ({(time.perf_counter() - started) * 1000:,.0f} ms)")
    return True
