"""Every command of docs/try.md and the pages after it does what the page says, in one shell."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.docs.pages import Block, a_user_s_folder, blocks
from tests.ports import free_port

PAGES = (
    "try.md",
    "xds.md",
    "fhir.md",
    "tokens.md",
    "joining.md",
    "audit.md",
    "notices.md",
)
MARK = "@@block"
PATIENCE_SECONDS = 480
"""Many times what it takes, for a slow machine that does other things."""


@pytest.mark.long  # CI runs it by itself.
@pytest.mark.timeout(PATIENCE_SECONDS + 30)
def test_every_command_prints_what_its_page_says(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no commands of pages: curl is not installed")
    told = blocks(*PAGES)
    folder = a_user_s_folder(tmp_path, Path(sys.executable).parents[1])

    printed, complaints = _run(_on_free_ports("".join(map(_marked, told))), folder)

    *came, _ = printed.split(MARK)
    for block, shown in zip(told, came, strict=False):
        assert set(block.printed) <= set(shown.splitlines()), f"{block}\n{complaints}"
    assert len(came) == len(told), f"{told[len(came)]}\n{complaints}"


def test_each_page_tells_where_to_go_on() -> None:
    for page, following in pairwise(PAGES):
        assert f"]({following})" in _text(page)


def _marked(block: Block) -> str:
    """The block's commands; the first that fails at its end is the last."""
    return f"{block.commands}test $? = 0 || exit 1\necho '{MARK}'\n"


def _run(script: str, folder: Path) -> tuple[str, str]:
    # In a session of its own, so that no node is left behind whatever happens.
    shell = subprocess.Popen(
        ["/bin/bash", "-c", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        return shell.communicate(timeout=PATIENCE_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGTERM)
        shell.communicate()


def _text(page: str) -> str:
    return (PROJECT / "docs" / page).read_text(encoding="utf-8")


def _on_free_ports(script: str) -> str:
    node, archive = free_port(), free_port()  # Each with the next one.
    changed = {
        "make setup\n": "",
        "--port 8080": f"--port {node}",
        "127.0.0.1:8081": f"127.0.0.1:{node + 1}",
        "--port 8090": f"--port {archive}",
        "6514": str(free_port()),
    }
    for written, used in changed.items():
        assert written in script
        script = script.replace(written, used)
    return script
