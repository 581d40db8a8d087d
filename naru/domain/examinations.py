"""What an examination's codes and name tell: its modality, and the part of the body.

Names, codes and categories are data (data/examinations.json); neither "Prolactin" nor "HCT" is a
CT, as words count by themselves (`known_words`).
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from naru.domain.clinical import Coding
from naru.domain.known_words import KnownWords


class Category(StrEnum):
    """Which kind of examination an order's category says it is."""

    IMAGING = "imaging"
    LABORATORY = "laboratory"


def category_of(categories: Iterable[Coding]) -> Category | None:
    """What the categories say; None where they say neither. Imaging goes before laboratory."""
    told = {one.code for one in categories}
    known = _facts()["categories"]
    return next((one for one in Category if told & set(known[one])), None)


def modality_of(name: str, codes: Iterable[Coding] = ()) -> str:
    """The DICOM modality that the codes tell, else the name; "" where neither tells one.

    Of a name that tells several, the first of the data's order is meant: PET-CT is a PET.
    """
    for one in codes:
        code = f"{one.system}|{one.code}"
        for modality, known in _facts()["modality_codes"].items():
            if code in known:
                return str(modality)
        for modality, beginnings in _facts()["modality_code_beginnings"].items():
            if code.startswith(tuple(beginnings)):
                return str(modality)
    # What is under the empty key comes first: a PCR of "CT/NG" is no image.
    return next(iter(_words("modality_words").told_in(name)), "")


def parts_of(name: str) -> frozenset[str]:
    """The parts of the body (DICOM's words) that a name or a body site tells; may be empty."""
    return frozenset(_words("part_words").told_in(name)) - {""}


@cache
def _words(which: str) -> KnownWords:
    return KnownWords(_facts()[which])


@cache
def _facts() -> Mapping[str, Any]:
    text = resources.files("naru.domain").joinpath("data/examinations.json").read_text("utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts
