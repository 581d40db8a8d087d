"""The plan that ships: a vendor's first day, without anybody else's files."""

from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree
from typing import Final

PLAN: Final = files("naru.conformance").joinpath("data/first-day")


class AlreadyThere(Exception):
    """Something of the user's own would be written over."""


def write(folder: Path) -> None:
    """Put the plan and its code sets into a new or empty folder. Raises AlreadyThere, OSError."""
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyThere(f"{folder} is not empty")
    with as_file(PLAN) as shipped:
        copytree(shipped, folder, dirs_exist_ok=True)
