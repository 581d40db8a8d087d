"""A view of the EMR's database with the columns `id` and `payload`, read and never written.

Each row becomes a file of the outbox, and from there on goes the way of every file. Which ids were
taken stands in a journal, written before the outbox is looked at: a row whose id did not get there
is written over its own file again, and never sent twice.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast
from urllib.parse import quote, unquote, urlsplit

from naru.link.agent.files import write_whole
from naru.link.agent.folder import Folder
from naru.link.errors import ConfigurationWrong, NodeUnreachable

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")
_PLACES: Final = {"sqlite": "?", "postgresql": "%s"}
CONNECT_SECONDS: Final = 10
"""How long the EMR's database may take to let us in."""


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    def fetchall(self) -> Sequence[Sequence[object]]:
        """All rows."""


class Database(Protocol):
    """What is used of a DB-API connection."""

    def execute(self, query: str, values: Sequence[object] = (), /) -> Cursor:
        """Runs one query."""

    def close(self) -> None:
        """Ends the connection."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the messages stand: `sqlite:///path` or `postgresql://…`, and the view's name."""

    url: str
    name: str

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise ConfigurationWrong("view.name must be the name of a view")
        if self._scheme not in _PLACES:
            raise ConfigurationWrong("view.url must be sqlite:///… or postgresql://…")

    @property
    def _scheme(self) -> str:
        return urlsplit(self.url).scheme

    def take(self, folder: Folder, journal: "Journal") -> int:
        """Put every new row into the outbox; the number of them."""
        with closing(self._open()) as database:
            taken = 0
            for identity, payload in self._new_rows(database, journal):
                write_whole(folder.outbox / f"{file_name(identity)}.json", payload)
                journal.add(identity)
                taken += 1
        return taken

    def _new_rows(self, database: Database, journal: "Journal") -> Iterator[tuple[str, bytes]]:
        # Ids alone are compared: a row may be committed after another with a higher id.
        everything = self._rows(database, f"SELECT id FROM {self.name}")  # noqa: S608  # The name was checked.
        for (raw,) in everything:
            if str(raw) not in journal:
                # As text, json and jsonb are what the EMR wrote, for every driver.
                place = _PLACES[self._scheme]
                one = f"SELECT CAST(payload AS text) FROM {self.name} WHERE id = {place}"  # noqa: S608  # Same.
                for (payload,) in self._rows(database, one, (raw,)):
                    yield str(raw), str(payload).encode()

    def _rows(
        self, database: Database, query: str, values: Sequence[object] = ()
    ) -> Sequence[Sequence[object]]:
        try:
            return database.execute(query, values).fetchall()
        except Exception as error:  # Each driver has its own root of exceptions.
            raise NodeUnreachable(f"the view cannot be read: {type(error).__name__}") from error

    def _open(self) -> Database:
        try:
            return _sqlite(self.url) if self._scheme == "sqlite" else _postgresql(self.url)
        except Exception as error:  # As above.
            raise NodeUnreachable(f"no database: {type(error).__name__}") from error


def _sqlite(url: str) -> Database:
    # `sqlite:////emr.db` names a file from the root, `sqlite:///emr.db` one beside the agent.
    file = quote(unquote(urlsplit(url).path.removeprefix("/")) or ":memory:")
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def _postgresql(url: str) -> Database:
    import psycopg

    return cast(
        "Database",
        psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            options="-c default_transaction_read_only=on",
        ),
    )


class Journal:
    """The ids that were taken, one on each line, durable before the next is taken."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._taken = set(file.read_text("utf-8").splitlines()) if file.exists() else set()

    def __contains__(self, identity: str) -> bool:
        return _line(identity) in self._taken

    def add(self, identity: str) -> None:
        """Remember that the id was taken."""
        line = _line(identity)
        with self._file.open("ab") as journal:
            # A line that was cut off by a crash is ended first; it matches no id.
            journal.write(f"\n{line}\n".encode())
            journal.flush()
            os.fsync(journal.fileno())
        self._taken.add(line)


def _line(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()


def file_name(identity: str) -> str:
    """The name under which a row's message goes through the folder."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", identity)[:40]
    return f"view-{plain}-{_line(identity)[:12]}"
