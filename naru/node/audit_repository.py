"""The process that is an audit record repository."""

import asyncio
import signal
import sys

from naru.exchange.callers import strangers
from naru.faces.atna.repository import Listening, Repository
from naru.node import tls
from naru.node.options import NodeOptions


def is_wanted(options: NodeOptions) -> bool:
    """Whether the operator named a port for it."""
    return bool(options.audit_port or options.audit_tcp_port or options.audit_udp_port)


def run(options: NodeOptions) -> None:
    """Receive until SIGTERM, keeping what has arrived by then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The supervisor decides when to stop.
    listening = Listening(
        host=options.bind,
        tls_port=options.audit_port,
        tcp_port=options.audit_tcp_port,
        udp_port=options.audit_udp_port,
        context=tls.mutual_tls(tls.server_identity(options)) if options.audit_port else None,
    )
    asyncio.run(_receive(Repository(listening)))
    strangers.flush()


async def _receive(repository: Repository) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await repository.run(stop, listens=_say)


def _say() -> None:
    sys.stderr.write("naru: the audit record repository listens\n")
