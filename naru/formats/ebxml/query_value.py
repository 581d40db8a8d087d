"""How a stored query writes its values (ITI TF-2 3.18.4.1.2.3.1 to .5).

Strings in single quotes, a quote inside doubled; numbers and times bare; a list in parentheses.
Read leniently where no other meaning is possible: a bare or double-quoted string, a list without
parentheses, spaces between values. Published samples hold all of these.
"""

import re
from typing import Final

from naru.domain.codes import Code
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure

_VALUE: Final = re.compile(
    r"""\s*(?:'((?:[^']++|'')*+)'|"([^"]*)"|([^\s'"(),][^'"(),]*+))\s*+(?:,|\Z)"""
)
MAX_LENGTH: Final = 65_536
"""Characters of one Value: a thousand ids in one list; further ones stand in further Values."""
MAX_PATTERN: Final = 256
"""What LIKE is asked with is compared with every author; no name is longer."""


def malformed(parameter: str, sentence: str) -> RegistryFailure:
    """The refusal of a value; no code of Table 4.2.4.1-2 is more exact. Never repeats the value."""
    return failure(ErrorCode.XDSRegistryError, f"{parameter} {sentence}", parameter)


def read(parameter: str, text: str) -> list[str]:
    """The strings of one Value element."""
    if len(text) > MAX_LENGTH:
        raise failure(
            ErrorCode.XDSRegistryOutOfResources,
            f"{parameter} is longer than {MAX_LENGTH} characters",
            parameter,
        )
    listed = text.strip()
    if listed.startswith("("):
        if not listed.endswith(")"):
            raise malformed(parameter, "opens a list in parentheses that it does not close")
        listed = listed[1:-1].strip()
    values: list[str] = []
    at = 0
    while at < len(listed):
        found = _VALUE.match(listed, at)
        if found is None:
            raise malformed(parameter, "must hold quoted strings or bare numbers")
        values.append(_plain(found))
        at = found.end()
    return values


def _plain(found: re.Match[str]) -> str:
    quoted, double_quoted, bare = found.groups()
    if quoted is not None:
        return str(quoted).replace("''", "'")
    return str(double_quoted) if double_quoted is not None else str(bare).rstrip()


def quoted(value: str) -> str:
    """A string in single quotes."""
    return "'" + value.replace("'", "''") + "'"


def code(parameter: str, text: str) -> Code:
    """A coded value `code^^scheme`; both parts are required (ITI TF-2 3.18.4.1.2.3.4)."""
    parts = text.split("^")
    if len(parts) != 3 or not parts[0] or parts[1] or not parts[2]:  # noqa: PLR2004  # code^^scheme
        raise malformed(parameter, "must be coded as code^^scheme, with the scheme")
    return Code(parts[0], parts[2])


def pattern(parameter: str, text: str) -> str:
    """A string that LIKE is asked with."""
    if len(text) > MAX_PATTERN:
        raise malformed(parameter, f"is longer than {MAX_PATTERN} characters")
    return text


def from_code(value: Code) -> str:
    """The coded value of a query."""
    return f"{value.code}^^{value.scheme}"
