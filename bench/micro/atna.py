"""ITI-20 send beside its floor: `python -m bench.micro.atna` prints microseconds of CPU a message.

The whole way of a message: its access record is read and opened, the message derived, written as
XML and syslog, framed and sent over TLS or TCP to a process that throws it away, and its outbox
entry removed. The floor is `sendall` of the same octets over the same kind of connection.
"""

import argparse
import multiprocessing
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bench.micro.registry import prepare

QUERY = "<query:AdhocQueryRequest>" + "x" * 1_200 + "</query:AdhocQueryRequest>"


def sink(server: socket.socket, context: ssl.SSLContext | None) -> None:
    """Take one connection after the other and all that comes, in a process of its own."""
    while True:
        connection, _ = server.accept()
        with context.wrap_socket(connection, server_side=True) if context else connection as taken:
            while taken.recv(1 << 20):
                pass


@contextmanager
def sinking(context: ssl.SSLContext | None) -> Iterator[int]:
    """The port of a sink."""
    server = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=sink, args=(server, context))
    process.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        process.kill()
        process.join()
        server.close()


def leave(number: int) -> None:
    """So many records, each with its place in the outbox."""
    from django.db import transaction

    from naru.audit import services as audit
    from naru.audit.records import AccessRecord, AuditedRequest, Outcome
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role

    caller = Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        address="192.0.2.7",
    )
    with transaction.atomic():
        for _ in range(number):
            audit.record_within(
                AccessRecord(
                    transaction="ITI-18",
                    caller=caller,
                    outcome=Outcome.SUCCESS,
                    time=datetime.now(UTC),
                    request_id=uuid4(),
                    query=QUERY,
                    request=AuditedRequest(
                        endpoint="https://127.0.0.1:8081/ihe/registry",
                        query_id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
                        patient_id="TEST-1^^^&2.999.100&ISO",
                        process=1,
                    ),
                )
            )


def cpu(number: int, act: Callable[[], object]) -> float:
    """Microseconds of this process's CPU for each of `number`."""
    begun = time.process_time()
    act()
    return (time.process_time() - begun) / number * 1e6


def measure(name: str, url: str, context: ssl.SSLContext | None, number: int) -> None:
    """Print one line: the whole way, the floor, and the ratio."""
    from naru.faces.atna.destination import read_destination
    from naru.faces.atna.iti20_record_audit_event import Forwarder
    from naru.faces.atna.sender import StreamSender

    destination = read_destination(url)
    sent: list[bytes] = []

    class Counting(StreamSender):
        """Sends, and keeps what it sent for the floor."""

        def send(self, message: bytes) -> None:
            sent.append(message)
            super().send(message)

    sender = Counting(destination, context)
    forwarder = Forwarder(destination, sender)
    leave(number)

    def forward() -> None:
        while forwarder.forward():
            pass

    whole = cpu(number, forward)
    assert len(sent) == number, f"{len(sent)} of {number} were sent"
    sender.close()  # The sink takes one connection after the other.
    bare = socket.create_connection((destination.host, destination.port))
    connection = context.wrap_socket(bare) if context else bare
    floor = cpu(number, lambda: [connection.sendall(message) for message in sent])
    connection.close()
    octets = sum(map(len, sent)) // number
    print(f"{name:<5}{octets:>8}{whole:>10.0f}{floor:>10.1f}{whole / floor:>8.1f}", flush=True)


def main() -> None:
    """Measure TLS and TCP on a throw-away database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    number = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        from naru.node import tls
        from naru.node.options import NodeOptions

        options = NodeOptions(data=Path(folder))
        server, client = tls.mutual_tls(tls.server_identity(options)), tls.outgoing(options)
        print(f"{'':<5}{'octets':>8}{'cpu µs':>10}{'floor µs':>10}{'ratio':>8}")
        for name, taking, sending in (("tls", server, client), ("tcp", None, None)):
            with sinking(taking) as port:
                url = f"{name}://127.0.0.1:{port}"
                _destined_for(url)
                measure(name, url, sending, number)


def _destined_for(url: str) -> None:
    from dataclasses import replace

    from django.conf import settings

    os.environ["NARU_AUDIT_TO"] = url
    settings.NARU = replace(settings.NARU, audit_to=(url,))


if __name__ == "__main__":
    main()
