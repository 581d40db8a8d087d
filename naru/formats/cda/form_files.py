"""The files of forms: ours, an operator's, and what a file says together with its base."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from naru.formats.cda.errors import FormWrong

Files = Mapping[str, Mapping[str, Any]]
_SHIPPED: Final = "forms"
_DEEPEST: Final = 8
"""Bases of bases: more is a circle."""


@cache
def shipped() -> Files:
    """Our files by their names, without `.json`."""
    data = resources.files(__package__) / "data"
    files = [data / "common.json", *(data / _SHIPPED).iterdir()]
    found = [file for file in files if file.name.endswith(".json")]
    return {
        file.name.removesuffix(".json"): _read(file.name, file.read_bytes())
        for file in sorted(found, key=lambda one: one.name)
    }


def own(folder: Path) -> Files:
    """The files of a folder. Raises FormWrong."""
    try:
        files = sorted(folder.glob("*.json")) if folder.is_dir() else None
        read = {} if files is None else {file.name: file.read_bytes() for file in files}
    except OSError as error:
        raise FormWrong(f"{folder}: {error.strerror}") from None
    if files is None:
        raise FormWrong(f"{folder} is no folder of forms")
    return {name.removesuffix(".json"): _read(name, octets) for name, octets in read.items()}


def _read(name: str, octets: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise FormWrong(f"{name}: no JSON ({error})") from None
    if not isinstance(data, dict):
        raise FormWrong(f"{name}: no JSON object")
    return data


def merged(name: str, files: Files, depth: int = 0) -> Mapping[str, Any]:
    """What a file says, with all that its bases say beside it. Raises FormWrong."""
    if depth == _DEEPEST:
        raise FormWrong(f"{name}.json: its bases run in a circle")
    said = files[name]
    if "base" not in said:
        return said
    base = str(said["base"])
    # A file that takes the place of ours may begin from it.
    among = shipped() if base == name else files
    if base not in among:
        raise FormWrong(f"{name}.json: there is no such base as {base}")
    together = dict(merged(base, among, depth + 1))
    for key, value in said.items():
        before = together.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            together[key] = {**before, **value}
        else:
            together[key] = value
    return together
