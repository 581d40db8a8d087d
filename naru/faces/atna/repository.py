"""ITI-20 Record Audit Event, the side that receives: the audit record repository's door.

ITI TF-2 3.20. One loop reads every connection; one thread writes, many messages in one commit.
While it is behind, streams are not read on, so that their senders wait; datagrams beyond the queue
are lost, and how many is told in the log. Nothing that arrives is ever answered; but a connection
that its sender ends is ended by us only when all that came by it is kept.
"""

import asyncio
import hashlib
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from django.db import Error, connection
from django.utils import timezone

from naru.exchange.audit import node_authentication
from naru.exchange.audit import repository as audit_repository
from naru.exchange.audit.repository import Kind, ReceivedMessage
from naru.faces.atna.destination import Transport
from naru.faces.atna.tls_stream import TlsStream
from naru.formats.atna import (
    AuditMessageRefused,
    FrameReader,
    FrameRefused,
    SyslogRefused,
    from_syslog,
    from_xml,
)

CONNECTIONS: Final = 200
"""Connections at once, their handshakes included; more are closed at once."""

HANDSHAKE_SECONDS: Final = 10.0
FRAME_SECONDS: Final = 20.0
"""How long a peer that has begun a message may say nothing. Between messages it may be silent."""

WAITING: Final = 1_000
"""Messages that wait for the writer."""

BATCH: Final = 200
RETRY_SECONDS: Final = 1.0

_READ: Final = 64 * 1024

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter

_Waiting = ReceivedMessage | asyncio.Future[None]
"""A message to be kept, or who waits until all before it are."""

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """On which ports messages are taken; 0 opens none. `context` is for `tls_port`."""

    host: str
    tls_port: int = 0
    tcp_port: int = 0
    udp_port: int = 0
    context: ssl.SSLContext | None = None


class Repository:
    """Receives until it is stopped."""

    def __init__(self, listening: Listening) -> None:
        self._listening = listening
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(WAITING)
        self._conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._lost = 0
        self._writer = uuid4()
        self._thread = ThreadPoolExecutor(1, "audit-repository")

    async def run(self, stop: asyncio.Event, listens: Callable[[], None] = lambda: None) -> None:
        """Receive until `stop` is set; what was received by then is kept."""
        servers = [
            await asyncio.start_server(self._serve(transport), self._listening.host, port)
            for transport, port in (
                (Transport.TLS, self._listening.tls_port),
                (Transport.TCP, self._listening.tcp_port),
            )
            if port
        ]
        datagrams = await self._open_datagrams()
        writing = asyncio.create_task(self._write())
        listens()
        await stop.wait()
        for server in servers:
            server.close()
        if datagrams is not None:
            datagrams.close()
        for conversation in self._conversations.values():
            conversation.close()  # What of it has arrived is read to its end first.
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._queue.join()
        writing.cancel()
        await asyncio.get_running_loop().run_in_executor(self._thread, _close_connection)
        self._thread.shutdown()

    async def _open_datagrams(self) -> asyncio.DatagramTransport | None:
        if not self._listening.udp_port:
            return None
        place = (self._listening.host, self._listening.udp_port)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._take_datagram), local_addr=place
        )
        return transport

    def _serve(self, transport: Transport) -> "Callable[[Reader, Writer], Awaitable[None]]":
        async def serve(reader: Reader, writer: Writer) -> None:
            if len(self._conversations) >= CONNECTIONS:
                writer.close()
                return
            task = asyncio.current_task()
            assert task is not None
            self._conversations[task] = writer
            try:
                await self._converse(transport, reader, writer)
            except (OSError, TimeoutError, FrameRefused) as error:
                log.info("An audit connection ended: %s.", type(error).__name__)
            finally:
                del self._conversations[task]
                writer.close()

        return serve

    async def _converse(self, transport: Transport, reader: Reader, writer: Writer) -> None:
        address = str(writer.get_extra_info("peername")[0])
        secure, peer = None, ""
        if transport is Transport.TLS:
            assert self._listening.context is not None
            secure = TlsStream(self._listening.context, reader, writer)
            peer = await _authenticate(secure, address)
        frames = FrameReader()
        try:
            while octets := await _read(secure or reader, frames):
                for message in frames.feed(octets):
                    await self._queue.put(_received(message, transport, address, peer))
        finally:
            rest = frames.end()
            if rest:  # Cut off on the way: kept as it is.
                await self._queue.put(_received(rest, transport, address, peer))
        await self._kept()
        if secure is not None:
            await secure.end()

    async def _kept(self) -> None:
        """Return when all that stands in the queue now is durable."""
        waits = asyncio.get_running_loop().create_future()
        await self._queue.put(waits)
        await waits

    def _take_datagram(self, octets: bytes, address: str) -> None:
        try:
            self._queue.put_nowait(_received(octets, Transport.UDP, address, ""))
        except asyncio.QueueFull:
            self._lost += 1

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            messages = [one for one in batch if isinstance(one, ReceivedMessage)]
            if messages:
                await loop.run_in_executor(self._thread, self._keep, messages)
            for one in batch:
                if isinstance(one, asyncio.Future) and not one.done():
                    one.set_result(None)
                self._queue.task_done()
            if self._lost:
                lost, self._lost = self._lost, 0
                log.warning("%d audit datagrams came faster than they could be kept.", lost)

    def _keep(self, batch: list[ReceivedMessage]) -> None:
        while True:
            try:
                audit_repository.receive(self._writer, batch)
            except Error as error:
                log.warning("Audit messages cannot be kept yet: %s.", type(error).__name__)
                connection.close()
                time.sleep(RETRY_SECONDS)
            else:
                return


def _close_connection() -> None:
    connection.close()  # Of the thread that calls; the name alone would be another thread's.


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, str], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr[0])


async def _authenticate(secure: TlsStream, address: str) -> str:
    """The fingerprint of the peer's certificate; raises OSError after telling of a stranger."""
    try:
        shown = await asyncio.wait_for(secure.handshake(), HANDSHAKE_SECONDS)
    except ssl.SSLError as error:
        await asyncio.to_thread(node_authentication.refused, address, error.reason or "")
        raise
    return hashlib.sha256(shown).hexdigest() if shown else ""


async def _read(reader: Reader | TlsStream, frames: FrameReader) -> bytes:
    if not frames.is_within:
        return await reader.read(_READ)
    return await asyncio.wait_for(reader.read(_READ), FRAME_SECONDS)


def _received(octets: bytes, transport: Transport, address: str, peer: str) -> ReceivedMessage:
    """The message as it came, beside what can be read of it."""
    kind, message = Kind.UNREADABLE, None
    try:
        syslog = from_syslog(octets)
        kind = Kind.BROKEN if syslog.is_audit else Kind.SYSLOG
        message = from_xml(syslog.content)
        kind = Kind.AUDIT
    except (SyslogRefused, AuditMessageRefused):
        pass  # Any message is kept (ITI TF-2 3.20.4.1.3); its kind says how far it was read.
    return ReceivedMessage(
        octets=octets,
        kind=kind,
        transport=transport.value,
        address=address,
        time=timezone.now(),
        peer=peer,
        message=message,
    )
