"""What the page has to know of the story: whose it is and where the commands lie."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

FILE: Final = "story.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The patient and both hospitals, by the keys under which this node knows them."""

    patient: UUID
    sender: UUID
    receiver: UUID
    program: str
    """How `naru` is called from the folder in which the demo was started."""
    folder: str
    """The folder of the hospitals' files, seen from there."""


def write(story: Story, data: Path) -> None:
    """Keep the story in the demo's data folder."""
    (data / FILE).write_bytes(msgspec.json.encode(story))


def read(data: Path) -> Story | None:
    """The story of this data folder; None before it is told."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Story)
    except OSError:
        return None
