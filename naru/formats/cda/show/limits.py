"""How much of one document is shown: what is more than people read costs us nothing."""

from typing import Final

MOST_PARTS: Final = 40_000
"""Paragraphs, cells, spans … and the extra fields that a spanning cell takes."""

MOST_TEXT: Final = 2_000_000
"""Characters: some five hundred pages."""

MOST_DEPTH: Final = 60
"""Elements within elements of a narrative; what lies deeper is shown without its form."""

MOST_PICTURES: Final = 4 * 1024 * 1024
"""Octets of all pictures together."""

MOST_PIXELS: Final = 40_000_000
"""Pixels of all pictures together: a few octets can be a picture that fills the memory."""

MOST_SPANNED: Final = 64
"""Columns or rows that one cell takes."""

MOST_SECTIONS: Final = 500
MOST_FACTS: Final = 12
"""Authors, recipients … of each kind that the head names."""

MOST_BROKEN: Final = 4 * 1024 * 1024
MOST_BROKEN_MARKUP: Final = 60_000
"""Octets and opening brackets of a document that no door lets in, and of which a part is shown."""


class Budget:
    """What may still be shown."""

    __slots__ = ("parts", "pictures", "pixels", "text")

    def __init__(self) -> None:
        self.parts = MOST_PARTS
        self.text = MOST_TEXT
        self.pictures = MOST_PICTURES
        self.pixels = MOST_PIXELS

    @property
    def spent(self) -> bool:
        """Whether nothing more is shown."""
        return self.parts <= 0 or self.text <= 0
