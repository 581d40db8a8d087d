"""What a story is made of: steps, each somebody's, that are played on a running node or walked."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from naru.demo import link_files
from naru.demo.cast import Hospital
from naru.demo.visitor import Visitor
from naru.link import Link


class WentWrong(Exception):
    """A step did not come out as it must."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """A running demo, the people who act on it, and what earlier steps left for later ones."""

    data: Path
    base: str
    left: dict[str, str] = field(default_factory=dict)
    ends: ExitStack = field(default_factory=ExitStack)
    """What has to be put away when the story is over, however it went."""
    _present: dict[str, Visitor] = field(default_factory=dict)

    def at(self, player: str) -> Visitor:
        """Somebody at their browser, signed in the first time."""
        if player not in self._present:
            self._present[player] = Visitor(self.base).become(player)
        return self._present[player]

    def link(self, hospital: Hospital) -> Link:
        """What stands beside a hospital's EMR; to be closed."""
        return Link.from_file(link_files.config(self.data, hospital))

    def environment(self) -> dict[str, str]:
        """For a program of ours that is not this node: nothing of this one's settings."""
        return {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody does: `who` is a player, `path` where a reader does or sees it themselves."""

    who: str
    path: str
    sentence: str
    play: Callable[[Scene], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A told story; `within` seconds have to do for the whole, where a promise is made."""

    key: str
    title: str
    lead: str
    within: int | None
    steps: tuple[Step, ...]


def must(held: object, otherwise: str) -> None:
    """Raises WentWrong with these words where something does not hold."""
    if not held:
        raise WentWrong(otherwise)


ONE_DAY: Final = 24 * 60 * 60
