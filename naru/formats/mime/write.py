"""A multipart message on its way out, streamed."""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_CONTENT_ID: Final = re.compile(r"[^<>\x00-\x20\x7f-\uffff]{1,512}")
_VALUE: Final = re.compile(r"[\x20-\x7e]{1,512}")


class LengthMismatch(RuntimeError):
    """An attachment gave another number of octets than announced; the connection must be cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part to be sent. Without a length, the whole message has none."""

    cid: str
    content_type: str
    chunks: Iterable[bytes]
    length: int | None = None

    def __post_init__(self) -> None:
        # A line end in either would let a stored value write headers of its own.
        if _CONTENT_ID.fullmatch(self.cid) is None or _VALUE.fullmatch(self.content_type) is None:
            raise ValueError("an attachment's cid or content type cannot stand in a header")


def new_boundary() -> str:
    """A boundary of 128 random bits, which no document holds by accident."""
    return f"MIMEBoundary_{secrets.token_hex(16)}"


def write_parts(
    boundary: str, attachments: Sequence[Attachment]
) -> tuple[Iterator[bytes], int | None]:
    """The message as chunks, and its length if every attachment has one."""
    heads = [_head(boundary, attachment) for attachment in attachments]
    tail = f"--{boundary}--\r\n".encode()
    length: int | None = len(tail)
    for head, attachment in zip(heads, attachments, strict=True):
        if length is None or attachment.length is None:
            length = None
        else:
            length += len(head) + attachment.length + 2
    return _chunks(heads, attachments, tail), length


def _head(boundary: str, attachment: Attachment) -> bytes:
    return (
        f"--{boundary}\r\n"
        f"Content-Type: {attachment.content_type}\r\n"
        "Content-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{attachment.cid}>\r\n\r\n"
    ).encode("ascii")


def _chunks(heads: list[bytes], attachments: Sequence[Attachment], tail: bytes) -> Iterator[bytes]:
    for head, attachment in zip(heads, attachments, strict=True):
        yield head
        sent = 0
        for chunk in attachment.chunks:
            sent += len(chunk)
            yield chunk
        if attachment.length is not None and sent != attachment.length:
            raise LengthMismatch("an attachment is not as long as announced")
        yield b"\r\n"
    yield tail
