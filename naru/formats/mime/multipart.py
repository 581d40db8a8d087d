"""A multipart message, streamed: each part goes into the writer that the caller gives for it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from naru.formats.mime.boundary import BoundaryReader
from naru.formats.mime.errors import MimeReason, MimeRefused
from naru.formats.mime.headers import PartHeaders, parse_headers
from naru.formats.mime.limits import MimeLimits
from naru.formats.mime.source import Source
from naru.formats.mime.writers import Base64Decoder, PartWriter

T = TypeVar("T")
PartSink: TypeAlias = Callable[[PartHeaders], PartWriter[T]]


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part that arrived whole: its headers, its decoded length and what its writer gave."""

    headers: PartHeaders
    length: int
    stored: T


def read_parts(
    boundary: str, source: Source, sink: PartSink[T], *, limits: MimeLimits, undo: ExitStack
) -> tuple[Part[T], ...]:
    """All parts in order.

    Every writer's `abort` is pushed on `undo` before its first octet, so that whoever owns the
    stack (and refuses the message now or later) leaves nothing behind.
    """
    reader = BoundaryReader(boundary, source, limits)
    parts: list[Part[T]] = []
    seen: set[str] = set()
    reader.skip_preamble()
    while not reader.closed:
        if len(parts) >= limits.parts:
            raise MimeRefused(MimeReason.TOO_MANY_PARTS, f"more than {limits.parts} parts")
        headers = parse_headers(reader.header_block(), limits)
        _refuse_duplicate(headers, seen)
        writer = sink(headers)
        undo.callback(writer.abort)
        length = _copy(reader, headers, writer, limits)
        parts.append(Part(headers, length, writer.close()))
    reader.drain_epilogue()
    return tuple(parts)


def _refuse_duplicate(headers: PartHeaders, seen: set[str]) -> None:
    if headers.content_id is None:
        return
    if headers.content_id in seen:
        raise MimeRefused(MimeReason.CONTENT_ID_DUPLICATE, "two parts share one Content-ID")
    seen.add(headers.content_id)


def _copy(
    reader: BoundaryReader, headers: PartHeaders, writer: PartWriter[T], limits: MimeLimits
) -> int:
    decoder = Base64Decoder() if headers.transfer_encoding == "base64" else None
    length = 0
    for chunk in reader.body():
        octets = decoder.feed(chunk) if decoder else chunk
        length += len(octets)
        if length > limits.part:
            raise MimeRefused(MimeReason.PART_TOO_LARGE, f"a part exceeds {limits.part} bytes")
        writer.write(octets)
    if decoder:
        decoder.finish()
    return length
