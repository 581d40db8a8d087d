"""The syntax of an answer, and what a client prefers (FHIR R4 3.1.0.1.7, 3.1.0.1.9)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.mime import ContentType, MimeRefused, parse_content_type


class Syntax(StrEnum):
    """How resources are written, by their media types."""

    JSON = "application/fhir+json"
    XML = "application/fhir+xml"

    @property
    def content_type(self) -> str:
        """The answer's Content-Type."""
        return f"{self.value}; charset=utf-8"


_NAMES: Final = {
    "json": Syntax.JSON,
    "application/json": Syntax.JSON,
    "application/fhir+json": Syntax.JSON,
    "text/json": Syntax.JSON,
    "xml": Syntax.XML,
    "application/xml": Syntax.XML,
    "application/fhir+xml": Syntax.XML,
    "text/xml": Syntax.XML,
}
_ANY: Final = frozenset({"*/*", "application/*"})
_FHIR_VERSION: Final = re.compile(r"4\.0(?:\.\d)?")
_QUALITY: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_LONGEST: Final = 1_000


def answered_in(accept: str, asked_format: str | None) -> Syntax | None:
    """The syntax of the answer; `_format` overrides Accept. None where neither is acceptable."""
    if asked_format is not None:
        return _NAMES.get(_media(asked_format.replace(" ", "+"))[0])
    if not accept.strip():
        return Syntax.JSON
    best: tuple[float, Syntax] | None = None
    for one in accept[:_LONGEST].split(","):
        media, parameters = _media(one)
        syntax = Syntax.JSON if media in _ANY else _NAMES.get(media)
        quality = _quality(parameters)
        if syntax is None or not quality or not _is_r4(parameters):
            continue
        if best is None or quality > best[0]:
            best = quality, syntax
    return best[1] if best else None


def sent_in(content_type: str) -> Syntax:
    """The syntax of a body. Raises Refused (415)."""
    try:
        declared = parse_content_type(content_type)
    except MimeRefused:  # Two readers could understand it differently.
        declared = ContentType("", {})
    syntax = _NAMES.get(declared.media_type)
    charset = declared.parameters.get("charset", "utf-8").lower()
    if syntax is None or charset != "utf-8" or not _is_r4(declared.parameters):
        raise refused(
            IssueType.NOT_SUPPORTED,
            "The Content-Type is neither application/fhir+json nor application/fhir+xml of R4.",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    return syntax


def preferences(prefer: str) -> Mapping[str, str]:
    """The preferences of a Prefer header (RFC 7240), the first of each name."""
    found: dict[str, str] = {}
    for one in re.split("[,;]", prefer[:_LONGEST]):
        name, _, value = one.partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def _media(text: str) -> tuple[str, Mapping[str, str]]:
    media, *parameters = text.split(";")
    pairs = (one.partition("=") for one in parameters)
    return media.strip().lower(), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _quality(parameters: Mapping[str, str]) -> float:
    text = parameters.get("q", "1")
    return float(text) if _QUALITY.fullmatch(text) else 0.0


def _is_r4(parameters: Mapping[str, str]) -> bool:
    # FHIR R4 3.1.0.1.11: a client that asks for another version is not answered in this one.
    return _FHIR_VERSION.fullmatch(parameters.get("fhirversion", "4.0").strip('"')) is not None
