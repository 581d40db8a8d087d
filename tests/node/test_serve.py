"""`naru serve` as its operator meets it: one command, a ready file, a clean stop."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from naru.security.authority import Authority
from tests.ports import free_port


def command(folder: Path, *arguments: str) -> list[str]:
    program = str(Path(sys.executable).with_name("naru"))
    return [program, "serve", "--data", str(folder / "node"), *arguments]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NARU_")}


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    ready = folder / "ready.json"
    process = subprocess.Popen(
        command(folder, "--port", str(free_port()), "--ready-file", str(ready), *arguments),
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, json.loads(ready.read_text("utf-8"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1)
    except (ssl.SSLError, ConnectionError):
        return b""


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers, json.loads(answer.read())


def test_the_ready_file_tells_endpoints_and_processes_that_really_answer(tmp_path: Path) -> None:
    with serving(tmp_path, "--sandbox") as (_, ready):
        headers, doors = get(f"{ready['base']}/.well-known/naru")

        assert headers["Naru-Sandbox"]
        assert {door["path"] for door in doors["doors"]} == set(ready["endpoints"])
        pids = ready["pids"]
        for pid in (pids["supervisor"], pids["web"], pids["worker"], *pids["workers"]):
            os.kill(pid, 0)


def test_it_stops_cleanly_and_leaves_no_process_and_no_ready_file(tmp_path: Path) -> None:
    with serving(tmp_path, "--sandbox") as (process, ready):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)

        assert process.returncode == 0
        assert not (tmp_path / "ready.json").exists()
        for pid in (ready["pids"]["web"], ready["pids"]["worker"], *ready["pids"]["workers"]):
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_node_opens_only_the_doors_of_its_roles(tmp_path: Path) -> None:
    with serving(tmp_path, "--sandbox", "--role", "repository") as (_, ready):
        assert set(ready["endpoints"]) == {"/ihe/repository"}
        assert "worker" not in ready["pids"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{ready['base']}/ihe/registry", data=b"x", timeout=10)


def test_a_lost_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    with serving(tmp_path, "--sandbox"):
        pass
    for file in (tmp_path / "node").glob("naru.db*"):
        file.unlink()

    again = subprocess.run(
        command(tmp_path, "--port", str(free_port()), "--sandbox"),
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )

    assert again.returncode == 1
    assert "put it back from the backup" in again.stderr
    assert not (tmp_path / "node" / "naru.db").exists()


def test_wire_doors_of_a_real_node_stand_behind_mutual_tls(tmp_path: Path) -> None:
    with serving(tmp_path, "--tls-port", str(free_port())) as (_, ready):
        assert ready["endpoints"]["/ihe/registry"].startswith("https://")
        assert ready["endpoints"]["/fhir"].startswith("https://")
        port = int(ready["tls"].rpartition(":")[2])
        context = ssl.create_default_context(cafile=tmp_path / "node" / "ca" / "ca.pem")
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as stranger,
        ):
            with suppress(ssl.SSLError, ConnectionError):
                stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert received(stranger) == b""


def member(folder: Path) -> ssl.SSLContext:
    """What a peer with a certificate of the node's authority speaks with."""
    authority = Authority(folder / "ca")
    authority.issue_client("TEST", ["2.999.1"], datetime.now(UTC)).save(
        folder / "client.pem", folder / "client.key"
    )
    context = ssl.create_default_context(cafile=folder / "ca" / "ca.pem")
    context.load_cert_chain(folder / "client.pem", folder / "client.key")
    return context


def test_connections_that_say_nothing_keep_no_thread_from_others(tmp_path: Path) -> None:
    arguments = ("--tls-port", str(free_port()), "--workers", "1", "--threads", "2")
    with serving(tmp_path, *arguments) as (_, ready), ExitStack() as open_:
        context = member(tmp_path / "node")
        address = ("127.0.0.1", int(ready["tls"].rpartition(":")[2]))
        for _ in range(6):
            raw = open_.enter_context(socket.create_connection(address, timeout=5))
            open_.enter_context(context.wrap_socket(raw, server_hostname="localhost"))
        for _ in range(6):  # These have not even begun to shake hands.
            open_.enter_context(socket.create_connection(address, timeout=5))
        began = time.monotonic()
        get(ready["base"] + "/.well-known/naru")
        assert time.monotonic() - began < 10


def test_an_ipv6_address_is_listened_to(tmp_path: Path) -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving(tmp_path, "--bind", "::1") as (_, ready):
        assert ready["base"].startswith("http://[::1]:")
        assert ready["tls"].startswith("https://[::1]:")
        assert get(f"{ready['base']}/.well-known/naru")[1]["software"] == "naru"


@pytest.mark.parametrize(("first", "second"), [((), ("--sandbox",)), (("--sandbox",), ())])
def test_a_folder_used_for_one_purpose_refuses_the_other(
    tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    with serving(tmp_path, "--tls-port", "0", *first):
        pass

    again = subprocess.run(
        command(tmp_path, "--port", str(free_port()), "--tls-port", "0", *second),
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )

    assert again.returncode == 1
    assert "sandbox" in again.stderr
    assert "Traceback" not in again.stderr


def test_a_form_that_cannot_be_used_is_named_before_anything_is_served(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "referral-2027.json").write_text('{"base": "referral-2018-03", "version": "?"}')

    ended = subprocess.run(
        command(tmp_path, "--sandbox", "--port", str(free_port())),
        capture_output=True,
        text=True,
        env=environment() | {"NARU_FORMS": str(folder)},
        timeout=60,
        check=False,
    )

    assert ended.returncode != 0
    assert "referral-2027.json: Invalid isoformat string: '?'" in ended.stderr
    assert "Traceback" not in ended.stderr
