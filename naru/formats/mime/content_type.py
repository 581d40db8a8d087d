"""The Content-Type header (RFC 2045 section 5.1, RFC 9110 section 8.3), read in one way only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from naru.formats.mime.errors import MimeReason, MimeRefused

_LONGEST: Final = 2048  # Characters; a content type with action and boundaries is below 400.
_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
# Boundaries such as `uuid:…` and starts such as `<a@b>` are sent unquoted by stacks in use, so an
# unquoted value may hold every visible character except the two that would change its end.
_PARAMETER: Final = re.compile(
    r'[ \t]*;[ \t]*(?:([A-Za-z0-9!#$&*^_.+-]{1,64})=(?:"((?:[^"\\\x00-\x1f\x7f]|\\[ -~])*)"'
    r'|([^\x00-\x20\x7f;",\\]{1,1024})))?'
)
_QUOTED_PAIR: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type in lower case with its parameters, their names in lower case."""

    media_type: str
    parameters: Mapping[str, str]


def parse_content_type(value: str) -> ContentType:
    """The header's meaning; refuses a value that two readers could understand differently."""
    text = value.strip(" \t")
    found = _MEDIA_TYPE.match(text)
    if found is None or len(text) > _LONGEST or not text.isascii():
        raise MimeRefused(MimeReason.CONTENT_TYPE, "the Content-Type is not a media type")
    return ContentType(found[0].lower(), _parameters(text, found.end()))


def _parameters(text: str, at: int) -> dict[str, str]:
    parameters: dict[str, str] = {}
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if found is None:
            raise MimeRefused(MimeReason.CONTENT_TYPE, "a Content-Type parameter is malformed")
        at = found.end()
        if found[1]:
            _add(parameters, found)
    return parameters


def _add(parameters: dict[str, str], found: re.Match[str]) -> None:
    name = found[1].lower()
    if name in parameters:
        raise MimeRefused(MimeReason.CONTENT_TYPE, f"two parameters {name} in one Content-Type")
    if "*" in name:
        # RFC 2231 continuations let `boundary*0` hide a second boundary from other readers.
        raise MimeRefused(MimeReason.CONTENT_TYPE, "RFC 2231 parameters are not accepted")
    parameters[name] = found[3] if found[2] is None else _QUOTED_PAIR.sub(r"\1", found[2])
