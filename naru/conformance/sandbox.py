"""A node of our own to test: `naru serve --sandbox` in a folder that is gone afterwards."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from naru.conformance.library import CasesRefused, Library
from naru.conformance.placeholders import patients_in
from naru.conformance.plan import LIMITS, Step
from naru.domain.identifiers import is_oid
from naru.formats.xml import XmlRefused, parse

PATIENCE_SECONDS: Final = 90.0
_PORTS: Final = range(30300, 32700, 10)  # Below those that the system lends to clients.
_PAUSE: Final = 0.05
_STOP_SECONDS: Final = 20.0


class SandboxFailed(Exception):
    """The node did not start; the sentence is its own last one."""


def codes_of(roots: Sequence[Path]) -> Path | None:
    """The code sets that come with the cases, where they do."""
    for root in roots:
        for folder in (root, root.parent):
            if (folder / "env" / "codes.xml").is_file():
                return folder / "env" / "codes.xml"
    return None


def authorities_of(codes: Path | None) -> tuple[str, ...]:
    """The assigning authorities of patient ids that a `codes.xml` names, by OID."""
    root = parse(codes.read_bytes()) if codes else None
    ids = (
        [one.get("id", "") for one in root.iterchildren("AssigningAuthority")]
        if root is not None
        else []
    )
    return tuple(one.strip("&").partition("&")[0] for one in ids)


def authorities_named(library: Library) -> tuple[str, ...]:
    """The authorities of patients whom the cases' own files name, by OID."""
    found: dict[str, None] = {}
    for key in library.chosen:
        step = library.steps[key]
        if step.metadata_file and "NoPatientId" in step.flags:
            found.update(dict.fromkeys(_authorities(library, step)))
    return tuple(sorted(found))


def _authorities(library: Library, step: Step) -> Iterator[str]:
    try:
        root = parse(library.file(step, step.metadata_file or "").read_bytes(), limits=LIMITS)
    except (CasesRefused, XmlRefused, OSError):
        return  # The step itself will tell.
    for patient in patients_in(root):
        authority = patient.partition("^^^&")[2].partition("&")[0]
        if is_oid(authority):
            yield authority


@contextmanager
def running(codes: Path | None, patient_domains: Sequence[str]) -> Iterator[str]:
    """The address of a sandbox that answers and takes patients of these domains in, by OID."""
    with tempfile.TemporaryDirectory(prefix="naru-conformance-") as folder:
        ready, log = Path(folder) / "ready.json", Path(folder) / "node.log"
        command = [sys.executable, "-m", "naru.node.cli", "serve", "--sandbox"]
        command += ["--data", f"{folder}/data", "--ready-file", str(ready)]
        command += ["--port", str(_free_port()), "--workers", "1"]
        command += ["--codes", str(codes)] if codes else []
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # Our own program.
                command,
                env=_environment() | {"NARU_AFFINITY_DOMAINS": ",".join(patient_domains)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            _await(process, ready, log)
            yield str(json.loads(ready.read_text("utf-8"))["base"])
        finally:
            _stop(process)


def _environment() -> dict[str, str]:
    """Nothing of another node's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}


def _free_port() -> int:
    start = os.getpid() % len(_PORTS)
    turns: list[int] = [*_PORTS[start:], *_PORTS[:start]]
    for port in turns:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise SandboxFailed("no port is free")


def _await(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if ready.exists():
            return
        time.sleep(_PAUSE)
    told = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    raise SandboxFailed("".join(told) or "it said nothing")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
