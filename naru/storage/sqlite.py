"""The one place where SQLite is chosen and its promises are switched on.

Versions before 3.51.3 can corrupt a database when a write-ahead log is reset, so the library comes
from PyPI (`pysqlite3`) and takes the place of the standard library's before Django's backend loads.
Where no `pysqlite3` exists for a platform, the standard library's own serves if it is new enough.
"""

import importlib
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

MINIMUM = (3, 51, 3)  # https://sqlite.org/wal.html#walresetbug

BUSY_SECONDS = 20
"""How long a writer waits for another; longer than any transaction of ours may last."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # A commit that was answered survives a power cut.
    "foreign_keys=ON",
    "secure_delete=ON",  # A deleted key leaves no copy in the file's free space.
    "temp_store=MEMORY",  # Sorting never writes patients' data to a temporary file.
    "mmap_size=268435456",
    "cache_size=-16000",  # 16 MB for each connection.
    "journal_size_limit=67108864",
)


class SQLiteTooOld(RuntimeError):
    """The only SQLite found has the WAL-reset bug."""


@dataclass(frozen=True, slots=True)
class Library:
    """The SQLite in use: which module carries it and its version."""

    module: str
    version: tuple[int, ...]

    @property
    def sound(self) -> bool:
        """Whether the version is free of the WAL-reset bug."""
        return self.version >= MINIMUM

    def __str__(self) -> str:
        return f"SQLite {'.'.join(map(str, self.version))} ({self.module})"


def install() -> Library:
    """Put `pysqlite3` in the place of `sqlite3` where it is installed; say which one serves."""
    try:
        chosen = importlib.import_module("pysqlite3")
    except ImportError:
        return Library("sqlite3", sqlite3.sqlite_version_info)
    sys.modules["sqlite3"] = chosen
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
    return Library("pysqlite3", chosen.sqlite_version_info)


def require_sound(library: Library) -> None:
    """Refuse to open a database with a library that may corrupt it."""
    if not library.sound:
        needed = ".".join(map(str, MINIMUM))
        raise SQLiteTooOld(f"{library} may corrupt a database; {needed} or later is needed.")


def database(file: Path) -> dict[str, object]:
    """Django's description of one SQLite file, opened so that an answered commit is durable."""
    return {
        "ENGINE": "naru.storage.sqlite_in_turn",
        "NAME": file,
        "CONN_MAX_AGE": None,  # Connections live as long as their thread.
        "OPTIONS": {
            "timeout": BUSY_SECONDS,
            # The default, DEFERRED, fails when a reader becomes a writer behind another.
            "transaction_mode": "IMMEDIATE",
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
        },
        # A database in memory has no log; tests use a real file beside the real one.
        "TEST": {"NAME": file.with_name(f"test-{file.name}")},
    }
