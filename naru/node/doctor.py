"""`naru doctor`: what is wrong with this node, in words, and what to do about it.

Each check looks at one thing and changes nothing.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Final

from naru.node import preparation, readiness
from naru.node.audit_checks import audit_destinations, given_certificates
from naru.node.data_checks import (
    data_folder,
    database,
    keys_folder,
    mark_in,
    sandbox_mark,
    the_master_key,
)
from naru.node.finding import Check, Finding
from naru.node.notice_checks import notice_channels
from naru.node.options import NodeOptions
from naru.node.trust_checks import undeclared_signers

PYTHON: Final = (3, 11)
ROOM_NEEDED: Final = 1024**3
"""A gigabyte: below it a node that is used may fill its disk within a day."""

EXPIRES_SOON: Final = timedelta(days=30)


def examine(options: NodeOptions, say: Callable[[str], None] = print) -> int:
    """Tell of every check; 0 when nothing is wrong, else 1."""
    findings = [check(options) for check in CHECKS]
    for finding in findings:
        say(f"{'✓' if finding.well else '✗'} {finding.what}")
        if not finding.well:
            say(f"    {finding.korean}\n    {finding.english}")
    wrong = sum(not finding.well for finding in findings)
    say("모두 정상입니다. All is well." if not wrong else f"살펴볼 것: {wrong}. To mend: {wrong}.")
    return 1 if wrong else 0


def python_version(_options: NodeOptions) -> Finding:
    """Python 3.11 or later."""
    found = sys.version_info[:3]
    return Finding(
        what=f"Python {'.'.join(map(str, found))}",
        well=found >= PYTHON,
        korean="Python 3.11 이상이 필요합니다. 새 Python을 설치하고 make setup을 다시 하십시오.",
        english="Python 3.11 or later is needed. Install it and run make setup again.",
    )


def sqlite_version(options: NodeOptions) -> Finding:
    """A SQLite without the WAL-reset fault, where SQLite is used at all."""
    from naru.storage import sqlite

    library = sqlite.install()
    return Finding(
        what=str(library),
        well=bool(options.database) or library.sound,
        korean="이 SQLite는 기록을 망가뜨릴 수 있습니다. pysqlite3를 설치하십시오: make setup",
        english="This SQLite may corrupt a database. Install pysqlite3: make setup",
    )


def ports(options: NodeOptions) -> Finding:
    """Both ports are free, or this node itself answers there."""
    wanted = [port for port in (options.port, options.tls_port) if port]
    what = f"port {', '.join(map(str, wanted))}"
    taken = [port for port in wanted if not _free(options, port)]
    if taken and _answers_itself(options, taken):
        return Finding(what=f"{what}: 이 노드가 대답하고 있습니다. The node itself answers there.")
    return Finding(
        what=what,
        well=not taken,
        korean=f"{taken} 포트를 쓸 수 없거나 다른 프로그램이 쓰고 있습니다. "
        "끝내거나 --port로 다른 것을 고르십시오.",
        english=f"Not to be used, or another program listens on: {taken}. "
        "End it, or choose another with --port.",
    )


def disk_space(options: NodeOptions) -> Finding:
    """A gigabyte is free where the data lie."""
    free = shutil.disk_usage(_existing(options.data)).free
    return Finding(
        what=f"disk {free / ROOM_NEEDED:.1f} GiB free",
        well=free >= ROOM_NEEDED,
        korean="남은 공간이 1 GiB보다 적습니다. 비우거나 --data로 더 큰 디스크를 고르십시오.",
        english="Less than 1 GiB is left. Free some, or choose a larger disk with --data.",
    )


def certificates(options: NodeOptions) -> Finding:
    """The authority's and the server's certificates hold for a month yet."""
    late = [file.name for file in _certificates(options) if _ends(file) < _now() + EXPIRES_SOON]
    return Finding(
        what=f"certificates in {options.authority}",
        well=not late,
        korean=f"곧 끝나거나 읽을 수 없는 인증서: {', '.join(late)}. "
        "지우고 naru serve를 다시 시작하십시오.",
        english=f"Ending soon or unreadable: {', '.join(late)}. Remove them and start naru serve.",
    )


CHECKS: Final[tuple[Check, ...]] = (
    python_version,
    sqlite_version,
    data_folder,
    keys_folder,
    the_master_key,
    ports,
    disk_space,
    database,
    certificates,
    given_certificates,
    audit_destinations,
    notice_channels,
    sandbox_mark,
    undeclared_signers,
)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def _free(options: NodeOptions, port: int) -> bool:
    try:
        preparation.require_ports(replace(options, port=port, tls_port=0))
    except preparation.NotPrepared:
        return False
    return True


def _answers_itself(options: NodeOptions, taken: list[int]) -> bool:
    """Whether a node of this folder's kind is behind every port that is taken."""
    told = readiness.told_by(options)
    if told is None:
        return False
    mark = mark_in(options.database_file) if not options.database else None
    same = mark is None or mark == (told.get("sandbox"), told.get("demo"))
    return same and set(taken) <= {options.port, told.get("tls_port")}


def _certificates(options: NodeOptions) -> Iterator[Path]:
    files: Iterable[Path] = (options.authority / "ca.pem", options.authority / "server.pem")
    return (file for file in files if file.exists())


def _ends(file: Path) -> datetime:
    x509 = import_module("cryptography.x509")
    try:
        ends: datetime = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return ends


def _now() -> datetime:
    return datetime.now(UTC)
