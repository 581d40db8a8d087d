"""The error codes that each transaction may answer with, as published, beside what we answer."""

import csv
import os
from functools import cache
from pathlib import Path
from typing import Final

from lxml.etree import _Element

from naru.faces.iti.transactions import TRANSACTIONS

_CASES: Final = Path(os.environ.get("NARU_CASES", Path(__file__).parents[3] / "shared" / "data"))
_TABLE: Final = _CASES / "ihe" / "nist-toolkit2" / "env" / "TransactionDefinedErrorCodes.txt"
_ERROR: Final = "{urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0}RegistryError"
_SEVERITY: Final = {"E": "Error", "W": "Warning"}

LETTERS: Final = {"ITI-18": "SQ", "ITI-41": "P", "ITI-42": "R", "ITI-43": "RS", "ITI-61": "R"}
"""How ITI TF-3 Table 4.2.4.1-2 calls a transaction; ITI-61 answers as ITI-42 (3.61.4.2.2)."""

BESIDE_THE_TABLE: Final = {
    # ITI TF-3 Table 4.2.4.1-2 has more than the published file, which is of an earlier revision.
    "UnresolvedReferenceException": {"P", "R"},
    "XDSRegistryMetadataError": {"P", "R"},
    "XDSUnknownPatientId": {"P", "R", "SQ"},
}


WARNINGS_BESIDE_THE_TABLE: Final = {
    # That table has no severities; the published file knows an error alone. A document that is not
    # what its metadata promise is kept all the same, and the sender is told.
    "XDSRepositoryMetadataError": {"P"},
}


@cache
def permitted() -> dict[str, frozenset[tuple[str, str]]]:
    """Letters to codes with their severities; empty where the table is not at hand."""
    if not _TABLE.is_file():
        return {}
    with _TABLE.open(encoding="utf-8") as text:
        rows = [tuple(map(str.strip, row[:3])) for row in csv.reader(text)][1:]
    found: dict[str, set[tuple[str, str]]] = {letters: set() for letters in LETTERS.values()}
    for letters, code, severity in rows:
        found.setdefault(letters, set()).add((code, _SEVERITY[severity]))
    beside = (("Error", BESIDE_THE_TABLE), ("Warning", WARNINGS_BESIDE_THE_TABLE))
    for severity, codes in beside:
        for code, more in codes.items():
            for letters in more:
                found[letters].add((code, severity))
    return {letters: frozenset(codes) for letters, codes in found.items()}


def check(action: str, answer: _Element) -> None:
    """Return when every RegistryError is one that the transaction of this answer has."""
    letters = _letters(action)
    if letters is None or not permitted():
        return
    for error in answer.iter(_ERROR):
        code, severity = error.get("errorCode", ""), error.get("severity", "").rpartition(":")[2]
        assert (code, severity) in permitted()[letters], f"{action}: {code} as {severity}"


def _letters(action: str) -> str | None:
    """Of no transaction of documents: None."""
    for one in TRANSACTIONS:
        if action == one.response_action:
            return LETTERS.get(one.name)
    return None
