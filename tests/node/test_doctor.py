"""Each fault that `naru doctor` knows is made, found, and told in both languages."""

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from naru.node import doctor
from naru.node.doctor import Finding
from naru.node.options import NodeOptions
from naru.security.authority import create_authority
from naru.security.keys import create_master_key
from naru.storage.sqlite import Library
from tests.ports import free_port


@pytest.fixture
def options(tmp_path: Path) -> NodeOptions:
    folder = tmp_path / "node"
    folder.mkdir(mode=0o700)
    return NodeOptions(data=folder, port=free_port())


def assert_told(found: Finding) -> None:
    assert not found.well
    assert any("가" <= letter <= "힣" for letter in found.korean)
    assert found.english.isascii()


@pytest.mark.parametrize("check", doctor.CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_wrong_before_the_first_start(
    check: Callable[[NodeOptions], Finding], options: NodeOptions
) -> None:
    assert check(options).well


def test_an_old_python(options: NodeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))

    assert_told(doctor.python_version(options))


def test_a_sqlite_that_may_corrupt(options: NodeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Library("sqlite3", (3, 40, 1))
    monkeypatch.setattr("naru.storage.sqlite.install", lambda: old)

    assert_told(doctor.sqlite_version(options))
    assert doctor.sqlite_version(replace(options, database="postgresql://there")).well


def test_a_folder_that_others_may_enter(options: NodeOptions) -> None:
    options.data.chmod(0o750)

    assert_told(doctor.data_folder(options))


def test_a_folder_that_cannot_be_written(
    options: NodeOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _folder, _mode: False)

    assert_told(doctor.data_folder(options))


def test_a_key_that_others_may_read(options: NodeOptions) -> None:
    create_master_key(options.keys)
    assert doctor.the_master_key(options).well

    (options.keys / "master.key").chmod(stat.S_IRUSR | stat.S_IRGRP)

    assert_told(doctor.the_master_key(options))


def test_data_without_their_key(options: NodeOptions) -> None:
    options.database_file.touch()

    assert_told(doctor.the_master_key(options))
    assert doctor.database(options).well
    assert not options.keys.exists()


def test_a_port_that_another_program_has(options: NodeOptions) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", options.port))
        other.listen()

        assert_told(doctor.ports(options))


def test_a_full_disk(options: NodeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil._ntuple_diskusage(10**9, 10**9, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)

    assert_told(doctor.disk_space(options))


def test_a_certificate_that_ends_soon(options: NodeOptions) -> None:
    now = datetime.now(UTC)
    authority = create_authority(options.authority, now)
    server = options.authority / "server.pem"
    long_ago = now - timedelta(days=380)
    authority.issue_server(("localhost",), long_ago).save(server, server.with_suffix(".key"))

    assert_told(doctor.certificates(options))

    server.write_bytes(b"not a certificate")
    assert_told(doctor.certificates(options))


@pytest.mark.parametrize(("mark", "sandbox"), [((0, 0), True), ((1, 0), False), ((0, 1), True)])
def test_a_folder_made_for_another_use(
    options: NodeOptions, mark: tuple[int, int], *, sandbox: bool
) -> None:
    with sqlite3.connect(options.database_file) as database:
        database.execute("CREATE TABLE node_mark (sandbox, demo)")
        database.execute("INSERT INTO node_mark VALUES (?, ?)", mark)
    database.close()

    assert_told(doctor.sandbox_mark(replace(options, sandbox=sandbox)))
    assert doctor.sandbox_mark(replace(options, sandbox=not sandbox)).well


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}
    return subprocess.run(
        [str(Path(sys.executable).with_name("naru")), "doctor", *arguments],
        capture_output=True,
        text=True,
        env=clean,
        timeout=60,
        check=False,
    )


def test_all_is_well_on_a_fresh_machine(options: NodeOptions) -> None:
    told = run("--data", str(options.data), "--port", str(options.port))

    assert told.returncode == 0, told.stdout
    assert "All is well" in told.stdout
    assert list(options.data.iterdir()) == []


def test_a_database_without_its_tables(options: NodeOptions) -> None:
    create_master_key(options.keys)
    options.database_file.touch(mode=0o600)

    told = run("--data", str(options.data), "--port", str(options.port))

    assert told.returncode == 1
    assert "✗ database sqlite" in told.stdout
    assert "naru serve" in told.stdout


def test_a_database_that_does_not_answer(options: NodeOptions) -> None:
    create_master_key(options.keys)
    nobody = f"postgresql://naru@127.0.0.1:{options.port}/naru"

    told = run("--data", str(options.data), "--port", str(options.port), "--database", nobody)

    assert told.returncode == 1
    assert "데이터베이스가 대답하지 않습니다" in told.stdout
    assert "Traceback" not in told.stderr


def test_an_audit_record_repository_that_is_away(options: NodeOptions) -> None:
    nobody = f"tcp://127.0.0.1:{free_port()}"

    assert_told(doctor.audit_destinations(replace(options, audit_to=(nobody,))))
    assert_told(doctor.audit_destinations(replace(options, audit_to=("ftp://x",))))


def test_an_audit_record_repository_that_is_there(options: NodeOptions) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as server:
        there = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        assert doctor.audit_destinations(replace(options, audit_to=(there,))).well


def test_certificates_that_are_none(options: NodeOptions, tmp_path: Path) -> None:
    file = tmp_path / "no-certificate.pem"
    file.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")

    assert_told(doctor.given_certificates(replace(options, trust=(file,))))
    assert_told(doctor.given_certificates(replace(options, trust=(tmp_path / "nowhere",))))
    assert_told(doctor.given_certificates(replace(options, certificate=file)))
    assert_told(doctor.given_certificates(replace(options, certificate=file, key=file)))
