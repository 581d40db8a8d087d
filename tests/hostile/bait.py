"""What an attack would like to reach: an address that counts its visitors, and a file."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final
from uuid import uuid4

from tests.ports import free_port

_END: Final = b"the watch ends"


@dataclass
class Bait:
    """Nothing may connect to `address`, and no answer may hold `secret`."""

    port: int
    file: Path
    secret: str = field(default_factory=lambda: f"TEST-{uuid4().hex}")
    path: str = field(default_factory=lambda: uuid4().hex)
    visitors: list[bytes] = field(default_factory=list)
    """The first bytes that each said."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.path}"


@contextmanager
def laid(folder: Path) -> Iterator[Bait]:
    """A bait that is watched until the block ends."""
    bait = Bait(free_port(), folder / "secret.txt")
    bait.file.write_text(bait.secret)
    with socket.create_server(("127.0.0.1", bait.port)) as listener:
        watcher = Thread(target=_watch, args=(listener, bait))
        watcher.start()
        try:
            yield bait
        finally:
            # The last visitor ends the watch; whoever came before it has been noted.
            with socket.create_connection(("127.0.0.1", bait.port)) as last:
                last.sendall(_END)
                watcher.join()
            assert bait.visitors == []


def _watch(listener: socket.socket, bait: Bait) -> None:
    while True:
        visitor, _ = listener.accept()
        with visitor:
            visitor.settimeout(5)
            said = b""
            with suppress(OSError):
                said = visitor.recv(200)
            if said == _END:
                return
            if bait.path.encode() in said:  # Not somebody who mistook the port.
                bait.visitors.append(said)
