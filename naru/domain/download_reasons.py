"""Why a document is taken out of the exchange's pages as a file: a short list that is data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadReason:
    """One of them; with `words` it is to be said in one's own, too."""

    code: str
    korean: str
    english: str
    words: bool


@cache
def download_reasons() -> Mapping[str, DownloadReason]:
    """By their codes, in the order of the file."""
    source = resources.files("naru.domain").joinpath("data/download_reasons.json")
    return {
        one["code"]: DownloadReason(
            code=one["code"], korean=one["ko"], english=one["en"], words=one["words"]
        )
        for one in json.loads(source.read_text("utf-8"))["reasons"]
    }
