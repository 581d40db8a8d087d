"""Telling the world that traffic is really answered: tried as a caller would, then written down."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Final

from naru.node.options import NodeOptions
from naru.node.roles import open_doors

PATIENCE_SECONDS: Final = 60.0
MOST_TOLD: Final = 64 * 1024
"""More than a node says of itself."""

_PAUSE: Final = 0.05


class NotReady(Exception):
    """The node does not answer within PATIENCE_SECONDS."""


def base_url(options: NodeOptions) -> str:
    """The address under which this machine reaches the node's pages."""
    return f"http://{_reached(options)}:{options.port}"


def wire_url(options: NodeOptions) -> str | None:
    """The address under which this machine reaches the wire doors by mutual TLS, if any."""
    return f"https://{_reached(options)}:{options.tls_port}" if options.tls_port else None


def _reached(options: NodeOptions) -> str:
    # Where every address is listened to, this machine reaches the loopback one.
    every = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  # Compared only.
    return every.get(options.host, options.host)


def await_answer(options: NodeOptions) -> None:
    """Return once the node answers a request; raise NotReady when it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{base_url(options)}/.well-known/naru", timeout=5):  # noqa: S310  # Our own http address.
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(_PAUSE)
    raise NotReady(f"{base_url(options)} does not answer")


def told_by(options: NodeOptions) -> Mapping[str, object] | None:
    """What a Naru node says of itself on our port; None where none answers there."""
    try:
        with urllib.request.urlopen(f"{base_url(options)}/.well-known/naru", timeout=2) as answer:  # noqa: S310  # Our own http address.
            told = json.loads(answer.read(MOST_TOLD))
    except (OSError, ValueError, HTTPException):  # Another program may answer with anything.
        return None
    return told if isinstance(told, dict) and told.get("software") == "naru" else None


def write(file: Path, options: NodeOptions, pids: Mapping[str, object]) -> None:
    """Write the endpoints and process ids as JSON; readers see the whole file or none."""
    base = base_url(options)
    tls = wire_url(options)
    doors = {
        opened.path: f"{tls if tls and opened.transactions else base}{opened.path}"
        for opened in open_doors(options.roles)
    }
    content = {"base": base, "tls": tls, "endpoints": doors, "pids": dict(pids)}
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(file)
