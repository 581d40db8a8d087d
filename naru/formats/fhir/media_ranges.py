"""The media types that a client takes for a document (RFC 9110 12.5.1, FHIR R4 2.6.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 1_000
_SHORT: Final = {"json": "application/fhir+json", "xml": "application/fhir+xml"}


@dataclass(frozen=True, slots=True)
class MediaRanges:
    """What Accept or `_format` names; with nothing named everything is taken."""

    ranges: tuple[tuple[str, float], ...]

    def admit(self, mime_type: str) -> bool:
        """Whether a document of this type is taken, by its name or by a wildcard."""
        bare = mime_type.partition(";")[0].strip().lower()
        family = f"{bare.partition('/')[0]}/*"
        if not self.ranges:
            return True
        qualities = dict(self.ranges)
        # The most specific range that fits decides (RFC 9110 12.5.1).
        fitting = (qualities[one] for one in (bare, family, "*/*") if one in qualities)
        return next(fitting, 0.0) > 0

    def name(self, mime_type: str) -> bool:
        """Whether this very type is named."""
        return dict(self.ranges).get(mime_type, 0.0) > 0


def media_ranges(accept: str, query: Iterable[tuple[str, str]]) -> MediaRanges:
    """The ranges of a request; `_format` overrides Accept (FHIR R4 3.1.0.1.11)."""
    asked = dict(query).get("_format")
    if asked is not None:
        # A plus that was not escaped arrives as a blank.
        named = asked.strip().replace(" ", "+").lower()
        return MediaRanges(((_SHORT.get(named, named), 1.0),))
    found = (_range(one) for one in accept[:_LONGEST].split(",") if one.strip())
    return MediaRanges(tuple(found))


def _range(text: str) -> tuple[str, float]:
    media, *parameters = text.split(";")
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return media.strip().lower(), quality
