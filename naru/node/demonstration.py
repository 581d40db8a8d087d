"""`naru demo`: prepare a data folder of its own, start the node, play the story, stay up."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from naru.node import folder_lock, preparation, readiness, simulated
from naru.node.options import DEFAULT_PORT, NodeOptions
from naru.node.simulated import World

DEFAULT_DATA: Final = Path("demo-data")
MARK: Final = "SYNTHETIC"
"""A file that says that a folder may be wiped: nobody in it exists."""

PORTS: Final = range(DEFAULT_PORT, DEFAULT_PORT + 100, 10)
"""Tried in turn when no port was asked for."""

_PAUSE: Final = 0.05
_STOP_SECONDS: Final = 20.0


class DemoStopped(Exception):
    """The demo cannot go on; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    data: Path
    port: int | None
    leave: bool
    keep: bool
    story: str = ""
    """A told story to play too, by its key; `all` for each."""


def demonstrate(wish: Wish) -> int:
    """Play the demo; 0 when every step came out as it must."""
    _say("나루 교류 시연 · 사람과 병원은 모두 가상입니다")
    try:
        _require_wipeable(wish.data)
        with folder_lock.held(wish.data) as lock:
            return _demonstrate(wish, lock)
    except folder_lock.AlreadyOpen as other:
        return _beside(wish, other)
    except DemoStopped as stopped:
        _say(f"naru demo: {stopped}")
        return 1


def _beside(wish: Wish, other: folder_lock.AlreadyOpen) -> int:
    """Where a demo is open in the folder: leave it alone, and play elsewhere if only to play."""
    at = f" {other.address}" if other.address else ""
    if not wish.leave or wish.keep:
        _say(
            f"naru demo: {wish.data} 폴더에서 시연이 이미 열려 있습니다:{at or ' (준비 중)'}. "
            "그 화면을 쓰거나, 끝낸 뒤 다시 하거나, --data로 다른 폴더를 고르세요. "
            f"(A demo is open in {wish.data}{at}; use it, end it, or choose another with --data.)"
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="naru-demo-") as folder:
        _say(f"     {wish.data} 폴더에서는 시연이 열려 있어 임시 폴더에서 합니다.")
        return demonstrate(replace(wish, data=Path(folder)))


def _demonstrate(wish: Wish, lock: folder_lock.FolderLock) -> int:
    with simulated.world() as world:
        return _beside_world(wish, lock, world)


def _beside_world(wish: Wish, lock: folder_lock.FolderLock, world: World) -> int:
    from naru.demo import outside

    began = time.perf_counter()
    options, patient = _prepare(wish, world)
    took = time.perf_counter() - began
    _say(f"     준비했습니다: 사람 200명, 거점 2곳, 병원 5곳과 약국, 받는 기관 5곳  ({took:.1f}초)")
    wire = f"https://127.0.0.1:{options.tls_port}"
    with simulated.agencies(options.data, wire) as agencies, _node(options) as process:
        outside.write((*world.places(), *agencies), options.data)
        lock.tell(f"{options.pages_url}/demo")
        return _play(wish, options, patient, process, began)


def _play(
    wish: Wish, options: NodeOptions, patient: UUID, process: subprocess.Popen[bytes], began: float
) -> int:
    from naru.demo.play import play

    base = readiness.base_url(options)
    _say(f"     노드가 대답합니다: {base}  ({time.perf_counter() - began:.1f}초)")
    whole = wish.keep or play(options.data, base, patient, _say)
    whole = _play_stories(wish, options) and whole
    if not wish.keep:
        told = "모든 단계가 맞습니다." if whole else "맞지 않는 단계가 있습니다."
        _say(f"     {told}  ({time.perf_counter() - began:.1f}초)")
    if wish.leave or not whole:
        return 0 if whole else 1
    _say(f"\n화면: {options.pages_url}/demo    (끝내려면 Ctrl-C)")
    return _stay(process)


def _play_stories(wish: Wish, options: NodeOptions) -> bool:
    """Play the stories that were asked for; whether each came out."""
    from naru.demo.stories.told import STORIES, play

    asked = [one for one in STORIES if wish.story in {one.key, "all"}]
    if wish.story and not asked:
        names = ", ".join(one.key for one in STORIES)
        raise DemoStopped(f"그런 이야기는 없습니다: {wish.story} ({names}, all)")
    # Each is played although one before went wrong.
    came_out = [play(one, options.data, options.pages_url, _say) for one in asked]
    return all(came_out)


def _stay(process: subprocess.Popen[bytes]) -> int:
    """Until Ctrl-C or SIGTERM, or until the node ends by itself, which is a failure."""
    stops = {signal.SIGINT, signal.SIGTERM}
    while process.poll() is None:
        if signal.sigtimedwait(stops, 0.5) is not None:
            _say("\n시연을 마칩니다.")
            return 0
    raise DemoStopped("노드가 멈추었습니다.")


def _prepare(wish: Wish, world: World) -> tuple[NodeOptions, UUID]:
    """The node's options and the patient of the story; the folder is new unless it is kept."""
    if not (wish.keep and (wish.data / MARK).exists()):
        _clear(wish.data)
    world.connect(wish.data)
    options = replace(
        _options(wish),
        identity_provider=world.identity.url,
        identity_key=wish.data / simulated.IDENTITY_KEY,
    )
    try:
        complete = preparation.prepare(options)
    except preparation.NotPrepared as refusal:
        raise DemoStopped(str(refusal)) from refusal
    return complete, _staged(complete)


def _staged(options: NodeOptions) -> UUID:
    from django.db import connections

    from naru.demo import stage, story
    from naru.demo.population import population
    from naru.ui.clock import now

    site = stage.Site(
        data=options.data.resolve(),
        authority=options.authority,
        wire=f"https://127.0.0.1:{options.tls_port}",
        program=_program(),
    )
    kept = story.read(options.data)
    told = stage.resume(site, kept) if kept else stage.set_up(site, now(), population())
    if not kept:
        stage.load_terms(now())
    story.write(told, options.data)
    connections.close_all()
    return told.patient


def _require_wipeable(data: Path) -> None:
    """Never wipe a folder that holds anything and is not marked as one that may be wiped."""
    theirs = data.is_dir() and any(one.name != folder_lock.FILE for one in data.iterdir())
    if (data.exists() and not data.is_dir()) or (theirs and not (data / MARK).exists()):
        raise DemoStopped(
            f"{data} 폴더는 시연용이 아니어서 지우지 않습니다. --data로 다른 폴더를 고르세요. "
            f"({data} is not a demo's folder; choose another with --data.)"
        )


def _clear(data: Path) -> None:
    """An empty folder but for our lock, marked as one that may be wiped."""
    data.chmod(0o700)
    for one in data.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif one.name != folder_lock.FILE:
            one.unlink()
    (data / MARK).write_text("가상의 사람과 병원. Synthetic people and hospitals.\n", "utf-8")


def _options(wish: Wish) -> NodeOptions:
    from naru.demo.cast import AFFINITY_DOMAIN, RESIDENT_NUMBERS

    port = wish.port or _free_port()
    return NodeOptions(
        data=wish.data,
        port=port,
        tls_port=port + 1,
        pages=f"http://localhost:{port}",  # A name: passkeys belong to no address of numbers.
        demo=True,
        affinity_domains=(AFFINITY_DOMAIN,),
        rrn_authority=RESIDENT_NUMBERS,
        workers=1,
    )


def _free_port() -> int:
    for port in PORTS:
        try:
            preparation.require_ports(NodeOptions(port=port, tls_port=port + 1))
        except preparation.NotPrepared:
            continue
        return port
    raise DemoStopped("빈 포트가 없습니다. --port로 고르세요. (No port is free; choose one.)")


@contextmanager
def _node(options: NodeOptions) -> Iterator[subprocess.Popen[bytes]]:
    """The node as a process of its own, answering; stopped on leaving."""
    ready = options.data / "ready.json"
    ready.unlink(missing_ok=True)
    log = options.data / "node.log"
    command = [sys.executable, "-m", "naru.node.cli", "serve", "--ready-file", str(ready)]
    environment = os.environ | options.to_environment()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # Our own program.
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _await(process, ready, log)
        yield process
    finally:
        _stop(process)


def _await(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    deadline = time.monotonic() + readiness.PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if ready.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(_PAUSE)
    told = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    raise DemoStopped(
        "노드가 시작되지 않았습니다. `naru doctor`가 까닭을 알려 줍니다. "
        f"(The node did not start: {''.join(told) or log})"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _program() -> str:
    """How this program is called from the current folder."""
    installed = Path(sysconfig.get_path("scripts")) / "naru"
    seen = os.path.relpath(installed)
    return str(installed) if seen.startswith("..") else seen


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
