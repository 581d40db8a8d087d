"""The master key at a start: made for a new node only, demanded of one that has data."""

from pathlib import Path

from naru.node.options import NodeOptions
from naru.security import key_file
from naru.security.errors import KeyRefused
from naru.security.keys import create_master_key


def require(options: NodeOptions) -> None:
    """See that the master key is there, and make it where nothing has been sealed yet.

    Raises KeyRefused: a new key beside existing data would hide every record from everybody.
    """
    if not is_held(options.keys):
        if has_data(options):
            raise KeyRefused(
                f"there are data but no master key: put {options.keys} back from the backup "
                "(only a folder and a database without data are given a new key)"
            )
        create_master_key(options.keys)
    require_opened(options.keys)


def is_held(folder: Path) -> bool:
    """Whether the folder has keys at all: a ring, or the master key with which one begins."""
    return (folder / key_file.RING).exists() or (folder / key_file.MASTER).exists()


def require_opened(folder: Path) -> key_file.KeyFile:
    """The ring, once its root has opened every generation of it. Raises KeyRefused."""
    ring, root = key_file.read_or_first(folder)
    for entry in ring.entries:
        key_file.unwrapped(root, entry)
    return ring


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
