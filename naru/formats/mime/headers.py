"""The headers of one part (RFC 2045), each at most once."""

import re
from dataclasses import dataclass
from typing import Final

from naru.formats.mime.content_type import ContentType, parse_content_type
from naru.formats.mime.errors import MimeReason, MimeRefused
from naru.formats.mime.limits import MimeLimits

_FIELD: Final = re.compile(
    r"([A-Za-z0-9!#$%&'*+.^_`|~][A-Za-z0-9!#$%&'*+.^_`|~-]*):(.*)", re.DOTALL
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_CONTENT_ID: Final = re.compile(r"<([^<>\x00-\x20\x7f]{1,512})>|([^<>\x00-\x20\x7f]{1,512})")

_SINGLE: Final = frozenset(
    {"content-type", "content-id", "content-transfer-encoding", "content-length"}
)
_DEFAULT_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeaders:
    """What a part says of itself: its Content-ID stands without the angle brackets."""

    content_id: str | None
    content_type: ContentType
    transfer_encoding: str


def parse_headers(block: bytes, limits: MimeLimits) -> PartHeaders:
    """The meaning of a header block; refuses duplicates, controls and nested multiparts."""
    fields = _fields(block, limits)
    content_type = parse_content_type(fields.get("content-type") or _DEFAULT_TYPE)
    if content_type.media_type.startswith("multipart/"):
        raise MimeRefused(MimeReason.NESTED_MULTIPART, "a part is itself a multipart")
    return PartHeaders(
        content_id=_content_id(fields.get("content-id")),
        content_type=content_type,
        transfer_encoding=_transfer_encoding(fields.get("content-transfer-encoding")),
    )


def _fields(block: bytes, limits: MimeLimits) -> dict[str, str]:
    fields: dict[str, str] = {}
    lines = _unfolded(block)
    if len(lines) > limits.header_count:
        raise MimeRefused(MimeReason.HEADERS_TOO_LARGE, "a part has too many headers")
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise MimeRefused(MimeReason.HEADER_MALFORMED, "a part header is malformed")
        name = found[1].lower()
        if name in fields and name in _SINGLE:
            raise MimeRefused(MimeReason.HEADER_DUPLICATE, f"a part has two headers {name}")
        fields[name] = found[2].strip(" \t")
    return fields


def _unfolded(block: bytes) -> list[str]:
    lines: list[str] = []
    for raw in block.split(b"\n") if block else ():
        line = raw.removesuffix(b"\r")
        if _CONTROL.search(line):
            raise MimeRefused(MimeReason.HEADER_MALFORMED, "a part header holds a control")
        # Header names and ids are ASCII; a file name may be UTF-8 and is never used.
        text = line.decode("utf-8", "replace")
        if text.startswith((" ", "\t")):
            if not lines:
                raise MimeRefused(MimeReason.HEADER_MALFORMED, "a header begins with a blank")
            lines[-1] += " " + text.strip(" \t")
        else:
            lines.append(text)
    return lines


def _content_id(value: str | None) -> str | None:
    if value is None:
        return None
    found = _CONTENT_ID.fullmatch(value)
    if found is None or not value.isascii():
        raise MimeRefused(MimeReason.HEADER_MALFORMED, "a Content-ID is malformed")
    return str(found[1] or found[2])


def _transfer_encoding(value: str | None) -> str:
    encoding = (value or "binary").lower()
    if encoding not in {"binary", "8bit", "7bit", "base64"}:
        raise MimeRefused(MimeReason.TRANSFER_ENCODING, "the transfer encoding is not accepted")
    return encoding
