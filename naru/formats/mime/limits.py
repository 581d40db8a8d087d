"""How much one multipart message may ask of us."""

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

CHUNK: Final = 64 * KIB  # What is read at a time, and so the most that a part costs in memory.
PADDING: Final = (
    128  # Blanks allowed after a boundary; RFC 2046 names no figure, senders send none.
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeLimits:
    """Limits of a multipart message; what is larger than a limit gets a named error."""

    parts: int = 1000
    header_block: int = 16 * KIB  # All headers of one part.
    header_count: int = 32
    preamble: int = 16 * KIB  # Nothing is meant to be read there.
    epilogue: int = 64 * KIB  # Nor there.
    root: int = 16 * MIB  # The root part is the only one held in memory.
    part: int = 1024 * MIB
    message: int = 2048 * MIB
