"""`naru demo` from a shell: told, checked, and ended."""

import html
import json
import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from naru.demo.stories import chest_pain
from tests.demo.conftest import Demo, environment, free_port, program, running


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(), "demo", *arguments],
        capture_output=True,
        text=True,
        env=environment() | variables,
        timeout=90,
        check=False,
    )


def test_the_story_is_played_and_every_step_comes_out(tmp_path: Path) -> None:
    """And what is told of the same patient, on a demo that no other test shares."""
    where = ("--data", str(tmp_path / "demo"), "--port", str(free_port()))
    told = run("--exit", "--story", "chest-pain", *where)

    assert told.returncode == 0, told.stdout + told.stderr
    assert all(one.sentence in told.stdout for one in chest_pain.STORY.steps)
    assert "접수처에서 교류에 동의했습니다" in told.stdout
    assert "찾아온 김하늘 님을 접수했습니다" in told.stdout
    assert "아무것도 보이지 않고, 열리지도 않습니다" in told.stdout
    assert "모든 단계가 맞습니다" in told.stdout


def test_a_folder_that_is_no_demos_is_never_wiped(tmp_path: Path) -> None:
    kept = tmp_path / "letters.txt"
    kept.write_text("mine")

    told = run("--exit", "--data", str(tmp_path))

    assert told.returncode == 1
    assert "지우지 않습니다" in told.stdout
    assert kept.read_text() == "mine"


def test_an_open_demo_is_never_wiped_by_another(demo: Demo) -> None:
    records = (demo.folder / "story.json").read_text("utf-8")

    told = run("--data", str(demo.folder))

    assert told.returncode == 1
    assert "시연이 이미 열려 있습니다" in told.stdout
    assert f"{demo.base}/demo" in told.stdout
    assert (demo.folder / "story.json").read_text("utf-8") == records


def test_a_story_told_beside_an_open_demo_leaves_nothing(demo: Demo, tmp_path: Path) -> None:
    records = (demo.folder / "story.json").read_text("utf-8")

    told = run("--exit", "--data", str(demo.folder), TMPDIR=str(tmp_path))

    assert told.returncode == 0, told.stdout + told.stderr
    assert "임시 폴더에서 합니다" in told.stdout
    assert "모든 단계가 맞습니다" in told.stdout
    assert list(tmp_path.iterdir()) == []
    assert (demo.folder / "story.json").read_text("utf-8") == records
    with urllib.request.urlopen(f"{demo.base}/demo", timeout=20) as answer:
        assert answer.status == 200


def test_what_was_kept_goes_on_at_another_port(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", free_port()
    assert run("--exit", "--data", str(folder), "--port", str(free_port())).returncode == 0
    records = (folder / "story.json").read_text("utf-8")

    told = run("--exit", "--keep", "--data", str(folder), "--port", str(port))

    assert told.returncode == 0, told.stdout + told.stderr
    assert (folder / "story.json").read_text("utf-8") == records
    assert f"127.0.0.1:{port + 1}" in (folder / "ieum" / "link.toml").read_text("utf-8")


def test_a_demos_folder_is_not_served_as_a_real_one(demo: Demo) -> None:
    told = subprocess.run(
        [program(), "serve", "--data", str(demo.folder), "--port", str(free_port())],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )

    assert told.returncode == 1
    assert "only `naru demo` opens it" in told.stderr


@pytest.fixture(scope="module")
def told_a_moment_ago(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The commands under the steps of a demo that nobody has touched, by their name."""
    with running(tmp_path_factory.mktemp("story") / "data") as demo:
        with urllib.request.urlopen(f"{demo.base}/demo", timeout=20) as answer:
            page = answer.read().decode()
        commands = [html.unescape(one) for one in re.findall(r"<code>(.+?)</code>", page)]
        # The newest of each; a withdrawal would take away what the next command asks for.
        yield {shlex.split(one)[2]: one for one in commands if "--withdraw" not in one}


@pytest.mark.parametrize("command", ["send", "receive", "find", "open", "consent"])
def test_each_command_on_the_page_works_when_it_is_pasted(
    told_a_moment_ago: dict[str, str], command: str
) -> None:
    pasted = shlex.split(told_a_moment_ago[command])

    done = subprocess.run(pasted, capture_output=True, text=True, env=environment(), check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("document", ["referral", "summary"])
def test_nothing_is_found_wrong_with_what_the_story_sends(
    told_a_moment_ago: dict[str, str], document: str
) -> None:
    pasted = shlex.split(told_a_moment_ago["send"].replace("referral.json", f"{document}.json"))

    done = subprocess.run(pasted, capture_output=True, text=True, env=environment(), check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["warnings"] == []
