"""A data folder says what it is and where its database is, without a secret."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from naru.node import folder
from naru.node.folder import FolderRefused
from naru.node.options import NodeOptions
from tests.end_to_end.node import Node, fresh_database
from tests.node.test_serve import environment, serving

PROGRAM = str(Path(sys.executable).with_name("naru"))
URL = "postgresql://naru:secret@db.example/naru?sslmode=require&password=secret"


def test_what_was_given_is_known_again_and_what_is_given_now_comes_first(tmp_path: Path) -> None:
    folder.remember(
        NodeOptions(data=tmp_path, sandbox=True, database=URL, affinity_domains=("2.999.1",))
    )

    found = folder.recalled(NodeOptions(data=tmp_path))
    assert (found.sandbox, found.affinity_domains) == (True, ("2.999.1",))
    assert found.database == "postgresql://naru@db.example/naru?sslmode=require"
    again = folder.recalled(NodeOptions(data=tmp_path, database="postgresql://x/y"))
    assert again.database == "postgresql://x/y"


def test_it_is_its_owners_and_holds_no_password(tmp_path: Path) -> None:
    folder.remember(NodeOptions(data=tmp_path, database=URL))

    assert (tmp_path / folder.FILE).stat().st_mode & 0o777 == 0o600
    assert "secret" not in (tmp_path / folder.FILE).read_text()
    assert [one.name for one in tmp_path.iterdir()] == [folder.FILE]


def test_a_folder_that_was_never_served_says_nothing(tmp_path: Path) -> None:
    options = NodeOptions(data=tmp_path)
    assert folder.recalled(options) == options
    folder.require_kind(options)


@pytest.mark.parametrize(
    ("was", "is_", "sentence"),
    [
        (NodeOptions(), NodeOptions(sandbox=True), "without --sandbox"),
        (NodeOptions(sandbox=True), NodeOptions(), "is a sandbox"),
        (NodeOptions(demo=True), NodeOptions(), "is a demo's"),
        (NodeOptions(), NodeOptions(demo=True), "is no demo's"),
    ],
)
def test_a_folder_stays_what_it_was(
    tmp_path: Path, was: NodeOptions, is_: NodeOptions, sentence: str
) -> None:
    folder.remember(replace(was, data=tmp_path))
    with pytest.raises(FolderRefused, match=sentence):
        folder.require_kind(replace(is_, data=tmp_path))


def test_a_file_that_is_no_such_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / folder.FILE).write_text("{")
    with pytest.raises(FolderRefused, match="cannot be read"):
        folder.read(tmp_path)


def naru(*arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment() | ({"PGPASSWORD": password} if password else {}),
        check=False,
    )


def test_another_database_makes_no_sandbox_of_a_used_folder(tmp_path: Path) -> None:
    with serving(tmp_path, "--tls-port", "0"):
        pass
    data = str(tmp_path / "node")
    other = "postgresql://127.0.0.1:1/nothing"

    refused = naru("serve", "--data", data, "--sandbox", "--database", other)

    assert refused.returncode == 1
    assert "without --sandbox" in refused.stderr


@pytest.mark.skipif(not os.environ.get("NARU_TEST_DATABASE"), reason="no PostgreSQL is named")
def test_a_command_beside_the_node_works_on_the_nodes_database(tmp_path: Path) -> None:
    with fresh_database() as database:
        node = Node(data=tmp_path / "data", database=database)
        node.start()
        out = str(tmp_path / "out")
        hub = ["--oid", "2.999.9", "--repository", "2.999.9.7", "--out", out]
        hub += ["--past-the-procedure", "TEST"]
        password = urlsplit(database).password or ""  # The folder remembers the address only.
        ran = naru(
            "institution", "admit", "거점", *hub, "--data", str(node.data), password=password
        )
        assert ran.returncode == 0, ran.stderr
        assert node.rows("SELECT value FROM directory_designation WHERE system = 'oid'")
        node.stop()
    assert not (node.data / "naru.db").exists()
    assert json.loads((node.data / folder.FILE).read_text())["database"]
