"""The supervisor keeps the node's processes alive and ends them all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = """
import sys, time
from pathlib import Path
from naru.node.supervisor import ChildKeepsDying, Supervisor

folder = Path(sys.argv[1])

def sleeper():
    (folder / f"run-{time.monotonic_ns()}").touch()
    time.sleep(600)

def dier():
    (folder / f"run-{time.monotonic_ns()}").touch()

supervisor = Supervisor({"child": sleeper if sys.argv[2] == "sleep" else dier})
pids = supervisor.start()
print(pids["child"], flush=True)
try:
    supervisor.watch()
except ChildKeepsDying:
    print("gave up", flush=True)
supervisor.stop()
"""


def start(folder: Path, kind: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), kind], stdout=subprocess.PIPE, text=True
    )


def runs(folder: Path) -> int:
    return len(list(folder.glob("run-*")))


def wait_for(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]  # A callable.
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def child_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    with start(tmp_path, "sleep") as supervisor:
        child = child_of(supervisor)
        wait_for(lambda: runs(tmp_path) == 1)
        os.kill(child, signal.SIGKILL)
        wait_for(lambda: runs(tmp_path) == 2)
        supervisor.terminate()

    assert supervisor.returncode == 0


def test_a_stopped_supervisor_leaves_no_child(tmp_path: Path) -> None:
    with start(tmp_path, "sleep") as supervisor:
        child = child_of(supervisor)
        wait_for(lambda: runs(tmp_path) == 1)
        supervisor.terminate()

    assert not alive(child)


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path: Path) -> None:
    with start(tmp_path, "sleep") as supervisor:
        child = child_of(supervisor)
        wait_for(lambda: runs(tmp_path) == 1)
        supervisor.kill()
        wait_for(lambda: not alive(child))


def test_a_child_that_keeps_dying_takes_the_node_down(tmp_path: Path) -> None:
    with start(tmp_path, "die") as supervisor:
        output = supervisor.communicate(timeout=20)[0]

    assert output.endswith("gave up\n")
    assert runs(tmp_path) == 6
