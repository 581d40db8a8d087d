"""MTOM packages (ITI TF-2 V.8), streamed in and out: only the envelope is ever held in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Final, Generic, TypeVar, cast
from uuid import uuid4

from naru.formats.mime import (
    Attachment,
    ContentType,
    Discard,
    MemoryWriter,
    MimeLimits,
    MimeReason,
    MimeRefused,
    Part,
    PartHeaders,
    PartSink,
    PartWriter,
    Readable,
    Source,
    new_boundary,
    parse_content_type,
    read_parts,
    write_parts,
)
from naru.formats.soap.errors import SoapReason, from_mime, sender_refusal
from naru.formats.xml.encoding import is_accepted_charset

T = TypeVar("T")

MULTIPART: Final = "multipart/related"
XOP_TYPE: Final = "application/xop+xml"
_ROOT_TYPES: Final = frozenset({XOP_TYPE, "application/soap+xml"})
_ROOT_HEADER: Final = f'{XOP_TYPE}; charset=UTF-8; type="application/soap+xml"'
DEFAULT_LIMITS: Final = MimeLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class MtomMessage(Generic[T]):
    """A package that arrived whole; `parts` goes by Content-ID as it was sent."""

    root_xml: bytes
    root_content_type: ContentType
    action: str | None
    parts: Mapping[str, Part[T]]
    discard: Callable[[], None]  # Aborts every writer: for a message refused after it was read.


def read_mtom(
    content_type: str,
    stream: Readable,
    *,
    part_sink: PartSink[T],
    content_length: int | None = None,
    limits: MimeLimits = DEFAULT_LIMITS,
) -> MtomMessage[T]:
    """The package; when it is refused, or a writer fails, every writer was aborted."""
    with ExitStack() as undo:
        try:
            outer = _outer(content_type)
            sink = _RootSink(outer.parameters.get("start"), part_sink, limits)
            source = Source(stream, content_length, limits.message)
            boundary = outer.parameters["boundary"]
            read = read_parts(boundary, source, sink, limits=limits, undo=undo)
            message = _message(outer, sink, read, undo)
        except MimeRefused as refusal:
            raise from_mime(refusal) from None
        return message
    raise AssertionError("an ExitStack of callbacks swallows nothing")


class _RootSink(Generic[T]):
    """Keeps the root part in memory and hands every other part to the caller's sink."""

    def __init__(self, start: str | None, sink: PartSink[T], limits: MimeLimits) -> None:
        self._start = None if start is None else _bare(start)
        self._sink = sink
        self._limit = limits.root
        self.root: PartHeaders | None = None

    def __call__(self, headers: PartHeaders) -> PartWriter[T | bytes | None]:
        if self.root is None and self._is_root(headers):
            self.root = headers
            return MemoryWriter(self._limit)
        # Nothing can point to a part without an id, so it is read and forgotten.
        return Discard() if headers.content_id is None else self._sink(headers)

    def _is_root(self, headers: PartHeaders) -> bool:
        # RFC 2387 section 3.2: without `start` the first part is the root.
        return self._start is None or headers.content_id == self._start


def _bare(start: str) -> str:
    # TF samples show `start` both with and without angle brackets; half a pair names no part.
    return start[1:-1] if start[:1] == "<" and start[-1:] == ">" else start


def _outer(content_type: str) -> ContentType:
    outer = parse_content_type(content_type)
    if outer.media_type != MULTIPART:
        raise sender_refusal(
            SoapReason.MEDIA_TYPE, f"The media type is not {MULTIPART}.", http_status=415
        )
    if outer.parameters.get("type", XOP_TYPE).lower() not in _ROOT_TYPES:
        raise sender_refusal(
            SoapReason.MEDIA_TYPE, f"The package's type is not {XOP_TYPE}.", http_status=415
        )
    if not outer.parameters.get("boundary"):
        raise MimeRefused(MimeReason.BOUNDARY_MISSING, "the Content-Type names no boundary")
    return outer


def _message(
    outer: ContentType,
    sink: _RootSink[T],
    read: tuple[Part[T | bytes | None], ...],
    undo: ExitStack,
) -> MtomMessage[T]:
    if sink.root is None:
        raise sender_refusal(SoapReason.ROOT_PART, "No part is the one that `start` names.")
    root = next(part for part in read if part.headers is sink.root)
    _check_root_type(root.headers.content_type)
    assert isinstance(root.stored, bytes)
    parts = _by_cid(part for part in read if part is not root)
    return MtomMessage(
        root_xml=root.stored,
        root_content_type=root.headers.content_type,
        action=outer.parameters.get("action"),
        parts=parts,
        discard=undo.pop_all().close,
    )


def _check_root_type(content_type: ContentType) -> None:
    charset = content_type.parameters.get("charset", "utf-8")
    if content_type.media_type not in _ROOT_TYPES or not is_accepted_charset(charset):
        raise sender_refusal(SoapReason.ROOT_PART, f"The root part is not {XOP_TYPE}.")


def _by_cid(read: Iterable[Part[T | bytes | None]]) -> Mapping[str, Part[T]]:
    named = {part.headers.content_id: part for part in read if part.headers.content_id is not None}
    # What is neither the root nor without an id was made by the caller's own sink.
    return MappingProxyType(cast("dict[str, Part[T]]", named))


def new_content_id() -> str:
    """A Content-ID that nobody used before (RFC 2392 wants the form of an address)."""
    return f"{uuid4()}@naru"


def write_mtom(
    envelope: bytes, attachments: Iterable[Attachment] = (), *, action: str | None = None
) -> tuple[str, Iterator[bytes], int | None]:
    """The Content-Type, the chunks and the length (None unless each attachment has one)."""
    boundary, start = new_boundary(), new_content_id()
    root = Attachment(
        cid=start, content_type=_ROOT_HEADER, chunks=(envelope,), length=len(envelope)
    )
    chunks, length = write_parts(boundary, tuple(chain((root,), attachments)))
    content_type = (
        f'{MULTIPART}; type="{XOP_TYPE}"; boundary="{boundary}"; start="<{start}>"; '
        'start-info="application/soap+xml"'
    )
    if action is not None:
        if not action.isascii() or not action.isprintable() or '"' in action or "\\" in action:
            raise ValueError("an action cannot stand in a header")
        content_type += f'; action="{action}"'
    return content_type, chunks, length
