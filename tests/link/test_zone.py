"""Zones: nothing outside reaches a HIS; the link's gate opens outward and listens nowhere.

Three network namespaces stand in a row, HIS | gate | outside. The HIS runs services, the gate runs
the agent, outside runs a node on port 443. The outside is hostile: it has a route to the HIS by way
of the gate, and tries. The HIS hands messages over in a folder, which needs no network at all.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from naru.security.authority import Authority
from tests.link.conftest import write_configuration
from tests.link.messages import drop, referral

HIS, GATE_INSIDE = "10.231.1.2", "10.231.1.1"
OUTSIDE, GATE_OUTSIDE = "10.231.2.2", "10.231.2.1"
PORTS = (22, 80, 443, 1521, 2575, 5432, 8080, 11112)
"""What a hospital's systems listen on: shells, pages, databases, HL7 v2, DICOM."""
PROJECT = Path(__file__).resolve().parents[2]
LISTENING = "0A"  # The state of a listening socket in /proc/net/tcp.

SERVICES = """
import socket, sys, time
held = []
for port in map(int, sys.argv[2].split(",")):
    held.append(socket.create_server((sys.argv[1], port)))
print("ready", flush=True)
while True:
    time.sleep(60)
"""
PROBE = """
import json, socket, sys
found = {}
for target in json.loads(sys.argv[1]):
    try:
        socket.create_connection(tuple(target), timeout=0.4).close()
        found["%s:%s" % tuple(target)] = "connected"
    except OSError as error:
        found["%s:%s" % tuple(target)] = type(error).__name__
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Zones:
    """The names of the namespaces and the gate's folder."""

    his: str
    gate: str
    outside: str
    box: Path


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def inside(zone: str, *command: str) -> list[str]:
    return ["ip", "netns", "exec", zone, *command]


def tried(zone: str, targets: list[tuple[str, int]]) -> dict[str, str]:
    """What comes of connecting from a zone to each target."""
    done = subprocess.run(
        inside(zone, sys.executable, "-c", PROBE, json.dumps(targets)),
        capture_output=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def reached(zone: str, host: str, ports: tuple[int, ...] = PORTS) -> set[int]:
    outcomes = tried(zone, [(host, port) for port in ports])
    return {port for port in ports if outcomes[f"{host}:{port}"] == "connected"}


def listening(zone: str) -> list[str]:
    """Every listening TCP and every bound UDP socket of a zone."""
    found = []
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        table = subprocess.run(
            inside(zone, "cat", f"/proc/net/{kind}"), capture_output=True, check=True
        )
        for line in table.stdout.decode().splitlines()[1:]:
            columns = line.split()
            if kind.startswith("udp") or columns[3] == LISTENING:
                found.append(f"{kind} {columns[1]}")
    return found


@pytest.fixture(scope="module")
def wires() -> Iterator[tuple[str, str, str]]:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("no zones: network namespaces need Linux, root and iproute2")
    his, gate, outside = names = tuple(f"naru-{kind}-{os.getpid()}" for kind in ("h", "g", "o"))
    try:
        for name in names:
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
    except subprocess.CalledProcessError:
        pytest.skip("no zones: this machine gives no network namespaces")
    try:
        _wire(his, HIS, gate, GATE_INSIDE)
        _wire(gate, GATE_OUTSIDE, outside, OUTSIDE)
        # Both sides would send by way of the gate, if it passed anything on.
        run("ip", "-n", outside, "route", "add", "10.231.1.0/24", "via", GATE_OUTSIDE)
        run("ip", "-n", his, "route", "add", "default", "via", GATE_INSIDE)
        run(*inside(gate, "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward"))
        yield his, gate, outside
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _wire(one: str, one_address: str, other: str, other_address: str) -> None:
    a, b = f"v{one[-12:]}", f"w{other[-12:]}"
    run("ip", "link", "add", a, "netns", one, "type", "veth", "peer", b, "netns", other)
    for name, device, address in ((one, a, one_address), (other, b, other_address)):
        run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", device)
        run("ip", "-n", name, "link", "set", device, "up")


@pytest.fixture(scope="module")
def zones(
    wires: tuple[str, str, str],
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,
) -> Iterator[Zones]:
    his, gate, outside = wires
    root = tmp_path_factory.mktemp("zones")
    issued = authority.issue_server([OUTSIDE], datetime.now(UTC))
    issued.save(root / "server.pem", root / "server.key")
    (root / "trusted.pem").write_bytes(authority.certificate)
    config = write_configuration(root / "gate", authority, f"https://{OUTSIDE}")
    config.write_text(config.read_text("utf-8") + '\n[agent]\nfolder = "box"\n', "utf-8")
    ports = ",".join(map(str, PORTS))
    started = [
        subprocess.Popen(
            inside(his, sys.executable, "-c", SERVICES, HIS, ports), stdout=subprocess.PIPE
        ),
        subprocess.Popen(
            inside(outside, sys.executable, "-m", "tests.link.zone_server", str(root), OUTSIDE),
            cwd=PROJECT,
        ),
        subprocess.Popen(
            inside(gate, sys.executable, "-m", "naru.node.cli", "link", "agent", str(config)),
            cwd=PROJECT,
        ),
    ]
    try:
        assert started[0].stdout is not None
        started[0].stdout.readline()
        _await(lambda: bool(reached(gate, OUTSIDE, (443,))), "the node outside answers")
        yield Zones(his, gate, outside, root / "gate" / "box")
    finally:
        for process in started:
            process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _await(holds: object, what: str) -> None:
    assert callable(holds)
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, f"in time: {what}"
        time.sleep(0.05)


def test_the_services_of_the_his_do_answer_inside(zones: Zones) -> None:
    assert reached(zones.his, HIS) == set(PORTS)


def test_nothing_outside_connects_into_the_his(zones: Zones) -> None:
    assert reached(zones.outside, HIS) == set()


def test_nothing_outside_connects_to_the_gate(zones: Zones) -> None:
    for address in (GATE_OUTSIDE, GATE_INSIDE):
        assert reached(zones.outside, address) == set()


def test_the_his_reaches_nothing_outside(zones: Zones) -> None:
    assert reached(zones.his, OUTSIDE) == set()


def test_the_gate_reaches_the_node_and_no_other_port(zones: Zones) -> None:
    assert reached(zones.gate, OUTSIDE) == {443}


def test_the_agent_sends_and_needs_no_listening_socket(zones: Zones) -> None:
    drop(zones.box / "outbox", "referral", referral())
    receipt = zones.box / "sent" / "referral.receipt.json"
    _await(receipt.exists, "the agent has sent the referral")
    assert json.loads(receipt.read_bytes())["unique_id"]
    assert listening(zones.gate) == []
