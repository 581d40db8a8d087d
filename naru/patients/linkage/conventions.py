"""What hospitals write where they know nothing yet: data with a status, not facts of ours."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """Of `data/conventions.json`."""

    version: str
    status: str
    temporary_marks: tuple[str, ...]
    """Parts of a name that stand for one who has none, or is not known."""
    unknown_births: frozenset[str]
    unknown_phones: frozenset[str]
    of_age: int
    """From these years on a telephone number is a person's own, and not a parent's."""


@cache
def conventions() -> Conventions:
    """Those that ship with the program."""
    content = (files("naru.patients") / "data" / "conventions.json").read_bytes()
    return msgspec.json.decode(content, type=Conventions)
