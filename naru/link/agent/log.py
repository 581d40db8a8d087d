"""The agent's log: a line for each thing that happened, in Korea's time, of nobody by name."""

import logging
import time
from datetime import datetime
from typing import Final

from naru.domain.korea import KST

_LINE: Final = "%(asctime)s %(levelname)s %(message)s"
_TIME: Final = "%Y-%m-%dT%H:%M:%S+09:00"


def log_to_stderr() -> None:
    """Write what the agent says to the standard error stream."""
    formatter = logging.Formatter(_LINE, _TIME)
    formatter.converter = _in_korea
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    agent = logging.getLogger("naru.link.agent")
    agent.handlers = [handler]
    agent.setLevel(logging.INFO)
    agent.propagate = False


def _in_korea(seconds: float | None) -> time.struct_time:
    return datetime.fromtimestamp(seconds or 0, KST).timetuple()
