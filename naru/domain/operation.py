"""What a node tells of itself to those who run it, and to anybody who asks whether it is kept well.

`node` alone can look; it is handed to the rooms below by settings (`LOOK_AT_CONTROLS`, `EXPIRIES`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Layer(StrEnum):
    """Where a control stands (5단계 보안), from the outside inwards."""

    NETWORK = "network"
    SERVER = "server"
    APPLICATION = "application"
    DATA = "data"
    OPERATION = "operation"


class State(StrEnum):
    """What a look at a control found."""

    WELL = "well"
    WRONG = "wrong"
    OFF = "off"  # It is not switched on at this node.


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control as it was found at a moment; `id` names it, `figure` is what was measured, if any.

    Nothing in it tells where anything lies or how it could be got at.
    """

    id: str
    layer: Layer
    state: State
    at: datetime
    figure: str = ""


class Runs(StrEnum):
    """What runs out."""

    AUTHORITY = "authority"
    SERVER = "server"
    CLIENT = "client"
    KEYS = "keys"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A certificate, or a generation of keys, and the moment until which it should be used.

    `name` says whose or which it is; `ends` is None for what cannot be read.
    """

    kind: Runs
    name: str
    ends: datetime | None
