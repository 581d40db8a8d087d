"""Every command of docs/documents.md does what the page says, in one shell and without a node."""

import subprocess
import sys
from pathlib import Path

from naru.node.document_files import kinds
from tests.conftest import PROJECT
from tests.docs.pages import a_user_s_folder, blocks

PAGE = "documents.md"


def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    folder = a_user_s_folder(tmp_path, Path(sys.executable).parents[1])
    for block in blocks(PAGE):
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", block.commands],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"
        assert set(block.printed) <= set(done.stdout.splitlines()), block


def test_every_kind_is_told() -> None:
    page = (PROJECT / "docs" / PAGE).read_text(encoding="utf-8")
    for kind in kinds():
        assert f"`{kind}`" in page
