"""What the name of an allergen means where no code stands beside it.

Groups of ATC and the words for "none" are data (data/allergens.json).
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain.known_words import KnownWords

_PARTS: Final = re.compile(r"[()\[\],;/·]+")
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_SHORTEST: Final = 2
"""Letters of a name that may be looked for inside another; one alone is found in everything."""

_SHORT: Final = 4
"""Letters up to which a Latin name has to stand by itself: ASA is not in Nasacort."""


def is_no_allergen(name: str) -> bool:
    """Whether the name says that there is none, or that none is known: "없음", "NKDA"."""
    return _NO_LETTERS.sub("", _folded(name)) in {"", *_facts()["none"]}


def groups_of(name: str) -> tuple[str, ...]:
    """The ATC groups (beginnings of codes) that the name means: "NSAIDs", "페니실린계"."""
    return _words().told_in(name)


def is_named_in(allergen: str, drug: str) -> bool:
    """Whether a drug's name holds the allergen's, or one of its names: "아스피린 (aspirin)".

    The words for none are no name: an allergen "없음" is not in "없음정".
    """
    if is_no_allergen(allergen):
        return False
    own = _folded(drug)
    return any(_holds(own, one) for one in _names(_folded(allergen)))


def _names(allergen: str) -> frozenset[str]:
    """The names of an allergen, without what says that it is a class."""
    names = {one.strip() for one in (allergen, *_PARTS.split(allergen))}
    endings = tuple(_facts()["endings"])
    names |= {one.removesuffix(end).strip() for one in names for end in endings}
    return frozenset(one for one in names if len(one.replace(" ", "")) >= _SHORTEST)


def _holds(drug: str, name: str) -> bool:
    if name.isascii() and len(name) <= _SHORT:
        return re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", drug) is not None
    return name.replace(" ", "") in drug.replace(" ", "")


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def _words() -> KnownWords:
    return KnownWords(_facts()["groups"])


@cache
def _facts() -> Mapping[str, Any]:
    text = resources.files("naru.domain").joinpath("data/allergens.json").read_text("utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts
