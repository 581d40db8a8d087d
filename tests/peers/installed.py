"""Programs that others wrote: there is no telling whether a machine has them.

A test that asks for one which is absent skips with a line that says so. Where `NARU_PEERS` is
`required`, as in CI, it fails instead: a peer that nobody noticed missing proves nothing.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

import pytest

FOLDER: Final = Path(__file__).parent
# Where Debian puts servers, which a user's own PATH often leaves out.
_SEARCHED: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def program(name: str) -> str:
    """The path of a program that `tests/peers/debian-packages.txt` names."""
    return shutil.which(name, path=_SEARCHED) or absent(name)


def absent(peer: str) -> NoReturn:
    """End the test that asked: failed where peers are required, else skipped."""
    sentence = f"peer {peer} is not installed; `make peers` brings it"
    if os.environ.get("NARU_PEERS") == "required":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def java(project: str, main: str, settings: Mapping[str, object]) -> list[str]:
    """The command of a Java program of ours that holds a peer's library."""
    folder = FOLDER / project / "target"
    if not (folder / ".ready").exists():
        absent(project)
    libraries = (folder / "classpath").read_text("utf-8").strip()
    path = os.pathsep.join((str(folder / "classes"), libraries))
    given = [f"-Dnaru.{name}={value}" for name, value in settings.items()]
    return [program("java"), "-Xmx512m", "-cp", path, *given, main]


def node(script: str) -> list[str]:
    """The command of a script of ours that calls a peer's npm package."""
    folder = FOLDER / "node"
    if not (folder / "node_modules" / ".ready").exists():
        absent("node_modules")
    return [program("node"), str(folder / script)]
