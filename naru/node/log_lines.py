"""How the node's log tells of what broke: by kind and place alone.

The message of an error, and the values in its trace, may name a person or hold a secret.
"""

import logging
import traceback
from typing import Any, Final

DEEPEST: Final = 6
"""Frames that are told, the innermost first."""


class Line(logging.Formatter):
    """A line for each thing that is logged; an error's kind and way stand at its end."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # The name that `logging` calls.
        """The error's kind, and where it was raised: no message, no values."""
        kind, _error, trace = ei
        frames = reversed(traceback.extract_tb(trace)[-DEEPEST:])
        way = " < ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
        return f"broke: {getattr(kind, '__name__', kind)} at {way}"
