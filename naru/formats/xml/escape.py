"""Text on its way into an XML template, safe in element content and in attribute values alike."""

import re
from typing import Final

from naru.formats.xml.errors import UnwritableCharacter

# XML 1.0 section 2.2, Char: what stands outside cannot be written, not even as a reference.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL: Final = re.compile(
    "[^\x20-\x21\x23-\x25\x28-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)

# Tabs and line ends are references, because attribute normalisation would turn them into spaces
# and end-of-line handling would drop a carriage return (XML 1.0 sections 2.11 and 3.3.3).
_REFERENCES: Final = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


def escape(text: str) -> str:
    """The text as XML reads it back, character for character; refuses what XML cannot carry."""
    if _SPECIAL.search(text) is None:
        return text
    if _UNWRITABLE.search(text) is not None:
        raise UnwritableCharacter("the text holds a character that XML 1.0 cannot carry")
    return text.translate(_REFERENCES)


def escape_lossy(text: str) -> str:
    """As `escape`, with U+FFFD where XML cannot carry a character: for words shown to people."""
    return text if _SPECIAL.search(text) is None else escape(_UNWRITABLE.sub("\ufffd", text))
