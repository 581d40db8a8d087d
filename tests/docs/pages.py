"""The pages of docs/ as a shell reads them: their commands, and what they say is seen."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT

_FENCE = re.compile(r"^ *```(sh|text)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Commands of a page, and the lines that the page says they print."""

    page: str
    commands: str
    printed: tuple[str, ...] = ()


def blocks(*pages: str) -> list[Block]:
    """The blocks of these pages, in order; a `text` block belongs to the commands before it."""
    found: list[Block] = []
    for page in pages:
        for kind, content in _FENCE.findall((PROJECT / "docs" / page).read_text(encoding="utf-8")):
            if kind == "sh":
                found.append(Block(page, content))
            else:
                found[-1] = Block(page, found[-1].commands, tuple(content.splitlines()))
    return found


def a_user_s_folder(folder: Path, venv: Path) -> Path:
    """A folder in which a page's relative paths lead where they do in the repository."""
    (folder / ".venv").symlink_to(venv)
    (folder / "examples").symlink_to(PROJECT / "examples")
    return folder
