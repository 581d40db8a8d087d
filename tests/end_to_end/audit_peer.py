"""What tests of ITI-20 share: a node that is its own repository, and what that received."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.end_to_end.node import PATIENCE, Node

_LISTING = """
from naru.audit import received_rows, services
from naru.formats.atna import from_syslog
for number, one in reversed(received_rows.received(limit=100_000)):
    event = one.message.event if one.message else None
    print(json.dumps({
        "number": number, "kind": one.kind, "transport": one.transport, "peer": one.peer,
        "address": one.address, "octets": one.octets.decode("latin-1"),
        "type": event.types[0].code if event else None, "outcome": event and event.outcome,
        "event": event.id.code if event else None,
        "objects": [found.id for found in one.message.objects] if event else [],
    }))
print(json.dumps([str(one) for one in services.verify_received()]))
"""


def received(node: Node) -> list[dict[str, Any]]:
    """What a node's repository holds, oldest first; its chain is whole."""
    *lines, flaws = node.administer(_LISTING).splitlines()
    assert json.loads(flaws) == []
    return [json.loads(line) for line in lines]


def await_listening(*ports: int) -> None:
    """Until the repository, a process beside the web's, has opened its doors."""
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
            except ConnectionRefusedError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                break


def await_received(
    node: Node, enough: Callable[[list[dict[str, Any]]], bool], patience: float = PATIENCE
) -> list[dict[str, Any]]:
    """What the repository holds as soon as that is enough."""
    deadline = time.monotonic() + patience
    while not enough(found := received(node)):
        assert time.monotonic() < deadline, (found[-3:], node.log[-2000:])
        time.sleep(0.3)
    return found


def content(one: dict[str, Any]) -> bytes:
    """The audit message that stands in a received one."""
    octets: bytes = one["octets"].encode("latin-1")
    return octets[octets.index(b"<?xml") :]


def trusting(folder: Path) -> Path:
    """Where a node keeps the certificate of its authority."""
    return folder / "ca" / "ca.pem"
