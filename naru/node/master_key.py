"""The master key at a start: made for a new node only, demanded of one that has data."""

from pathlib import Path
from typing import Final

from naru.node.options import NodeOptions
from naru.security.errors import KeyRefused
from naru.security.keys import create_master_key, read_master_key

FILE: Final = "master.key"


def require(options: NodeOptions) -> None:
    """See that the master key is there, and make it where nothing has been sealed yet.

    Raises KeyRefused: a new key beside existing data would hide every record from everybody.
    """
    key = options.keys / FILE
    if not key.exists() and has_data(options):
        raise KeyRefused(
            f"there are data but no master key: put {key} back from the backup "
            "(only a folder and a database without data are given a new key)"
        )
    create_master_key(options.keys)
    read_master_key(options.keys)


def has_data(options: NodeOptions) -> bool:
    """Whether anything may have been sealed already: a database, its mark, or objects."""
    if holds(options.data / "objects"):
        return True
    return _is_marked(options.database) if options.database else options.database_file.exists()


def holds(folder: Path) -> bool:
    """Whether there is anything in a folder."""
    return folder.is_dir() and any(folder.iterdir())


def _is_marked(url: str) -> bool:
    """Asked without Django, whose settings need the key."""
    import psycopg

    try:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT 1 FROM node_mark").fetchone() is not None
    except psycopg.errors.UndefinedTable:
        return False
    except psycopg.Error as error:
        raise KeyRefused(
            "there is no master key, and the database does not say whether it is new "
            f"({type(error).__name__}); check its address, or put the key back from the backup"
        ) from error
