"""KR Core's definitions as data: profiles, extensions, code systems and value sets, from one file.

`data/krcore.json` is made from KR Core's own FHIR Shorthand by `scripts/krcore.py`, which says how.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec


@cache
def read() -> Mapping[str, Any]:
    """The file: `structures`, `code_systems`, `value_sets`, each by canonical address."""
    file = resources.files("naru.formats.fhir.krcore") / "data" / "krcore.json"
    found: Mapping[str, Any] = msgspec.json.decode(file.read_bytes())
    return found


def code_system(url: str) -> Mapping[str, str]:
    """The codes that ship, with their displays; none of a system that its users bring."""
    found: Mapping[str, str] = read()["code_systems"].get(url, {}).get("concepts", {})
    return found
