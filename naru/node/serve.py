"""`naru serve`: run the node's roles until told to stop."""

import gc
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from naru.node import folder, preparation, readiness, roles, tls
from naru.node.options import NodeOptions
from naru.node.supervisor import ChildKeepsDying, Supervisor

COLLECT_EVERY: Final = 20_000
"""Objects more than before, after which cycles are looked for.

A clinician's first page makes half as many that all live until it is answered: looked for after
every 700, as is usual, they took a sixth of the page's time, and now and then one look at all.
"""

TELL_SECONDS: Final = 5.0
"""How long the last of the web workers may take to start after the first one answers."""


def serve(options: NodeOptions, ready_file: Path | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop, 1 when the node cannot stay up."""
    if ready_file:
        ready_file.unlink(missing_ok=True)
    try:
        folder.require_kind(options)
        preparation.require_ports(options)
        preparation.require_files(options)
        complete = preparation.prepare(options)
        folder.remember(options)
        options = complete
    except (preparation.NotPrepared, folder.FolderRefused) as refusal:
        sys.stderr.write(f"naru: {refusal}\n")
        return 1
    from naru.node import activity  # It needs the settings, which exist from here on.

    activity.started()
    reports, report = os.pipe()
    supervisor = Supervisor(_works(options, lambda pid: _tell(report, pid)))
    gc.freeze()  # What is loaded by now is shared with the children, not copied by the collector.
    gc.set_threshold(COLLECT_EVERY)  # The children's too.
    supervisor.start()
    try:
        return _watch(supervisor, options, ready_file, reports)
    except (readiness.NotReady, ChildKeepsDying) as error:
        sys.stderr.write(f"naru: {error}\n")
        return 1
    finally:
        supervisor.stop()
        activity.stopped()
        if ready_file:
            ready_file.unlink(missing_ok=True)


def _watch(
    supervisor: Supervisor, options: NodeOptions, ready_file: Path | None, reports: int
) -> int:
    readiness.await_answer(options)
    pids: dict[str, object] = {"supervisor": os.getpid(), **supervisor.pids()}
    if ready_file:
        pids["workers"] = _told(reports, options.workers)
        readiness.write(ready_file, options, pids)
    wire = readiness.wire_url(options)
    doors = f"; wire doors: {wire} (mutual TLS)" if wire else ""
    sys.stderr.write(f"naru: {readiness.base_url(options)} answers{doors}\n")
    supervisor.watch()
    return 0


def _works(options: NodeOptions, started: Callable[[int], None]) -> dict[str, Callable[[], None]]:
    from naru.node import audit_repository, web, work

    identity = tls.server_identity(options) if options.tls_port else None
    works: dict[str, Callable[[], None]] = {
        "web": lambda: web.WebServer(options, identity, started).run()
    }
    if roles.plays(options.roles, "worker"):
        works["worker"] = lambda: work.run(options)
    if roles.plays(options.roles, "audit") and audit_repository.is_wanted(options):
        works["audit"] = lambda: audit_repository.run(options)
    return works


def _tell(pipe: int, pid: int) -> None:
    os.write(pipe, f"{pid}\n".encode())


def _told(pipe: int, expected: int) -> list[int]:
    """The process ids of the web workers; the first may answer before the last has started."""
    told: list[int] = []
    while len(told) < expected and select.select([pipe], [], [], TELL_SECONDS)[0]:
        told += [int(pid) for pid in os.read(pipe, 65536).split()]
    return told
