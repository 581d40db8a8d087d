"""One running demo for all tests of this folder, and one browser where Chromium is present."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.acting import node
from tests.demo.browsing import PHONE, Open, Seen, Walk, Way
from tests.ports import free_port

CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its page's base address, its folder, and what it told on the console."""

    base: str
    folder: Path
    told: str


def program() -> str:
    return str(Path(sys.executable).with_name("naru"))


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started once; the flows leave the consent standing."""
    with running(tmp_path_factory.mktemp("demo") / "data") as started:
        yield started


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """A demo that has told its story and stays up."""
    process = subprocess.Popen(
        [program(), "demo", "--data", str(folder), "--port", str(free_port())],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        told = _until_page(process)
        base = re.search(r"화면: (http://\S+)/demo", told).group(1)
        yield Demo(base, folder, told)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def _until_page(process: subprocess.Popen[str]) -> str:
    told = ""
    for line in process.stdout:
        told += line
        if "화면: " in line:
            return told
    pytest.fail(f"the demo ended: {told}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: from Debian's packages, which root may install; otherwise left out with a word."""
    if not Path(CHROMIUM).exists():
        _install()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The driver keeps an event loop in this thread, also for the tests that come after; it
        # asks the database nothing by itself.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        expect.set_options(timeout=30_000)  # As long as a press may wait: machines are slow.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a browser's page as somebody has it: see `browsing.py`."""
    contexts: list[BrowserContext] = []

    def open_one(demo: Demo, size: dict[str, int] = PHONE, *, scripts: bool = True) -> Seen:
        options = {"viewport": size, "locale": "en-US", "java_script_enabled": scripts}
        contexts.append(browser.new_context(**options))
        return Seen(contexts[-1].new_page(), demo.base, scripts)

    yield open_one
    for one in contexts:
        one.close()


@pytest.fixture
def base(transactional_db: None) -> Iterator[str]:
    """The pages of a node where people sign in, served in this process to this test alone."""
    with node():
        server = LiveServer(f"localhost:{free_port()}")
        yield server.url
        server.stop()


@pytest.fixture
def walk(base: str, browser: Browser, way: Way) -> Iterator[Walk]:
    """Walks a flow in one way: see `browsing.py`."""
    walking = Walk(base, way, browser)
    yield walking
    walking.end()


def _install() -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip("no browser tests: /usr/bin/chromium is not installed")
    wait = ["-o", "DPkg::Lock::Timeout=300"]  # Another test process may be installing.
    packages = ["-y", "-q", "chromium", "fonts-noto-cjk"]
    for command in (["apt-get", "-q", "update"], ["apt-get", *wait, "install", *packages]):
        done = subprocess.run(command, capture_output=True, check=False, timeout=600)
    if done.returncode or not Path(CHROMIUM).exists():
        pytest.skip("no browser tests: chromium could not be installed")
