"""The front of every SOAP door: a request body becomes an envelope and its parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from lxml.etree import _Element

from naru.formats.mime import (
    ContentType,
    MimeLimits,
    MimeRefused,
    Part,
    PartSink,
    Readable,
    Source,
    parse_content_type,
)
from naru.formats.soap.errors import SoapReason, from_mime, from_xml, sender_refusal
from naru.formats.soap.mtom import MULTIPART, read_mtom
from naru.formats.soap.xop import INCLUDE, included_part
from naru.formats.xml import XmlLimits, XmlRefused, parse
from naru.formats.xml.encoding import is_accepted_charset

T = TypeVar("T")

# text/xml is SOAP 1.1: it is read so that its sender gets the VersionMismatch that says so.
_PLAIN_TYPES: Final = frozenset({"application/soap+xml", "text/xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapLimits:
    """How much one request may ask of us."""

    mime: MimeLimits = field(default_factory=MimeLimits)
    xml: XmlLimits = field(default_factory=XmlLimits)


DEFAULT: Final = SoapLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapMessage(Generic[T]):
    """A request or answer as it arrived; the answer uses MTOM when `was_mtom` (ITI TF-2 V.8.1)."""

    root: _Element
    root_xml: bytes
    parts: Mapping[str, Part[T]]
    was_mtom: bool
    discard: Callable[[], None]  # Aborts every writer: for a message refused after it was read.


def read_message(
    content_type: str,
    stream: Readable,
    content_length: int | None,
    *,
    part_sink: PartSink[T],
    limits: SoapLimits = DEFAULT,
) -> SoapMessage[T]:
    """The message, plain or MTOM, with every xop:Include known to have its part."""
    try:
        declared = parse_content_type(content_type)
        if declared.media_type == MULTIPART:
            return _read_package(content_type, stream, content_length, part_sink, limits)
        return _read_plain(declared, stream, content_length, limits)
    except MimeRefused as refusal:
        raise from_mime(refusal) from None
    except XmlRefused as refusal:
        raise from_xml(refusal) from None


def _read_package(
    content_type: str,
    stream: Readable,
    content_length: int | None,
    part_sink: PartSink[T],
    limits: SoapLimits,
) -> SoapMessage[T]:
    package = read_mtom(
        content_type,
        stream,
        part_sink=part_sink,
        content_length=content_length,
        limits=limits.mime,
    )
    try:
        root = parse(package.root_xml, limits=limits.xml)
        _check_includes(root, package.parts, limits)
    except BaseException:
        package.discard()
        raise
    return SoapMessage(
        root=root,
        root_xml=package.root_xml,
        parts=package.parts,
        was_mtom=True,
        discard=package.discard,
    )


def _check_includes(root: _Element, parts: Mapping[str, Part[T]], limits: SoapLimits) -> None:
    for count, pointer in enumerate(root.iter(INCLUDE)):
        if count >= limits.mime.parts:
            raise sender_refusal(SoapReason.INCLUDE, "More xop:Include than parts may come.")
        included_part(pointer, parts)


def _read_plain(
    declared: ContentType, stream: Readable, content_length: int | None, limits: SoapLimits
) -> SoapMessage[T]:
    charset = declared.parameters.get("charset", "utf-8")
    if declared.media_type not in _PLAIN_TYPES or not is_accepted_charset(charset):
        raise sender_refusal(
            SoapReason.MEDIA_TYPE, "The media type is not one of SOAP 1.2.", http_status=415
        )
    root_xml = Source(stream, content_length, limits.xml.size).read_all()
    root = parse(root_xml, limits=limits.xml)
    if next(root.iter(INCLUDE), None) is not None:
        raise sender_refusal(SoapReason.INCLUDE, "An xop:Include stands outside a package.")
    return SoapMessage(root=root, root_xml=root_xml, parts={}, was_mtom=False, discard=lambda: None)
