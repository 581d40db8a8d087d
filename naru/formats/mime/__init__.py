"""MIME multipart as it arrives on the wire: streamed, strict where two readers could disagree."""

from naru.formats.mime.content_type import ContentType, parse_content_type
from naru.formats.mime.errors import MimeReason, MimeRefused
from naru.formats.mime.headers import PartHeaders
from naru.formats.mime.limits import MimeLimits
from naru.formats.mime.multipart import Part, PartSink, read_parts
from naru.formats.mime.source import Readable, Source
from naru.formats.mime.write import Attachment, LengthMismatch, new_boundary, write_parts
from naru.formats.mime.writers import Discard, MemoryWriter, PartWriter

__all__ = [
    "Attachment",
    "ContentType",
    "Discard",
    "LengthMismatch",
    "MemoryWriter",
    "MimeLimits",
    "MimeReason",
    "MimeRefused",
    "Part",
    "PartHeaders",
    "PartSink",
    "PartWriter",
    "Readable",
    "Source",
    "new_boundary",
    "parse_content_type",
    "read_parts",
    "write_parts",
]
