"""What a check of `naru doctor` found."""

from collections.abc import Callable
from dataclasses import dataclass

from naru.node.options import NodeOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found. Where something is wrong, what to do in both languages."""

    what: str
    well: bool = True
    korean: str = ""
    english: str = ""


Check = Callable[[NodeOptions], Finding]
