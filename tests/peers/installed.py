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
# Each appears last, when all that belongs to it is there.
_READY: Final = {
    "ipf": FOLDER / "ipf" / "target" / ".ready",
    "hapi": FOLDER / "hapi" / "target" / ".ready",
    "node": FOLDER / "node" / "node_modules" / ".ready",
}
# Where Debian puts servers, which a user's own PATH often leaves out.
_SEARCHED: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def program(name: str) -> str:
    """The path of a program that `tests/peers/debian-packages.txt` names."""
    return shutil.which(name, path=_SEARCHED) or absent(name)


def need(*projects: str) -> None:
    """Leave a module's tests out, in one line, unless what `make peers` builds for it is there."""
    for project in projects:
        if not _READY[project].exists():
            absent(project)


def java(project: str, main: str, settings: Mapping[str, object]) -> list[str]:
    """The command of a Java program of ours that holds a peer's library."""
    folder = FOLDER / project / "target"
    libraries = (folder / "classpath").read_text("utf-8").strip()
    path = os.pathsep.join((str(folder / "classes"), libraries))
    given = [f"-Dnaru.{name}={value}" for name, value in settings.items()]
    return [program("java"), "-Xmx512m", "-cp", path, *given, main]


def node(script: str) -> list[str]:
    """The command of a script of ours that calls a peer's npm package."""
    return [program("node"), str(FOLDER / "node" / script)]


def absent(peer: str) -> NoReturn:
    """End the test that asked, or leave its module out: failed where required, else skipped."""
    sentence = f"peer {peer} is not installed; `make peers` brings it"
    if os.environ.get("NARU_PEERS") == "required":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence, allow_module_level=True)
