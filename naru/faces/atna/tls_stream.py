"""TLS over a stream, whose end is answered when whoever reads says so.

asyncio answers a close_notify as soon as it is read. Ours tells the sender that all it sent is kept
(RFC 5425 section 4.4), so it has to wait for that.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

_READ: Final = 64 * 1024

_Result = TypeVar("_Result")


class TlsStream:
    """The server's side of one connection. Methods raise what `ssl` and the connection raise."""

    def __init__(
        self, context: ssl.SSLContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader, self._writer = reader, writer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def handshake(self) -> bytes:
        """Let both show who they are; the peer's certificate, DER."""
        await self._done(self._tls.do_handshake)
        return self._tls.getpeercert(binary_form=True) or b""

    async def read(self, _limit: int = _READ) -> bytes:
        """What came next; empty where the peer ended the connection, said or unsaid."""
        try:
            return await self._done(lambda: self._tls.read(_READ))
        except (ssl.SSLZeroReturnError, _Ended):
            return b""

    async def end(self) -> None:
        """Say that all was read; what the peer does then is its own business."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        await self._flush()

    async def _done(self, act: Callable[[], _Result]) -> _Result:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                pass  # What it has to say goes first, then the peer's turn.
            finally:
                await self._flush()
            octets = await self._reader.read(_READ)
            if not octets:
                raise _Ended("The peer ended the connection.")
            self._incoming.write(octets)

    async def _flush(self) -> None:
        if self._outgoing.pending:
            self._writer.write(self._outgoing.read())
            await self._writer.drain()


class _Ended(ConnectionResetError):
    """The connection ended below TLS."""
