"""What `naru doctor` looks at in the data folder: folders, key, database, mark."""

import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from naru.node import master_key, preparation
from naru.node.finding import Finding
from naru.node.options import NodeOptions
from naru.security.errors import KeyRefused
from naru.security.key_file import KeyFile, Step
from naru.storage.sqlite import SQLiteTooOld

OLD: Final = timedelta(days=365)
"""Keys that seal for longer than this should be rotated."""

UNFINISHED: Final = timedelta(days=1)
"""A step of a rotation that lasts longer has been left alone."""


def data_folder(options: NodeOptions) -> Finding:
    """The data folder is there and can be written, and only its owner may enter."""
    what = f"data folder {options.data}"
    if not options.data.is_dir():
        return Finding(
            what=what,
            well=False,
            korean="그런 데이터 폴더가 없습니다. naru serve가 처음 시작할 때 만듭니다.",
            english="No such data folder; naru serve makes one.",
        )
    if not os.access(options.data, os.W_OK | os.X_OK):
        return Finding(
            what=what,
            well=False,
            korean="폴더에 쓸 수 없습니다. 권한을 주거나 --data로 다른 곳을 고르십시오.",
            english="It cannot be written. Grant it, or choose another with --data.",
        )
    return Finding(
        what=what,
        well=not _others_may(options.data),
        korean=f"다른 사용자가 들어갈 수 있습니다: chmod 700 {options.data}",
        english=f"Other users may enter: chmod 700 {options.data}",
    )


def keys_folder(options: NodeOptions) -> Finding:
    """Only its owner may enter the keys folder."""
    return Finding(
        what=f"keys folder {options.keys}",
        well=not options.keys.exists() or not _others_may(options.keys),
        korean=f"다른 사용자가 들어갈 수 있습니다: chmod 700 {options.keys}",
        english=f"Other users may enter: chmod 700 {options.keys}",
    )


def the_master_key(options: NodeOptions) -> Finding:
    """The master key is whole and its owner's alone; a node that has data must have its key."""
    what = f"master key in {options.keys}"
    if not master_key.is_held(options.keys):
        return Finding(
            what=what,
            well=not (options.database_file.exists() or master_key.holds(options.data / "objects")),
            korean="데이터는 있는데 키가 없습니다. "
            "백업에서 keys 폴더를 되돌리기 전에는 열 수 없습니다.",
            english="There are data but no key. Restore the folder keys from a backup.",
        )
    try:
        ring = master_key.require_opened(options.keys)
    except KeyRefused as refused:
        return Finding(
            what=what,
            well=False,
            korean="키를 쓸 수 없습니다. 다른 사용자가 읽을 수 있으면 chmod 600, "
            "망가졌으면 백업에서 되돌리십시오.",
            english=f"{refused} Or restore it from a backup.",
        )
    return _age(ring, what, datetime.now(UTC))


def _age(ring: KeyFile, what: str, now: datetime) -> Finding:
    """How old the generation is that seals, and whether a rotation was left unfinished."""
    days = (now - ring.made(ring.sealing)).days
    what = f"{what}: generation {ring.sealing}, {days} days"
    late = ring.step is not Step.SETTLED and now - ring.since > UNFINISHED
    if late:
        return Finding(
            what=what,
            well=False,
            korean="열쇠 교체가 끝나지 않았습니다. worker 역할의 노드가 도는지, "
            "naru keys status로 무엇이 남았는지 보십시오.",
            english="A rotation of the keys is unfinished. See that a node with the role worker "
            "runs, and what is left by naru keys status.",
        )
    return Finding(
        what=what,
        well=days < OLD.days,
        korean=f"열쇠가 {OLD.days}일보다 오래되었습니다: naru keys rotate",
        english=f"The keys are older than {OLD.days} days: naru keys rotate",
    )


def database(options: NodeOptions) -> Finding:
    """The database answers, has the tables of this version, and opens with the master key."""
    if not options.database and not options.database_file.exists():
        return _no_database(options)
    if not master_key.is_held(options.keys) or not the_master_key(options).well:
        return Finding(what="database: opened only with its master key")
    try:
        preparation.enter(options)
    except (KeyRefused, ValueError, OSError, SQLiteTooOld) as refused:
        return Finding(
            what="database",
            well=False,
            korean=f"설정을 읽을 수 없습니다: {refused}",
            english="The settings cannot be read; see above.",
        )
    return _entered(options)


def _no_database(options: NodeOptions) -> Finding:
    held = master_key.is_held(options.keys) or master_key.holds(options.data / "objects")
    return Finding(
        what="database: made at the first start" if not held else "database",
        well=not held,
        korean=f"데이터베이스가 없어졌습니다. 백업에서 {options.database_file}을(를) 되돌리십시오.",
        english=f"The database is gone; restore {options.database_file} from the backup.",
    )


def _entered(options: NodeOptions) -> Finding:
    from django.db import DatabaseError, connection

    from naru.node import mark

    what = f"database {connection.vendor}"
    where = "" if options.database else f" {options.database_file}"
    try:
        waiting = _unapplied()
        if not waiting:
            mark.require_key()
    except (DatabaseError, sqlite3.Error) as error:
        return Finding(
            what=what,
            well=False,
            korean=f"데이터베이스가 대답하지 않습니다({type(error).__name__}){where}. "
            "주소와 권한을 확인하고, 파일이 망가졌으면 백업에서 되돌리십시오.",
            english=f"The database does not answer ({type(error).__name__}){where}. Check its "
            "address; restore a broken file from the backup.",
        )
    except mark.KeyOfAnother as refused:
        return Finding(
            what=what,
            well=False,
            korean="열쇠가 이 데이터의 것이 아닙니다. 백업에서 keys 폴더를 되돌리십시오.",
            english=f"{refused}.",
        )
    finally:
        connection.close()
    return Finding(
        what=what,
        well=not waiting,
        korean=f"표가 이 판보다 오래되었습니다({waiting}건). "
        "naru serve를 한 번 시작하면 고쳐집니다.",
        english=f"The tables are older than this version ({waiting}). Start naru serve once.",
    )


def sandbox_mark(options: NodeOptions) -> Finding:
    """The folder is started as what it was made for: real, sandbox or demo."""
    if options.database or not options.database_file.exists():
        return Finding(what="mark: settled at the first start")
    mark = mark_in(options.database_file)
    return Finding(
        what=f"mark: {_kind(*mark) if mark else 'none yet'}",
        well=mark is None or mark[0] is options.sandbox,
        korean="이 폴더는 다른 용도로 만들어졌습니다. "
        "시험용은 --sandbox로, 시연용은 naru demo로 여십시오.",
        english="This folder was made for another use: open a sandbox with --sandbox, "
        "a demo with naru demo.",
    )


def _others_may(folder: Path) -> bool:
    return bool(stat.S_IMODE(folder.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _unapplied() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def mark_in(database: Path) -> tuple[bool, bool] | None:
    """Read without Django: an unmigrated or foreign file is no mark, and is not changed."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT sandbox, demo FROM node_mark").fetchone()
    except sqlite3.Error:
        return None
    finally:
        connection.close()
    return (bool(row[0]), bool(row[1])) if row else None


def _kind(sandbox: bool, demo: bool) -> str:  # noqa: FBT001  # The two columns of the mark.
    if demo:
        return "demo"
    return "sandbox" if sandbox else "real"
