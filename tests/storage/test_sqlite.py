import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from naru.storage import sqlite

only_sqlite = pytest.mark.skipif(bool(settings.NARU.database), reason="the tests run on PostgreSQL")


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def test_a_version_with_the_wal_reset_bug_is_refused() -> None:
    with pytest.raises(sqlite.SQLiteTooOld, match=r"3\.40\.1"):
        sqlite.require_sound(sqlite.Library("sqlite3", (3, 40, 1)))
    sqlite.require_sound(sqlite.Library("sqlite3", (3, 51, 3)))


@only_sqlite
@pytest.mark.django_db
def test_the_library_in_use_is_sound() -> None:
    assert settings.SQLITE.sound
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        version = tuple(map(int, cursor.fetchone()[0].split(".")))
    assert version == settings.SQLITE.version >= (3, 51, 3)


@only_sqlite
@pytest.mark.django_db
def test_commits_are_durable_and_nothing_spills_to_temporary_files() -> None:
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("secure_delete") == 1
    assert pragma("temp_store") == 2  # MEMORY
    assert pragma("mmap_size") == 268435456
    assert pragma("busy_timeout") == 20_000


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_transaction_takes_the_write_lock_when_it_begins() -> None:
    file = connection.settings_dict["NAME"]
    with transaction.atomic():
        other = sqlite3.connect(file, timeout=0, isolation_level=None)
        try:
            with pytest.raises(sys.modules["sqlite3"].OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()


def test_importing_the_settings_creates_no_file(tmp_path: Path) -> None:
    project = Path(__file__).resolve().parents[2]
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={"DJANGO_SETTINGS_MODULE": "naru.node.settings", "PYTHONPATH": str(project)},
        cwd=tmp_path,
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
