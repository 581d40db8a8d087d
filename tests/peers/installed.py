"""Programs that others wrote: there is no telling whether a machine has them.

A test that asks for one which is absent skips with a line that says so. Where `NARU_PEERS` is
`required`, as in CI, it fails instead: a peer that nobody noticed missing proves nothing.
"""

import os
import shutil
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
