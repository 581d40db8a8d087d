"""The published CDA documents among the cases, whatever the case of their names' end."""

import re
from pathlib import Path
from typing import Final

_ROOT: Final = re.compile(rb"<(?:[A-Za-z0-9]+:)?ClinicalDocument[\s>]")


def cda_samples(cases: Path) -> list[Path]:
    """Their files, in order."""
    files = sorted(one for one in (cases / "ihe").rglob("*") if one.suffix.lower() == ".xml")
    return [one for one in files if _ROOT.search(one.read_bytes()[:65536])]
