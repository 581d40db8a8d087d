"""A node never starts over its data with a key that is missing, another's, or no key at all."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from naru.node import master_key
from naru.node.options import NodeOptions
from naru.security.errors import KeyRefused
from tests.node.test_serve import environment, free_port, serving


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a node that was started once."""
    folder = tmp_path_factory.mktemp("used")
    with serving(folder, "--sandbox"):
        pass
    return folder / "node"


@pytest.fixture
def folder(used: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(used, tmp_path / "node"))


def run(word: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("naru")), word, "--data", str(folder)]
    return subprocess.run(
        [*command, "--sandbox", "--port", str(free_port()), *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )


def lose_key(folder: Path) -> None:
    (folder / "keys" / "master.key").unlink()


def another_key(folder: Path) -> None:
    (folder / "keys" / "master.key").write_bytes(os.urandom(32))


def short_key(folder: Path) -> None:
    (folder / "keys" / "master.key").write_bytes(b"twelve bytes")


def open_key(folder: Path) -> None:
    (folder / "keys" / "master.key").chmod(0o644)


def broken_database(folder: Path) -> None:
    (folder / "naru.db").write_bytes(b"no database " * 1000)


FAULTS = [
    (lose_key, "no master key", "data but no key"),
    (another_key, "not the one of these data", "not the one of these data"),
    (short_key, "12 bytes", "12 bytes"),
    (open_key, "open to others", "chmod 600"),
    (broken_database, "naru.db cannot be used", "restore a broken file"),
]


@pytest.mark.parametrize(
    ("fault", "said", "advised"), FAULTS, ids=[one[0].__name__ for one in FAULTS]
)
def test_a_faulty_folder_is_refused_in_one_sentence_and_the_doctor_knows_it(
    folder: Path, fault: Callable[[Path], None], said: str, advised: str
) -> None:
    fault(folder)

    refused, examined = run("serve", folder), run("doctor", folder)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert examined.returncode == 1
    assert advised in examined.stdout
    assert examined.stderr == ""
    if fault is lose_key:
        assert not (folder / "keys" / "master.key").exists()


def test_the_doctor_finds_nothing_wrong_with_a_node_that_was_stopped(folder: Path) -> None:
    examined = run("doctor", folder)

    assert examined.returncode == 0, examined.stdout


def test_the_doctor_finds_nothing_wrong_with_a_node_that_runs(tmp_path: Path) -> None:
    with serving(tmp_path, "--sandbox") as (_, ready):
        port = ready["base"].rpartition(":")[2]

        examined = run("doctor", tmp_path / "node", "--port", port)

    assert examined.returncode == 0, examined.stdout
    assert "The node itself answers there" in examined.stdout


def test_a_key_without_its_database_is_told(folder: Path) -> None:
    (folder / "naru.db").unlink()

    examined = run("doctor", folder)

    assert examined.returncode == 1
    assert "The database is gone; restore" in examined.stdout


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    examined = run("doctor", tmp_path / "nowhere")

    assert examined.returncode == 1
    assert "No such data folder; naru serve makes one." in examined.stdout
    assert not (tmp_path / "nowhere").exists()


def test_a_keys_folder_that_others_may_enter_is_told(folder: Path) -> None:
    (folder / "keys").chmod(0o755)

    assert f"chmod 700 {folder / 'keys'}" in run("doctor", folder).stdout


@pytest.mark.parametrize("port", ["99999", "65535", "-1"])
def test_a_port_beyond_the_last_is_refused_in_words(tmp_path: Path, port: str) -> None:
    arguments = ["--port", port, "--tls-port", str(int(port) + 1)]

    refused, examined = (run(word, tmp_path, *arguments) for word in ("serve", "doctor"))

    assert refused.returncode == 1
    assert "is no port: choose one from 1 to 65535" in refused.stderr
    assert "Traceback" not in examined.stderr
    assert "port" in examined.stdout


def test_objects_alone_are_data_too(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    options = NodeOptions(data=tmp_path)
    assert not master_key.has_data(options)
    (tmp_path / "objects" / "ab").touch()

    with pytest.raises(KeyRefused, match="no master key"):
        master_key.require(options)


def test_a_database_that_does_not_answer_gives_no_new_key(tmp_path: Path) -> None:
    nobody = f"postgresql://naru@127.0.0.1:{free_port()}/naru"

    with pytest.raises(KeyRefused, match="does not say"):
        master_key.require(NodeOptions(data=tmp_path, database=nobody))

    assert not (tmp_path / "keys").exists()


def test_the_doctor_asks_the_database_that_the_folder_names(folder: Path) -> None:
    told = folder / "node.json"
    (folder / "naru.db").unlink()
    nobody = f"postgresql://naru@127.0.0.1:{free_port()}/naru"
    told.write_text(json.dumps(json.loads(told.read_text("utf-8")) | {"database": nobody}), "utf-8")

    examined = run("doctor", folder)

    assert "The database is gone" not in examined.stdout
    assert "✗ database postgresql" in examined.stdout
